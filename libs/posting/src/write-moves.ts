import {
  appendEvents, appendMoves, lockBankTransactions, lockPosting, readPostingsOfTransactions, releaseShares, writeBankStatuses, writePostings, writeSteps,
  type PostingRow, type Transaction,
} from '#storage';
import { grouped } from './grouped.js';
import { composeMove, type ComposedMove, type MovablePosting } from './compose-move.js';
import { asPostingState, bankStatusOf, POSTING_STATES } from './rules/posting-state.js';

/** What of a stored posting a move is composed from. */
export function movable(row: PostingRow): MovablePosting {
  const { id, connectionId, kind, customerId, bankTransactionId, currency, amountMinor, state, moveCount, chainHash } = row;
  return { id, connectionId, kind, customerId, bankTransactionId, currency, amountMinor, state: asPostingState(state), moveCount, chainHash };
}

export interface MoveOf {
  readonly posting: MovablePosting & { readonly reversesPostingId: string | null };
  readonly composed: ComposedMove;
}

/**
 * Writes moves whose postings the caller has locked, and everything that follows from them, in the caller's transaction:
 * rows, chain, events, released shares, originals that a verified reversal undoes, and the status of bank transactions.
 */
export async function writeMoves(transaction: Transaction, moves: readonly MoveOf[]): Promise<void> {
  if (moves.length === 0) return;
  const undone = await reversedOriginals(transaction, moves);
  const all = [...moves, ...undone];
  await writePostings(transaction, all.map(({ composed }) => composed.posting));
  await writeSteps(transaction, all.flatMap(({ composed }) => composed.steps));
  await appendMoves(transaction, all.map(({ composed }) => composed.move));
  await appendEvents(transaction, all.flatMap(({ composed }) => (composed.event === null ? [] : [composed.event])));
  const freed = all.filter(({ composed }) => composed.posting.state === 'cancelled' || composed.posting.state === 'reversed');
  if (freed.length > 0) await releaseShares(transaction, freed.map(({ posting }) => posting.id));
  await followBankTransactions(transaction, bankChanges(all));
}

/** Why a bank transaction may show something else now. */
interface BankChange {
  readonly bankTransactionId: string | null;
  readonly because: string;
}

function bankChanges(moves: readonly MoveOf[]): BankChange[] {
  return moves
    .filter(({ posting, composed }) => POSTING_STATES[posting.state].bank !== POSTING_STATES[asPostingState(composed.posting.state)].bank)
    .map(({ posting, composed }) => ({ bankTransactionId: posting.bankTransactionId, because: composed.posting.because }));
}

async function reversedOriginals(transaction: Transaction, moves: readonly MoveOf[]): Promise<MoveOf[]> {
  const undone: MoveOf[] = [];
  for (const { posting, composed } of moves) {
    if (posting.reversesPostingId === null || POSTING_STATES[asPostingState(composed.posting.state)].bank !== 'posted') continue;
    const original = await lockPosting(transaction, posting.reversesPostingId);
    if (original === null) throw new Error(`posting ${posting.id} reverses ${posting.reversesPostingId}, which does not exist`);
    const transition = { to: 'reversed', because: `undone by posting ${posting.id}`, evidence: { reversalPostingId: posting.id } } as const;
    undone.push({
      posting: { ...movable(original), reversesPostingId: null },
      composed: composeMove(movable(original), transition, composed.move.byWhom, composed.move.at, 0),
    });
  }
  return undone;
}

/** Recomputes the status of the bank transactions these postings came from, each from all of its postings, however many a file holds. */
export async function followBankTransactions(transaction: Transaction, changes: readonly BankChange[]): Promise<void> {
  const because = new Map<string, string>();
  for (const change of changes) if (change.bankTransactionId !== null && !because.has(change.bankTransactionId)) because.set(change.bankTransactionId, change.because);
  if (because.size === 0) return;
  const ids = [...because.keys()];
  const banks = await lockBankTransactions(transaction, ids);
  const postings = grouped(await readPostingsOfTransactions(transaction, ids), ({ bankTransactionId }) => bankTransactionId);
  await writeBankStatuses(transaction, banks.map((bank) => ({
    id: bank.id, because: because.get(bank.id) ?? '',
    status: bankStatusOf((postings.get(bank.id) ?? []).map((posting) => ({ ...posting, state: asPostingState(posting.state) })), bank.amountMinor),
  })));
}
