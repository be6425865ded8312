import { createHash } from 'node:crypto';
import { addMoney, localDateOfInstant, negateMoney, zeroMoney, type CurrencyCode, type Money, type PlannedStep } from '#canonical';
import type { FileBatch, FileDoor, FileTools, RenderedFile } from '#connector-kit';
import { appendBatchMove, databaseInstant, insertBatch, lockFileLane, lockWaitingForFile, readBatch, writeBatch, type PostingWithStep, type Transaction } from '#storage';
import { fileDoorOf, PostingError, type PostingConnection } from '../ports.js';
import { cutText } from '../rules/clean-text.js';
import { CHAIN_START, chainHash } from '../rules/evidence-chain.js';
import { chainSubjectOf, tellOfBatch } from './batch-moves.js';
import { changeOf, evidenceOf, movePostings } from './batch-postings.js';
import { fileToolsOf } from './file-run.js';

export interface ClosingRequest {
  readonly connection: PostingConnection;
  readonly byWhom: string;
  readonly because: string;
  /** Postings of one file at most; the connector may want fewer. */
  readonly postingsMax: number;
}

export interface ClosedBatch {
  readonly id: string;
  readonly sequence: number;
  readonly name: string;
  readonly postings: number;
}

const PROBLEM_LENGTH_MAX = 1_000;
const NAME = /^[^/\\\p{Cc}]{1,200}$/u;

/**
 * Makes files of what waits, in the caller's transaction: sequence number, bytes, digest, control totals and the postings' moves commit
 * together, before anything leaves. A posting that cannot be written into a file goes to a person; the others go on.
 * @throws PostingError `notOffered` where the connection takes no files; `invalid` where the connector names a file as none may be named.
 */
export async function closeBatches(transaction: Transaction, request: ClosingRequest): Promise<ClosedBatch[]> {
  const { connection, postingsMax } = request;
  const door = fileDoorOf(connection);
  const tools = fileToolsOf(connection);
  let { nextSequence } = await lockFileLane(transaction, connection.id);
  const at = await databaseInstant(transaction);
  const closing: Closing = { transaction, request, door, tools, at };
  const closed: ClosedBatch[] = [];
  const sizeMax = Math.max(1, Math.min(postingsMax, door.batchPostingsMax(tools)));
  for (const { key, currency, rows } of groupsOf(await lockWaitingForFile(transaction, connection.id, postingsMax), door, tools)) {
    for (let first = 0; first < rows.length; first += sizeMax) {
      const batch = await closeOne(closing, { key, currency, sequence: nextSequence, rows: rows.slice(first, first + sizeMax) });
      if (batch === null) continue;
      closed.push(batch);
      nextSequence += 1;
    }
  }
  return closed;
}

interface Closing {
  readonly transaction: Transaction;
  readonly request: ClosingRequest;
  readonly door: FileDoor;
  readonly tools: FileTools;
  /** The database's clock, as it is hashed. */
  readonly at: string;
}
interface Group {
  readonly key: string;
  readonly currency: CurrencyCode;
  readonly rows: readonly PostingWithStep[];
}

/** What may share a file: the connector's key, and one currency, because a control total has one. */
function groupsOf(rows: readonly PostingWithStep[], door: FileDoor, tools: FileTools): Group[] {
  const groups = new Map<string, { key: string; currency: string; rows: PostingWithStep[] }>();
  for (const row of rows) {
    const key = door.batchKeyOf(row.step.step, tools);
    const { currency } = row.posting;
    const group = groups.get(`${currency} ${key}`) ?? { key, currency, rows: [] };
    group.rows.push(row);
    groups.set(`${currency} ${key}`, group);
  }
  return [...groups.values()];
}

async function closeOne(closing: Closing, group: Group & { readonly sequence: number }): Promise<ClosedBatch | null> {
  const { transaction, request, at } = closing;
  const { rows, file } = await renderable(closing, group);
  if (file === null) return null;
  const sha256 = createHash('sha256').update(file.bytes).digest('hex');
  const control = controlOf(rows, group.currency);
  const id = await insertBatch(transaction, {
    connectionId: request.connection.id, sequence: group.sequence, key: group.key, name: file.name, sha256, bytes: file.bytes, currency: group.currency, totalMinor: control.total.minor,
    closedAt: at, closedOn: closedOn(closing), state: 'closed', stateBecause: request.because, chainHash: CHAIN_START, createdBy: request.byWhom, postingIds: rows.map(({ posting }) => posting.id),
  });
  const batch = { id, connectionId: request.connection.id, sequence: group.sequence, name: file.name, sha256 };
  await movePostings(transaction, rows, (row) => ({ to: 'inBatch', because: `in file ${file.name}`, evidence: { batch: evidenceOf(batch) }, steps: [changeOf(row, 'inFile', { attempts: row.step.attempts + 1 })] }), request.byWhom, at);
  await firstMove(closing, id, {
    sequence: group.sequence, key: group.key, name: file.name, sha256, byteCount: file.bytes.byteLength, postings: rows.length, currency: group.currency, totalMinor: control.total.minor.toString(),
    postingIds: rows.map(({ posting }) => posting.id),
  });
  await tellOfBatch(transaction, batch, 'postingBatch.closed', request.because);
  return { id, sequence: group.sequence, name: file.name, postings: rows.length };
}

async function firstMove({ transaction, request, at }: Closing, batchId: string, evidence: { readonly [fact: string]: string | number | string[] }): Promise<void> {
  const link = { postingId: chainSubjectOf(batchId), sequence: 1, stepKey: null, fromState: null, toState: 'closed', because: request.because, byWhom: request.byWhom, evidence, at };
  const hash = chainHash(CHAIN_START, link);
  await appendBatchMove(transaction, { batchId, sequence: 1, fromState: null, toState: 'closed', because: request.because, byWhom: request.byWhom, evidence, at, hash });
  const batch = await readBatch(transaction, batchId);
  if (batch === null) throw new Error(`batch ${batchId} was not stored`);
  await writeBatch(transaction, {
    id: batchId, state: 'closed', because: request.because, dueInMs: 0, leaseMs: null, attempts: 0, attemptsBeforeRetry: 0, lookUps: 0, polls: 0, resendAfterMs: null, deliveredNow: false, confirmWithinMs: null,
    moveCount: 1, chainHash: hash,
  });
}

/** The file, without the postings that cannot be written into one: these go to a person, each with its own problem. */
async function renderable(closing: Closing, group: Group & { readonly sequence: number }): Promise<{ rows: readonly PostingWithStep[]; file: RenderedFile | null }> {
  try {
    return { rows: group.rows, file: rendered(closing, group, group.rows) };
  } catch (error) {
    if (error instanceof PostingError) throw error;
    const problems = new Map(group.rows.map((row) => [row, problemOf(() => rendered(closing, group, [row]))]));
    const sound = group.rows.filter((row) => problems.get(row) === null);
    // Each alone is fine and all together are not: then none can be blamed.
    const bad = sound.length === group.rows.length ? group.rows : group.rows.filter((row) => problems.get(row) !== null);
    await movePostings(closing.transaction, bad, (row) => ({
      to: 'attention', because: cutText(`cannot be written into a file: ${problems.get(row) ?? messageOf(error)}`, PROBLEM_LENGTH_MAX), evidence: null,
    }), closing.request.byWhom, closing.at);
    return bad === group.rows || sound.length === 0 ? { rows: [], file: null } : renderable(closing, { ...group, rows: sound });
  }
}

function rendered(closing: Closing, group: Group & { readonly sequence: number }, rows: readonly PostingWithStep[]): RenderedFile {
  const file = closing.door.render(fileBatchOf(closing, group, rows), closing.tools);
  if (!NAME.test(file.name)) throw new PostingError('invalid', `the connector ${closing.request.connection.connector.id} names a file "${cutText(file.name, 200)}": a name has 1 to 200 characters and no folder`);
  return file;
}

function fileBatchOf(closing: Closing, { sequence, key, currency }: Group & { readonly sequence: number }, rows: readonly PostingWithStep[]): FileBatch {
  const [first, ...rest] = rows.map(({ step }): PlannedStep => step.step);
  if (first === undefined) throw new RangeError('a file holds at least one posting');
  return { sequence, key, closedAt: closing.at, closedOn: closedOn(closing), steps: [first, ...rest], control: controlOf(rows, currency) };
}

function closedOn({ at, request }: Closing): ReturnType<typeof localDateOfInstant> {
  return localDateOfInstant(new Date(at), request.connection.timeZone);
}

/** Payments less the counter-entries that undo earlier ones. */
export function controlOf(rows: readonly PostingWithStep[], currency: CurrencyCode): { readonly postings: number; readonly total: Money } {
  const amountOf = ({ posting }: PostingWithStep): Money => {
    const amount = { minor: BigInt(posting.amountMinor), currency };
    return posting.kind === 'reversal' ? negateMoney(amount) : amount;
  };
  return { postings: rows.length, total: rows.reduce((sum, row) => addMoney(sum, amountOf(row)), zeroMoney(currency)) };
}

function problemOf(work: () => unknown): string | null {
  try {
    work();
    return null;
  } catch (error) {
    return messageOf(error);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
