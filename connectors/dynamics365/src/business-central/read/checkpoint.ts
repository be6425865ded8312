import { ConnectorError, type Checkpoint } from '#connector-kit';

/** Raised with any change of meaning of {@link ReadState}. */
export const CHECKPOINT_VERSION = 1;

/** A link longer than this is not kept: the phase is then read again from its beginning. A checkpoint may have 4 KiB. */
const LINK_LENGTH_MAX = 3_000;

/** Where a read stands: between two windows, or inside a phase of one. Instants are UTC, ISO 8601. */
export type ReadState =
  /** Everything changed before `cursor` was read. */
  | { readonly at: 'rest'; readonly cursor: string }
  /** Of what changed after `since` (null: ever), the pages of phase number `phase` up to `link` are read. `until` is the cursor to come. */
  | { readonly at: 'pages'; readonly phase: number; readonly since: string | null; readonly until: string; readonly link: string | null };

export function checkpointOf(state: ReadState): Checkpoint {
  if (state.at === 'rest') return { version: CHECKPOINT_VERSION, at: 'rest', cursor: state.cursor };
  const link = state.link !== null && state.link.length <= LINK_LENGTH_MAX ? state.link : '';
  return { version: CHECKPOINT_VERSION, at: 'pages', phase: state.phase, since: state.since ?? '', until: state.until, link };
}

/** @throws ConnectorError `invalid` naming what is wrong: another version, or no checkpoint of this reader. */
export function stateOf(checkpoint: Checkpoint): ReadState {
  if (checkpoint.version !== CHECKPOINT_VERSION) {
    throw refused('checkpoint.version', String(checkpoint.version), `this connector writes version ${CHECKPOINT_VERSION}; start a full read`);
  }
  const { at, cursor, phase, since, until, link } = checkpoint as Record<string, unknown>;
  if (at === 'rest' && isInstant(cursor)) return { at, cursor };
  if (at === 'pages' && isInstant(until) && (since === '' || isInstant(since)) && typeof phase === 'number' && Number.isInteger(phase) && phase >= 0 && typeof link === 'string') {
    return { at, phase, until, since: since === '' ? null : since, link: link === '' ? null : link };
  }
  throw refused('checkpoint.at', String(at), 'is no state of a Business Central read; start a full read');
}

function isInstant(value: unknown): value is string {
  return typeof value === 'string' && /^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/.test(value) && !Number.isNaN(Date.parse(value));
}

function refused(path: string, value: string, problem: string): ConnectorError {
  return new ConnectorError(`Business Central ${path} "${value}" ${problem}`, { kind: 'invalid', issues: [{ path, value, problem }] });
}
