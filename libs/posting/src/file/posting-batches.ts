import type { FileAnswer } from '#connector-kit';
import type { Json } from '#canonical';
import {
  lockBatchPostings, lockFileLane, lockIdleBatch, POSTING_BATCHES, readBatch, readBatchBytes, readBatchMembers, readBatchMoves, readFileLane, readList, writeFileLane, type BatchMember, type Database,
  type ListPage, type ListRequest, type PostingBatchMoveRow, type PostingBatchRow, type Row, type Transaction,
} from '#storage';
import { failureOf } from '../lane/answer-to-transition.js';
import { fileDoorOf, PostingError, type OpenPostingConnection, type WakeLane } from '../ports.js';
import { closingProblems, MINUTES_MAX } from '../rules/batch-closing.js';
import { asBatchState, mayMoveBatch, type BatchState } from '../rules/batch-state.js';
import { chainProblems } from '../rules/evidence-chain.js';
import { chainSubjectOf, moveByPerson, type BatchTransition } from './batch-moves.js';
import { applyAnswers, changeOf, evidenceOf, exportPostings, movePostings } from './batch-postings.js';
import { closeBatches, type ClosedBatch } from './close-batches.js';
import { FILE_LIMITS, type FileLimits } from './file-limits.js';
import { fileSettingsOf, readFileSettings, type FileSettings } from './file-settings.js';

export interface PostingBatchesDependencies {
  readonly database: Database;
  readonly openConnection: OpenPostingConnection;
  readonly wake: WakeLane;
  readonly limits?: Partial<FileLimits>;
}

export interface BatchDetail {
  readonly batch: PostingBatchRow;
  readonly members: readonly BatchMember[];
  readonly moves: readonly PostingBatchMoveRow[];
  /** What is wrong with the hash chain of its moves; empty when it is whole. */
  readonly chainProblems: readonly string[];
}

/** What a target answered about one posting of a file, as a person hands it in. */
export interface HandedInAnswer {
  readonly stepKey: string;
  readonly answer: FileAnswer;
}

/** What people and programs do with posting files. Delivering is the lane's business. Errors are {@link PostingError}. */
export class PostingBatches {
  readonly #limits: FileLimits;

  constructor(private readonly dependencies: PostingBatchesDependencies) {
    this.#limits = { ...FILE_LIMITS, ...dependencies.limits };
  }

  /** Newest first. @throws ListError */
  async list(tenantId: string, request: ListRequest): Promise<ListPage<PostingBatchRow>> {
    return this.dependencies.database.inTenant(tenantId, (transaction) => readList<PostingBatchRow & Row>(transaction, POSTING_BATCHES, request));
  }

  async get(tenantId: string, batchId: string): Promise<BatchDetail | null> {
    return this.dependencies.database.inTenant(tenantId, async (transaction) => {
      const batch = await readBatch(transaction, batchId);
      if (batch === null) return null;
      const moves = await readBatchMoves(transaction, batchId);
      const chained = moves.map(({ batchId: id, ...link }) => ({ ...link, postingId: chainSubjectOf(id), stepKey: null }));
      return { batch, moves, members: await readBatchMembers(transaction, batchId), chainProblems: chainProblems(chained, batch.chainHash) };
    });
  }

  /** The file as it is delivered. @throws PostingError `notFound` */
  async content(tenantId: string, batchId: string): Promise<{ readonly name: string; readonly sha256: string; readonly bytes: Uint8Array }> {
    return this.dependencies.database.inTenant(tenantId, async (transaction) => {
      const batch = await readBatch(transaction, batchId);
      const bytes = batch === null ? null : await readBatchBytes(transaction, batchId);
      if (batch === null || bytes === null) throw notFound(batchId);
      return { name: batch.name, sha256: batch.sha256, bytes };
    });
  }

  /** Makes files of what waits in this connection, now. @throws PostingError `notOffered` */
  async close(tenantId: string, connectionId: string, by: string): Promise<ClosedBatch[]> {
    const { database, openConnection, wake } = this.dependencies;
    const connection = await openConnection(tenantId, connectionId);
    const closed = await database.inTenant(tenantId, (transaction) => closeBatches(transaction, { connection, byWhom: by, because: `closed by ${by}`, postingsMax: this.#limits.postingsMax }));
    if (closed.length > 0) wake(tenantId, connectionId, 0);
    return closed;
  }

  /** @throws PostingError `notOffered` */
  async settings(tenantId: string, connectionId: string): Promise<FileSettings> {
    fileDoorOf(await this.dependencies.openConnection(tenantId, connectionId));
    return this.dependencies.database.inTenant(tenantId, (transaction) => readFileSettings(transaction, connectionId));
  }

  /** Replaces them. @throws PostingError `notOffered`, `invalid` */
  async configure(tenantId: string, connectionId: string, wanted: FileSettings): Promise<FileSettings> {
    const { database, openConnection, wake } = this.dependencies;
    fileDoorOf(await openConnection(tenantId, connectionId));
    const problems = closingProblems(wanted.closing).map(({ field, problem }) => `closing.${field} ${problem}`);
    const { confirmWithinMinutes } = wanted;
    if (!Number.isInteger(confirmWithinMinutes) || confirmWithinMinutes < 1 || confirmWithinMinutes > MINUTES_MAX) problems.push(`confirmWithinMinutes must be a whole number from 1 to ${MINUTES_MAX}`);
    if (problems.length > 0) throw new PostingError('invalid', problems.join('; '));
    // Also says so where the linked connection does not exist.
    await openConnection(tenantId, wanted.confirmByConnectionId);
    const settings = await database.inTenant(tenantId, async (transaction) => {
      await lockFileLane(transaction, connectionId);
      await writeFileLane(transaction, connectionId, {
        closing: wanted.closing as unknown as Json, confirmWithinMinutes, confirmByConnectionId: wanted.confirmByConnectionId === connectionId ? null : wanted.confirmByConnectionId,
      });
      return fileSettingsOf(await readFileLane(transaction, connectionId), connectionId);
    });
    wake(tenantId, connectionId, 0);
    return settings;
  }

  /** A person says that the target has the file. @throws PostingError `notFound`, `busy`, `notNow` */
  async markDelivered(tenantId: string, batchId: string, by: string): Promise<void> {
    await this.#decide(tenantId, batchId, by, ['delivered'], async (transaction, batch, at) => {
      if (batch.state !== 'awaitingPerson' && batch.state !== 'stopped') throw notNow(batch, 'only a file that a person carries, or that was stopped, is marked as delivered');
      const { confirmWithinMinutes } = await readFileSettings(transaction, batch.connectionId);
      await exportPostings(transaction, batch, `delivered by ${by} in ${batch.name}`, by, at);
      return { to: 'delivered', because: `delivered by ${by}`, evidence: { deliveredBy: by }, deliveredNow: true, polls: 0, dueInMs: this.#limits.pollFirstMs, confirmWithinMs: confirmWithinMinutes * 60_000 };
    });
  }

  /**
   * What the target answered, as a person hands it in; compared like any answer. Refused postings go to a person, the others go on.
   * @throws PostingError `notFound`, `busy`, `notNow`, `invalid` for a key the file does not hold
   */
  async acknowledge(tenantId: string, batchId: string, by: string, source: string, answers: readonly HandedInAnswer[]): Promise<void> {
    await this.#decide(tenantId, batchId, by, ['acknowledged', 'delivered', 'unconfirmed'], async (transaction, batch, at) => {
      if (batch.state !== 'delivered' && batch.state !== 'unconfirmed') throw notNow(batch, 'only a delivered file is answered');
      const known = new Set((await readBatchMembers(transaction, batchId)).map(({ stepKey }) => stepKey));
      const unknown = answers.filter(({ stepKey }) => !known.has(stepKey));
      if (unknown.length > 0) throw new PostingError('invalid', `the file does not hold ${unknown.map(({ stepKey }) => stepKey).join(', ')}`);
      if (answers.length === 0 || new Set(answers.map(({ stepKey }) => stepKey)).size < answers.length) throw new PostingError('invalid', 'say something about at least one posting, and about each once');
      const applied = await applyAnswers(transaction, batch, new Map(answers.map(({ stepKey, answer }) => [stepKey, answer])), source, by, at);
      const because = applied.open === 0 ? `every posting of ${batch.name} has its answer` : `${applied.answered} of ${batch.postings} postings answered by ${by}, ${applied.open} open`;
      return {
        to: applied.open === 0 ? 'acknowledged' : asBatchState(batch.state), because, polls: 0, dueInMs: this.#limits.pollFirstMs,
        evidence: { answered: applied.answered, open: applied.open, sources: [source], handedInBy: by, contradictions: applied.contradictions.map(({ stepKey, externalId }) => ({ stepKey, externalId })) },
      };
    });
  }

  /**
   * A stopped file goes again; one that nobody confirmed is waited for once more. Same name, same bytes.
   * @throws PostingError `notFound`, `busy`, `notNow` also where a person settled one of its postings by hand
   */
  async retry(tenantId: string, batchId: string, by: string): Promise<void> {
    await this.#decide(tenantId, batchId, by, ['closed', 'unknown', 'delivered'], async (transaction, batch, at) => {
      const again = { attemptsBeforeRetry: batch.attempts, lookUps: 0, polls: 0, dueInMs: 0 };
      if (batch.state === 'unconfirmed') {
        const { confirmWithinMinutes } = await readFileSettings(transaction, batch.connectionId);
        await exportPostings(transaction, batch, `${by} says wait again`, by, at);
        return { ...again, to: 'delivered', because: `${by} says wait again`, evidence: null, confirmWithinMs: confirmWithinMinutes * 60_000 };
      }
      if (batch.state !== 'stopped') throw notNow(batch, 'there is nothing for a person to retry');
      await this.#putBack(transaction, batch, `${by} says try again`, by, at);
      // What may have left is looked up first.
      return { ...again, to: batch.attempts > 0 ? 'unknown' : 'closed', because: `${by} says try again`, evidence: null };
    });
  }

  /**
   * The target lost the file: it is delivered again, under the same name with the same bytes. It is asked first: a file it still has is not lost.
   * @throws PostingError `notFound`, `busy`, `invalid` without a reason, `notNow` where the target has the file, cannot be asked, or has answered,
   * or a person settled a posting of it
   */
  async reissue(tenantId: string, batchId: string, by: string, reason: string): Promise<void> {
    if (reason.trim() === '') throw new PostingError('invalid', 'say why the file goes again: the reason is kept with it');
    await this.#refuseFound(tenantId, await this.#require(tenantId, batchId));
    await this.#decide(tenantId, batchId, by, ['closed'], async (transaction, batch, at) => {
      if (batch.state !== 'delivered' && batch.state !== 'unconfirmed') throw notNow(batch, 'only a delivered file can be lost by its target');
      await refuseAnswered(transaction, batch, 'delivered again');
      await this.#putBack(transaction, batch, `reissued by ${by}: ${reason}`, by, at);
      return { to: 'closed', because: `reissued by ${by}: ${reason}`, evidence: { reissuedBy: by }, attemptsBeforeRetry: batch.attempts, lookUps: 0, polls: 0, dueInMs: 0 };
    });
  }

  /**
   * The target never took the file and never will: its postings wait for a later one. Its number stays used, which the target may miss.
   * A target the hub may have delivered to is asked first: a file it has, given up here, would be booked twice.
   * @throws PostingError as {@link reissue}
   */
  async withdraw(tenantId: string, batchId: string, by: string, reason: string): Promise<void> {
    if (reason.trim() === '') throw new PostingError('invalid', 'say why the file is given up: the reason is kept with it');
    const batch = await this.#require(tenantId, batchId);
    if (batch.state === 'stopped' || batch.state === 'unconfirmed') await this.#refuseFound(tenantId, batch);
    await this.#decide(tenantId, batchId, by, ['withdrawn'], async (transaction, batch, at) => {
      await refuseAnswered(transaction, batch, 'withdrawn');
      const { here } = await lockBatchPostings(transaction, batch.id, 'all');
      const because = `file ${batch.name} was withdrawn by ${by}: ${reason}`;
      const waiting = here.filter(({ step }) => step.state === 'inFile' || step.state === 'exported');
      await movePostings(transaction, waiting, (row) => ({ to: 'planned', because, evidence: { batch: evidenceOf(batch) }, dueInMs: 0, steps: [changeOf(row, 'planned')] }), by, at);
      return { to: 'withdrawn', because: `withdrawn by ${by}: ${reason}`, evidence: { withdrawnBy: by } };
    }, true);
  }

  /** @throws PostingError `notFound` */
  async #require(tenantId: string, batchId: string): Promise<PostingBatchRow> {
    const batch = await this.dependencies.database.inTenant(tenantId, (transaction) => readBatch(transaction, batchId));
    if (batch === null) throw notFound(batchId);
    return batch;
  }

  /** What a target cannot say, a person may; what it says counts more than a person's word. Other bytes under the name are somebody else's file. */
  async #refuseFound(tenantId: string, batch: PostingBatchRow): Promise<void> {
    const connection = await this.dependencies.openConnection(tenantId, batch.connectionId);
    const { name, bytes } = await this.content(tenantId, batch.id);
    const found = await fileDoorOf(connection).lookUp(connection.context(AbortSignal.timeout(this.#limits.timeoutMs)), { name, bytes }).catch((error: unknown) => {
      const { failure, message } = failureOf(error);
      if (failure.kind === 'conflict') return 'absent';
      throw notNow(batch, `the target cannot be asked for it: ${message}`);
    });
    if (found === 'delivered') throw notNow(batch, 'the target still has it: it is not lost');
  }

  /** Postings that show a person's turn because of their file show their file again: left with a person, one could be settled by hand and then delivered all the same. */
  async #putBack(transaction: Transaction, batch: PostingBatchRow, because: string, by: string, at: string): Promise<void> {
    // Locked first: a settlement that commits in between would not be seen.
    const { here } = await lockBatchPostings(transaction, batch.id, 'all');
    await refuseSettled(transaction, batch);
    const waiting = here.filter(({ posting, step }) => posting.state === 'attention' && (step.state === 'inFile' || step.state === 'exported'));
    await movePostings(transaction, waiting, ({ step }) => ({ to: step.state === 'inFile' ? 'inBatch' : 'exported', because, evidence: { batch: evidenceOf(batch) } }), by, at);
  }

  async #decide(
    tenantId: string, batchId: string, by: string, to: readonly BatchState[], decision: (transaction: Transaction, batch: PostingBatchRow, at: string) => Promise<BatchTransition>, wakes = true,
  ): Promise<void> {
    const { database, wake } = this.dependencies;
    const connectionId = await database.inTenant(tenantId, async (transaction) => {
      const batch = await lockIdleBatch(transaction, batchId);
      if (batch === null) throw notFound(batchId);
      if (batch === 'held') throw new PostingError('busy', `batch ${batchId} is being worked on at this moment: ask again in a few seconds`);
      if (!to.some((state) => mayMoveBatch(asBatchState(batch.state), state))) throw notNow(batch, 'that makes no sense now');
      await moveByPerson(transaction, batch, (at) => decision(transaction, batch, at), by);
      return batch.connectionId;
    });
    if (wakes) wake(tenantId, connectionId, 0);
  }
}

function notFound(batchId: string): PostingError {
  return new PostingError('notFound', `there is no posting batch ${batchId}`);
}

function notNow(batch: PostingBatchRow, why: string): PostingError {
  return new PostingError('notNow', `batch ${batch.id} (${batch.name}) is "${batch.state}": ${why}`);
}

/** An answer proves that the target had the file: what it says nothing about is asked for there, not sent again. */
async function refuseAnswered(transaction: Transaction, batch: PostingBatchRow, what: string): Promise<void> {
  const answered = (await readBatchMembers(transaction, batch.id)).find(({ here, stepState }) => !here || !['inFile', 'exported', 'settled'].includes(stepState));
  if (answered !== undefined) throw notNow(batch, `it cannot be ${what}: posting ${answered.postingId} in it was answered by the target, which therefore had the file`);
}

async function refuseSettled(transaction: Transaction, batch: PostingBatchRow): Promise<void> {
  const settled = (await readBatchMembers(transaction, batch.id)).find(({ stepState }) => stepState === 'settled');
  if (settled !== undefined) throw notNow(batch, `posting ${settled.postingId} in it was settled by hand, and delivered it would be booked twice: withdraw the file`);
}
