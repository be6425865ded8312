import { randomBytes } from 'node:crypto';
import { formatMinorUnits, currencyExponent, intentProblems, localDateOfInstant, type Json, type PlannedStep, type PostingIntent, type Refusal } from '#canonical';
import { isOffered, type PlanTools } from '#connector-kit';
import {
  appendEvents, appendMoves, databaseInstant, insertPosting, lockBankTransactions, lockOpenDocuments, readPostingsOfTransactions, writeBankStatuses, writeChainHead,
  type NewPosting, type OpenDocument, type PostingShareRow, type Transaction,
} from '#storage';
import { eventOf } from './compose-move.js';
import { planningDoorOf, PostingError, type PostingConnection } from './ports.js';
import { clean, cleanText } from './rules/clean-text.js';
import { CHAIN_START, chainHash, type ChainedMove } from './rules/evidence-chain.js';
import { intentToJson } from './rules/intent-json.js';
import { asPostingState, bankStatusOf, POSTING_STATES } from './rules/posting-state.js';

/** An intent without its key: the key is minted when the posting is stored, and never derived from what it says. */
export type IntentDraft = Omit<PostingIntent, 'idempotencyKey'>;

export interface FinalizeRequest {
  readonly connectionId: string;
  /** Null for credits applied without cash. */
  readonly bankTransactionId: string | null;
  /** One per customer: an ERP takes a payment of one customer only. Together they use up the bank transaction. */
  readonly parts: readonly { readonly intent: IntentDraft; readonly customerId: string | null }[];
  readonly createdBy: string;
}

/** `trb-` and 128 random bits: 36 characters, so that step keys of 60 have room for their step's name. Two equal payments are two payments. */
export function mintIdempotencyKey(): string {
  return `trb-${randomBytes(16).toString('hex')}`;
}

export function planTools(connection: PostingConnection, now: Date): PlanTools {
  return {
    probe: connection.probe, config: connection.config, today: localDateOfInstant(now, connection.timeZone),
    render: (mapping, value) => connection.render(mapping, value),
  };
}

/** The steps a connector makes of an intent, or why it makes none. @throws PostingError when the connection does not post at all, or the intent contradicts itself. */
export function planIntent(connection: PostingConnection, intent: PostingIntent, now: Date): readonly PlannedStep[] | { readonly refusals: readonly Refusal[] } {
  const post = connection.capabilities.operations.post;
  if (!isOffered(post)) throw new PostingError('notOffered', `connection "${connection.name}" does not take postings: ${post.because}`);
  const problems = intentProblems(intent);
  if (problems.length > 0) throw new PostingError('invalid', problems.join('; '));
  const plan = planningDoorOf(connection, 'post').plan(intent, planTools(connection, now));
  // A connector may cut a text of ours through a character: what is stored, hashed and sent is one and the same.
  return 'steps' in plan ? clean(plan.steps) : { refusals: clean(plan.refusals) };
}

export interface PlannedPart {
  readonly intent: PostingIntent;
  readonly customerId: string | null;
  readonly steps: readonly PlannedStep[];
  readonly byFile: boolean;
}

/**
 * Stores planned postings in the caller's transaction: after it commits each is in the ERP exactly once, as planned, or with a person.
 * @throws PostingError `notNow` when the bank transaction is not free, `invalid` when more is promised than is open. Two finalizes
 * of the same document wait for each other here, so not both can win.
 */
export async function storePostings(transaction: Transaction, request: FinalizeRequest, parts: readonly PlannedPart[]): Promise<string[]> {
  const bank = request.bankTransactionId === null ? null : await takeBankTransaction(transaction, request.bankTransactionId, parts);
  const shares = await reserve(transaction, request.connectionId, parts);
  const ids: string[] = [];
  for (const [index, part] of parts.entries()) {
    const id = await storePosting(transaction, {
      connectionId: request.connectionId, kind: 'payment', reversesPostingId: null, reversalReason: null, bankTransactionId: request.bankTransactionId, customerId: part.customerId, byFile: part.byFile,
      idempotencyKey: part.intent.idempotencyKey, intent: intentToJson(part.intent), currency: part.intent.amount.currency, amountMinor: part.intent.amount.minor,
      createdBy: request.createdBy, steps: part.steps, shares: shares[index] ?? [],
    }, 'finalized');
    if (id === null) throw new Error('a payment cannot be a second reversal');
    ids.push(id);
  }
  if (bank !== null) await writeBankStatuses(transaction, [{ id: bank, status: POSTING_STATES.planned.bank, because: `finalized by ${request.createdBy}` }]);
  return ids;
}

/** Inserts one posting with its first move and its event. Null when it is the second reversal of its original. */
export async function storePosting(transaction: Transaction, wanted: Omit<NewPosting, 'state' | 'stateBecause' | 'chainHash'>, reason: string): Promise<string | null> {
  const posting = clean(wanted);
  const because = cleanText(reason);
  const id = await insertPosting(transaction, { ...posting, state: 'planned', stateBecause: because, chainHash: CHAIN_START });
  if (id === null) return null;
  const link: ChainedMove = {
    postingId: id, sequence: 1, stepKey: null, fromState: null, toState: 'planned', because, byWhom: posting.createdBy,
    evidence: { idempotencyKey: posting.idempotencyKey, intent: posting.intent, plan: posting.steps as unknown as Json }, at: await databaseInstant(transaction),
  };
  const hash = chainHash(CHAIN_START, link);
  await appendMoves(transaction, [{ ...link, hash }]);
  await writeChainHead(transaction, id, link.sequence, hash);
  await appendEvents(transaction, [eventOf({ ...posting, id, amountMinor: posting.amountMinor.toString() }, 'posting.finalized', because)]);
  return id;
}

async function takeBankTransaction(transaction: Transaction, id: string, parts: readonly PlannedPart[]): Promise<string> {
  const [bank] = await lockBankTransactions(transaction, [id]);
  if (bank === undefined) throw new PostingError('notFound', `there is no bank transaction ${id}`);
  const earlier = (await readPostingsOfTransactions(transaction, [id])).map((posting) => ({ ...posting, state: asPostingState(posting.state) }));
  const busy = bankStatusOf(earlier, bank.amountMinor);
  if (bank.withdrawn) throw new PostingError('notNow', `bank transaction ${id} was taken back by the bank: it can be posted when the bank sends it again`);
  if (bank.pending) throw new PostingError('notNow', `bank transaction ${id} is not booked yet: it can be posted when the bank books it`);
  if (bank.status === 'notPayment') throw new PostingError('notNow', `bank transaction ${id} is marked as no payment: take the mark off first`);
  if (earlier.length > 0 && busy !== 'needsAllocation') throw new PostingError('notNow', `bank transaction ${id} is ${busy === 'posted' ? 'posted' : 'being posted'} already`);
  const kept = earlier.filter((posting) => posting.kind === 'payment' && POSTING_STATES[posting.state].bank === 'posted').reduce((sum, posting) => sum + posting.amountMinor, 0n);
  const total = parts.reduce((sum, part) => sum + part.intent.amount.minor, kept);
  const foreign = parts.find((part) => part.intent.amount.currency !== bank.currency);
  if (foreign !== undefined) throw new PostingError('invalid', `bank transaction ${id} is in ${bank.currency}, the posting in ${foreign.intent.amount.currency}`);
  if (total !== bank.amountMinor) {
    const text = (minor: bigint): string => `${formatMinorUnits(minor, currencyExponent(bank.currency))} ${bank.currency}`;
    throw new PostingError('invalid', `the postings add up to ${text(total)}, the bank transaction is ${text(bank.amountMinor)}: allocate all of it, the rest on account`);
  }
  return id;
}

/** Locks every document of every part, checks the open amounts, and says what each part takes. */
async function reserve(transaction: Transaction, connectionId: string, parts: readonly PlannedPart[]): Promise<PostingShareRow[][]> {
  const named = parts.flatMap(({ intent }) => [...intent.invoices, ...intent.writeOffs, ...intent.credits].map(({ externalId }) => externalId));
  if (named.length === 0) return parts.map(() => []);
  const documents = await lockOpenDocuments(transaction, connectionId, [...new Set(named)]);
  const shares = parts.map(({ intent }) => sharesOf(intent, documents));
  const problems: string[] = [];
  for (const document of documents) {
    const taken = shares.flat().filter((share) => share.document === document.document && share.externalId === document.externalId).reduce((sum, share) => sum + share.amountMinor, 0n);
    const free = document.openMinor - document.reservedMinor;
    if (taken > free) problems.push(overPromise(document, taken));
  }
  if (problems.length > 0) throw new PostingError('invalid', problems.join('; '));
  return shares;
}

function overPromise(document: OpenDocument, taken: bigint): string {
  const text = (minor: bigint): string => `${formatMinorUnits(minor, currencyExponent(document.currency))} ${document.currency}`;
  const promised = document.reservedMinor === 0n ? '' : `, of which ${text(document.reservedMinor)} is promised to other postings`;
  return `${document.number}: ${text(taken)} is more than is free; open is ${text(document.openMinor)}${promised}`;
}

function sharesOf(intent: PostingIntent, documents: readonly OpenDocument[]): PostingShareRow[] {
  const kindOf = (externalId: string, number: string, kinds: readonly OpenDocument['document'][]): OpenDocument['document'] => {
    const document = documents.find((candidate) => candidate.externalId === externalId && kinds.includes(candidate.document));
    if (document === undefined) throw new PostingError('invalid', `${number} (${externalId}) is not among the documents last read from this connection: sync, then try again`);
    return document.document;
  };
  const row = (role: PostingShareRow['role'], kinds: readonly OpenDocument['document'][]) => (share: PostingIntent['invoices'][number]): PostingShareRow => ({
    document: kindOf(share.externalId, share.number, kinds), role, externalId: share.externalId, lineExternalId: share.lineExternalId, amountMinor: share.amount.minor,
  });
  return [...intent.invoices.map(row('settles', ['invoice'])), ...intent.writeOffs.map(row('writesOff', ['invoice'])), ...intent.credits.map(row('gives', ['creditMemo', 'payment']))];
}
