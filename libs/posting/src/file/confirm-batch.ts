import { formatMoney } from '#canonical';
import type { FileAnswer } from '#connector-kit';
import { deferBatch, findPaymentsByKey, lockHeldBatch, readBatchMembers, type BatchMember, type SeenPayment, type Transaction } from '#storage';
import { failureOf } from '../lane/answer-to-transition.js';
import { LeaseLost } from '../lane/ledger.js';
import { retryAfterMs } from '../rules/back-off.js';
import { pollAfterMs } from '../rules/next-batch-action.js';
import { writeBatchMove, type BatchTransition, type CarriedBatch } from './batch-moves.js';
import { applyAnswers, handOver, type Applied } from './batch-postings.js';
import { bounded, fileToAskFor } from './deliver-batch.js';
import type { FileRun } from './file-run.js';
import { readFileSettings } from './file-settings.js';

/** What is known of a delivered file's postings at the moment. */
interface News {
  readonly source: string;
  readonly answers: ReadonlyMap<string, FileAnswer>;
  /** From now, where the target said when to ask again. */
  readonly askAgainInMs: number | null;
}

/**
 * Asks who may know: the target for its answer, and the payments a sync has read. Whatever is new is written with the batch's move; what
 * nobody confirmed in time goes to a person, and a late answer is still taken.
 */
export async function confirmBatch(run: FileRun, carried: CarriedBatch): Promise<void> {
  const { crashPoint } = run.options;
  await crashPoint('beforeAnswers');
  const answered = await askTarget(run, carried);
  const news = [...answered === null ? [] : [answered], await seenBySync(run, carried)];
  await crashPoint('afterAnswersRead');
  await write(run, carried, news);
  await crashPoint('afterAnswers');
}

async function askTarget(run: FileRun, carried: CarriedBatch): Promise<News | null> {
  if (!run.isAnswered) return null;
  const file = await fileToAskFor(run, carried);
  if (file === null) return null;
  try {
    const said = await bounded(run, (signal) => run.door.acknowledgement(run.options.connection.context(signal), file));
    return said === null ? null : { source: said.source, answers: said.answers, askAgainInMs: null };
  } catch (error) {
    const { failure, message } = failureOf(error);
    if (failure.kind === 'auth') run.pause(`${message} (${failure.hint})`);
    run.options.log('posting.acknowledgementFailed', { batch: carried.row.id, kind: failure.kind, message });
    return { source: '', answers: new Map(), askAgainInMs: failure.kind === 'rateLimited' ? retryAfterMs(failure.retryAfterMs) : null };
  }
}

async function seenBySync(run: FileRun, { row }: CarriedBatch): Promise<News> {
  const { database, connection } = run.options;
  return database.inTenant(connection.tenantId, async (transaction) => {
    const { confirmByConnectionId } = await readFileSettings(transaction, connection.id);
    const open = (await readBatchMembers(transaction, row.id)).filter(({ here, stepState }) => here && stepState === 'exported');
    const seen = open.length === 0 ? [] : await findPaymentsByKey(transaction, confirmByConnectionId, open.flatMap(({ stepKey, idempotencyKey }) => [stepKey, idempotencyKey]));
    return { source: `payments read from connection ${confirmByConnectionId}`, answers: answersOf(open, seen), askAgainInMs: null };
  });
}

/** One payment under a key is the answer. Several are one too many: their sum is not what was planned, and a person looks at it. */
function answersOf(open: readonly BatchMember[], seen: readonly SeenPayment[]): Map<string, FileAnswer> {
  const answers = new Map<string, FileAnswer>();
  for (const { stepKey, idempotencyKey } of open) {
    const found = [...new Map(seen.filter(({ key }) => key === stepKey || key === idempotencyKey).map((payment) => [payment.externalId, payment])).values()];
    const [payment] = found;
    if (payment === undefined) continue;
    const minor = found.reduce((sum, { totalMinor }) => sum + BigInt(totalMinor), 0n);
    answers.set(stepKey, {
      state: 'booked', externalId: found.map(({ externalId }) => externalId).join(' and '), applications: null,
      fields: { amount: formatMoney({ minor, currency: payment.currency }), currency: payment.currency },
    });
  }
  return answers;
}

/** Writes what is new under the lease, or only notes when to ask again. */
async function write(run: FileRun, carried: CarriedBatch, news: readonly News[]): Promise<void> {
  const { database, connection, byWhom } = run.options;
  await database.inTenant(connection.tenantId, async (transaction) => {
    const held = await lockHeldBatch(transaction, carried.row.id, carried.leaseToken);
    if (held === null) throw new LeaseLost(`the lease on batch ${carried.row.id} ran out before its answers were written`);
    let applied: Applied = { answered: 0, open: carried.row.postings, contradictions: [] };
    const sources: string[] = [];
    for (const { answers, source } of news) {
      const now = await applyAnswers(transaction, carried.row, answers, source, byWhom, held.at);
      if (now.answered > 0 || now.contradictions.length > 0) sources.push(source);
      applied = { answered: applied.answered + now.answered, open: now.open, contradictions: [...applied.contradictions, ...now.contradictions] };
    }
    run.counts.answered += applied.answered;
    const transition = await nextMove(transaction, run, carried, applied, sources, held);
    const polls = applied.answered > 0 ? 0 : carried.row.polls + 1;
    const askAgainInMs = Math.min(...news.flatMap((each) => each.askAgainInMs ?? []), pollMs(run, carried, polls, held.nowMs));
    if (transition === null) await deferBatch(transaction, carried.row.id, carried.leaseToken, askAgainInMs, polls);
    else carried.row = await writeBatchMove(transaction, carried.row, { ...transition, polls, dueInMs: askAgainInMs }, byWhom, held.at, run.leaseMs);
  });
  carried.leaseEndsAtMs = 0;
}

/** Null when there is nothing to say. */
async function nextMove(transaction: Transaction, run: FileRun, carried: CarriedBatch, applied: Applied, sources: readonly string[], held: { readonly at: string; readonly nowMs: number }): Promise<BatchTransition | null> {
  const { row } = carried;
  const evidence = { answered: applied.answered, open: applied.open, sources: [...sources], contradictions: applied.contradictions.map(({ stepKey, externalId }) => ({ stepKey, externalId })) };
  if (applied.open === 0) return { to: 'acknowledged', because: `every posting of ${row.name} has its answer`, evidence };
  if (row.state === 'delivered' && row.confirmByMs !== null && held.nowMs >= row.confirmByMs) {
    const because = `nobody confirmed it in time: ${row.name} was delivered at ${row.deliveredAt ?? 'an unknown time'} and the target has not answered`;
    await handOver(transaction, row, because, run.options.byWhom, held.at);
    return { to: 'unconfirmed', because, evidence };
  }
  if (applied.answered === 0 && applied.contradictions.length === 0) return null;
  return { to: row.state === 'unconfirmed' ? 'unconfirmed' : 'delivered', because: `${applied.answered} of ${row.postings} postings answered, ${applied.open} open`, evidence };
}

/** Never later than the end of the time in which it is to be confirmed. */
function pollMs(run: FileRun, { row }: CarriedBatch, polls: number, nowMs: number): number {
  const { pollFirstMs, pollMsMax } = run.options.limits;
  const wait = row.state === 'unconfirmed' ? pollMsMax : pollAfterMs(polls, Math.random(), pollFirstMs, pollMsMax);
  return row.state === 'delivered' && row.confirmByMs !== null && row.confirmByMs > nowMs ? Math.min(wait, row.confirmByMs - nowMs + 1) : wait;
}
