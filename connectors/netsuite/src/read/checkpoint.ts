import { ConnectorError, type Checkpoint } from '#connector-kit';

/** Raised with any change of meaning of {@link ReadState}. */
export const CHECKPOINT_VERSION = 1;

/** Where a read stands: between two windows, or inside one. Instants are UTC, ISO 8601. */
export type ReadState =
  /** Everything changed before `cursor` was read. */
  | { readonly at: 'rest'; readonly cursor: string }
  /** Of what changed after `since` (null: ever), all ids up to `lastId` are read. `until` is when that began, the cursor to come. */
  | { readonly at: 'rows'; readonly since: string | null; readonly until: string; readonly lastId: string }
  /** The window's rows are read; its deletions are due. */
  | { readonly at: 'deletions'; readonly since: string; readonly until: string; readonly lastId: string };

export function checkpointOf(state: ReadState): Checkpoint {
  switch (state.at) {
    case 'rest': return { version: CHECKPOINT_VERSION, at: 'rest', cursor: state.cursor };
    case 'rows': return { version: CHECKPOINT_VERSION, at: 'rows', since: state.since ?? '', until: state.until, lastId: state.lastId };
    case 'deletions': return { version: CHECKPOINT_VERSION, at: 'deletions', since: state.since, until: state.until, lastId: state.lastId };
  }
}

/** @throws ConnectorError `invalid` naming what is wrong: another version, or no checkpoint of this reader. */
export function stateOf(checkpoint: Checkpoint): ReadState {
  if (checkpoint.version !== CHECKPOINT_VERSION) {
    throw refused('checkpoint.version', String(checkpoint.version), `this connector writes version ${CHECKPOINT_VERSION}; start a full read`);
  }
  const { at, cursor, since, until, lastId } = checkpoint as Record<string, unknown>;
  if (at === 'rest' && isInstant(cursor)) return { at, cursor };
  if (isInstant(until) && isLastId(lastId)) {
    if (at === 'rows' && (since === '' || isInstant(since))) return { at, since: since === '' ? null : since, until, lastId };
    if (at === 'deletions' && isInstant(since)) return { at, since, until, lastId };
  }
  throw refused('checkpoint.at', String(at), 'is no state of a NetSuite read; start a full read');
}

function isInstant(value: unknown): value is string {
  return typeof value === 'string' && /^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/.test(value) && !Number.isNaN(Date.parse(value));
}

function isLastId(value: unknown): value is string {
  return typeof value === 'string' && /^-?\d{0,18}$/.test(value);
}

function refused(path: string, value: string, problem: string): ConnectorError {
  return new ConnectorError(`NetSuite ${path} "${value}" ${problem}`, { kind: 'invalid', issues: [{ path, value, problem }] });
}
