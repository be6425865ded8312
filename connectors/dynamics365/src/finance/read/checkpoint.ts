import { ConnectorError, type Checkpoint } from '#connector-kit';

/** Raised with any change of meaning of the states below. */
export const CHECKPOINT_VERSION = 1;

/** Where the read of a list stands: between two runs, or before the page behind `link`. */
export type ListState = { readonly at: 'rest' } | { readonly at: 'list'; readonly link: string };

/** Where the read of the ledger stands. Instants are UTC, ISO 8601; ids are digits. */
export type LedgerState =
  /** Transactions up to `highWater` and settlements before `cursor` are read. */
  | { readonly at: 'rest'; readonly cursor: string; readonly highWater: string }
  /** New transactions up to id `last` are read. `cursor` is empty on a first, full read; `max` is the greatest id seen; `until` the cursor to come. */
  | { readonly at: 'rows'; readonly cursor: string; readonly highWater: string; readonly last: string; readonly max: string; readonly until: string }
  /** Of the settlements made since `cursor`, those up to key `last` are read; the new transactions are done. */
  | { readonly at: 'settlements'; readonly cursor: string; readonly max: string; readonly last: string; readonly until: string };

export function listCheckpoint(state: ListState): Checkpoint {
  return state.at === 'rest' ? { version: CHECKPOINT_VERSION, at: 'rest' } : { version: CHECKPOINT_VERSION, at: 'list', link: state.link };
}

/** @throws ConnectorError `invalid` naming what is wrong: another version, or no checkpoint of this reader. */
export function listState(checkpoint: Checkpoint): ListState {
  checkVersion(checkpoint);
  const { at, link } = checkpoint as Record<string, unknown>;
  if (at === 'rest') return { at };
  if (at === 'list' && typeof link === 'string') return { at, link };
  throw foreign(at);
}

export function ledgerCheckpoint(state: LedgerState): Checkpoint {
  return { version: CHECKPOINT_VERSION, ...state };
}

/** @throws ConnectorError `invalid` naming what is wrong. */
export function ledgerState(checkpoint: Checkpoint): LedgerState {
  checkVersion(checkpoint);
  const { at, cursor, highWater, last, max, until } = checkpoint as Record<string, unknown>;
  if (at === 'rest' && isInstant(cursor) && isId(highWater)) return { at, cursor, highWater };
  if (isInstant(until) && isId(last) && isId(max)) {
    if (at === 'rows' && (cursor === '' || isInstant(cursor)) && isId(highWater)) return { at, cursor, highWater, last, max, until };
    if (at === 'settlements' && isInstant(cursor)) return { at, cursor, max, last, until };
  }
  throw foreign(at);
}

function checkVersion(checkpoint: Checkpoint): void {
  if (checkpoint.version === CHECKPOINT_VERSION) return;
  throw refused('checkpoint.version', String(checkpoint.version), `this connector writes version ${CHECKPOINT_VERSION}; start a full read`);
}

function isInstant(value: unknown): value is string {
  return typeof value === 'string' && /^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/.test(value) && !Number.isNaN(Date.parse(value));
}

function isId(value: unknown): value is string {
  return typeof value === 'string' && /^\d{1,19}$/.test(value);
}

function foreign(at: unknown): ConnectorError {
  return refused('checkpoint.at', String(at), 'is no state of a Finance read; start a full read');
}

function refused(path: string, value: string, problem: string): ConnectorError {
  return new ConnectorError(`Finance ${path} "${value}" ${problem}`, { kind: 'invalid', issues: [{ path, value, problem }] });
}
