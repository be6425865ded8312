import { MoveError } from './posting-state.js';

/**
 * The life of a batch: one file on its way to a target. `turn`: who acts next; a state whose turn is the lane's always has a `due_at`,
 * the others never. `next`: the only states it may move to. Its bytes never change; every delivery is of the same name and the same bytes.
 */
export const BATCH_STATES = {
  closed: { says: 'Its bytes are stored; as far as the hub knows nothing of them has left.', turn: 'lane', next: ['closed', 'delivering', 'stopped'] },
  delivering: { says: 'A delivery is or may be under way.', turn: 'lane', next: ['closed', 'unknown', 'delivered', 'awaitingPerson', 'stopped'] },
  unknown: { says: 'Delivered or not: no trustworthy answer came; it is looked up.', turn: 'lane', next: ['unknown', 'delivering', 'delivered', 'stopped'] },
  awaitingPerson: { says: 'A person carries the file to the target, and says so.', turn: 'person', next: ['delivered', 'withdrawn'] },
  delivered: { says: 'The target has the file; its answer is awaited.', turn: 'lane', next: ['delivered', 'acknowledged', 'unconfirmed', 'closed'] },
  acknowledged: { says: 'Every posting in it has an answer.', turn: 'nobody', next: [] },
  unconfirmed: { says: 'Nobody confirmed all of it in time: the rest is with a person; a late answer is still taken.', turn: 'lane', next: ['unconfirmed', 'delivered', 'acknowledged', 'closed', 'withdrawn'] },
  stopped: { says: 'It could not be delivered; a person decides.', turn: 'person', next: ['closed', 'unknown', 'delivered', 'withdrawn'] },
  withdrawn: { says: 'A person says that the target never took it and never will; its postings go into a later file.', turn: 'nobody', next: [] },
} as const satisfies Readonly<Record<string, { readonly says: string; readonly turn: 'lane' | 'person' | 'nobody'; readonly next: readonly string[] }>>;

export type BatchState = keyof typeof BATCH_STATES;
export const BATCH_STATE_NAMES = Object.keys(BATCH_STATES) as readonly BatchState[];

/** The one way a batch changes state. @throws MoveError when the table has no such move. */
export function moveBatch(from: BatchState, to: BatchState): BatchState {
  if (!mayMoveBatch(from, to)) throw new MoveError(`a batch does not move from "${from}" to "${to}"; allowed: ${BATCH_STATES[from].next.join(', ') || 'none'}`);
  return to;
}

export function mayMoveBatch(from: BatchState, to: BatchState): boolean {
  const allowed: readonly string[] = BATCH_STATES[from].next;
  return allowed.includes(to);
}

/** @throws MoveError for a text that names no state of a batch. */
export function asBatchState(text: string): BatchState {
  if (!(text in BATCH_STATES)) throw new MoveError(`"${text}" is no state of a batch`);
  return text as BatchState;
}
