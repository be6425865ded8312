import { setTimeout as sleep } from 'node:timers/promises';
import type { Job, JobsOptions, RepeatOptions } from 'bullmq';
import { JOB_STATES, type JobQueue, type JobState, type JobWorker, type QueueBackend } from './queue-backend.js';
import { checkedPayload, QUEUE_NAMES, type QueueName, type QueuePayload } from './queue-catalog.js';
import { QueueError, type QueueLog } from './queue-error.js';

export interface EnqueueOptions {
  /**
   * Wake-ups with the same id merge while one of them waits. One that arrives while the job runs is kept and runs after
   * it: the running one may have looked already.
   */
  readonly deduplicationId?: string;
  readonly delayMs?: number;
}

/** What a handler gets besides its payload. */
export interface JobRun {
  readonly jobId: string;
  /** 1 at the first run. */
  readonly attempt: number;
  /** Aborts when the process shuts down or the job was lost to another worker: save, stop, throw or return. */
  readonly signal: AbortSignal;
}

/** Runs at least once per wake-up, sometimes twice, and finds its work in Postgres. Throwing retries it. */
export type JobHandler<Name extends QueueName> = (payload: QueuePayload<Name>, run: JobRun) => Promise<void>;

/** Every so often, or by a cron line (five fields, or six with seconds) in a time zone (default UTC). */
export type Rhythm = { readonly everyMs: number } | { readonly cron: string; readonly timeZone?: string };

export type QueueCounts = Readonly<Record<QueueName, Readonly<Record<JobState, number>>>>;

/** A failure is tried again after 2, 4, 8 s (each shortened by up to half, at random), then kept as failed. */
const ATTEMPTS_MAX = 4;
const RETRY_DELAY_MS = 2_000;
const RETRY_JITTER = 0.5;
/** Running jobs get this long after their signal aborts. */
const CLOSE_LIMIT_MS = 20_000;
/** A queue that lost everything has its rhythms again after this, so that a janitor's next turn still comes within the minute that work may lie unseen. */
const UPKEEP_EVERY_MS = 30_000;
const ENQUEUED_AT_ONCE_MAX = 500;

type Repeat = Omit<RepeatOptions, 'key'>;
interface Schedule { readonly name: QueueName; readonly key: string; readonly repeat: Repeat; readonly payload: unknown }
interface Registration { readonly handler: JobHandler<QueueName>; readonly concurrency: number }

/** The queues of one process: enqueue in any, handle in a worker. A wake-up may get lost or doubled; work never lives here. */
export class Queues {
  readonly #queues: ReadonlyMap<QueueName, JobQueue>;
  readonly #handlers = new Map<QueueName, Registration>();
  readonly #workers: JobWorker[] = [];
  readonly #schedules = new Map<string, Schedule>();
  readonly #running = new Map<string, QueueName>();
  readonly #closing = new AbortController();
  #upkeep: NodeJS.Timeout | undefined;
  #closed: Promise<void> | undefined;

  /** @param retryDelayMs the first pause after a failure; it doubles from attempt to attempt. */
  constructor(
    private readonly backend: QueueBackend, private readonly log: QueueLog,
    private readonly unrecoverable: (message: string) => Error, private readonly waiting: () => Error,
    private readonly retryDelayMs = RETRY_DELAY_MS,
  ) {
    this.#queues = new Map(QUEUE_NAMES.map((name) => [name, backend.makeQueue(name)]));
  }

  get backendKind(): 'postgres' | 'redis' { return this.backend.kind; }

  /**
   * Wakes a handler somewhere.
   * @throws QueueError for a payload the catalog refuses; the backend's error when it is away (the janitor makes up for it).
   */
  async enqueue<Name extends QueueName>(name: Name, payload: QueuePayload<Name>, options: EnqueueOptions = {}): Promise<void> {
    await this.queue(name).add(name, checkedPayload(name, payload), this.jobOptions(options));
  }

  /** Many wake-ups in few statements: commits that notify wait for one another, so single adds do not scale. */
  async enqueueMany<Name extends QueueName>(
    name: Name, wakeUps: readonly { readonly payload: QueuePayload<Name>; readonly options?: EnqueueOptions }[],
  ): Promise<void> {
    const jobs = wakeUps.map(({ payload, options = {} }) => ({ name, data: checkedPayload(name, payload), opts: this.jobOptions(options) }));
    for (let from = 0; from < jobs.length; from += ENQUEUED_AT_ONCE_MAX) {
      await this.queue(name).addBulk(jobs.slice(from, from + ENQUEUED_AT_ONCE_MAX));
    }
  }

  /**
   * Wakes a handler again and again; the same key replaces the rhythm. Written again every half minute, so that a queue that
   * lost everything gets it back.
   */
  async schedule<Name extends QueueName>(name: Name, key: string, rhythm: Rhythm, payload: QueuePayload<Name>): Promise<void> {
    const repeat: Repeat = 'everyMs' in rhythm ? { every: rhythm.everyMs } : { pattern: rhythm.cron, tz: rhythm.timeZone ?? 'UTC' };
    const schedule = { name, key, repeat, payload: checkedPayload(name, payload) };
    await this.writeSchedule(schedule);
    this.#schedules.set(`${name} ${key}`, schedule);
  }

  /** @returns false when there was no such schedule. */
  async unschedule(name: QueueName, key: string): Promise<boolean> {
    this.#schedules.delete(`${name} ${key}`);
    return this.queue(name).removeJobScheduler(key);
  }

  /** Names the one handler of a queue. Nothing runs before `startWorkers`. @throws QueueError for a second one. */
  handle<Name extends QueueName>(name: Name, handler: JobHandler<Name>, options: { readonly concurrency: number }): void {
    if (this.#handlers.has(name)) {
      throw new QueueError(`Queue "${name}" has a handler already. Remove one of the two handle("${name}", ...) calls.`);
    }
    // The catalog's check makes a payload of `Name` before this is called (see `run`).
    this.#handlers.set(name, { handler: handler as unknown as JobHandler<QueueName>, concurrency: options.concurrency });
  }

  /** Starts working. @throws QueueError naming every queue without a handler: its jobs would wait for ever. */
  async startWorkers(): Promise<void> {
    const missing = QUEUE_NAMES.filter((name) => !this.#handlers.has(name));
    if (missing.length > 0) {
      throw new QueueError(
        `No handler for ${missing.map((name) => `queue "${name}"`).join(', ')}. In the worker's wiring call `
        + `${missing.map((name) => `queues.handle("${name}", ...)`).join(' and ')} before startWorkers().`);
    }
    for (const [name, registration] of this.#handlers) this.#workers.push(this.makeWorker(name, registration));
    await Promise.all(this.#workers.map((worker) => worker.waitUntilReady()));
    this.#upkeep = setInterval(() => { void this.upkeep(); }, UPKEEP_EVERY_MS).unref();
  }

  /** Removes finished jobs past their time (completed: an hour, failed: two weeks). @returns how many. */
  removeFinished(): Promise<number> {
    return this.backend.removeFinished();
  }

  /** Writes every schedule of this process again; harmless where it is there. */
  async restoreSchedules(): Promise<void> {
    for (const schedule of this.#schedules.values()) await this.writeSchedule(schedule);
  }

  /** Jobs by queue and state, for health and metrics. */
  async counts(): Promise<QueueCounts> {
    const entries = await Promise.all([...this.#queues].map(async ([name, queue]) => {
      const counts = await queue.getJobCounts(...JOB_STATES);
      return [name, Object.fromEntries(JOB_STATES.map((state) => [state, counts[state] ?? 0]))] as const;
    }));
    return Object.fromEntries(entries) as unknown as QueueCounts;
  }

  /** Takes no more jobs, aborts the running ones' signals, waits for them up to `limitMs`, then lets go. Safe to call twice. */
  close(limitMs = CLOSE_LIMIT_MS): Promise<void> {
    this.#closed ??= this.closeNow(limitMs);
    return this.#closed;
  }

  private async closeNow(limitMs: number): Promise<void> {
    clearInterval(this.#upkeep);
    this.#closing.abort(new QueueError('The process is shutting down.'));
    const timer = new AbortController();
    const workersClosed = Promise.all(this.#workers.map((worker) => worker.close())).then(() => true);
    const inTime = await Promise.race([
      workersClosed,
      sleep(limitMs, false, { signal: timer.signal }).catch(() => false),
    ]);
    timer.abort();
    if (!inTime) {
      const names = [...this.#running].map(([jobId, name]) => `${name} ${jobId}`).join(', ');
      this.log.warn(`Jobs still run after ${limitMs} ms (${names}); another worker takes them over when their lock ends.`);
    }
    await Promise.all([...this.#queues.values()].map((queue) => queue.close()));
    await this.backend.close();
  }

  private async upkeep(): Promise<void> {
    try {
      await this.restoreSchedules();
      await this.removeFinished();
    } catch (error) {
      this.log.warn(`The queue's upkeep failed and is tried again in ${UPKEEP_EVERY_MS / 1000} s: ${(error as Error).message}`);
    }
  }

  private queue(name: QueueName): JobQueue {
    const queue = this.#queues.get(name);
    if (!queue) throw new QueueError(`There is no queue "${String(name)}". The queues are: ${QUEUE_NAMES.join(', ')}.`);
    return queue;
  }

  private jobOptions({ deduplicationId, delayMs }: EnqueueOptions): JobsOptions {
    return {
      attempts: ATTEMPTS_MAX,
      backoff: { type: 'exponential', delay: this.retryDelayMs, jitter: RETRY_JITTER },
      ...this.backend.keeping,
      ...(delayMs === undefined ? {} : { delay: delayMs }),
      ...(deduplicationId === undefined ? {} : { deduplication: { id: deduplicationId, keepLastIfActive: true } }),
    };
  }

  private async writeSchedule({ name, key, repeat, payload }: Schedule): Promise<void> {
    await this.queue(name).upsertJobScheduler(key, repeat, { name, data: payload, opts: this.jobOptions({}) });
  }

  private makeWorker(name: QueueName, registration: Registration): JobWorker {
    const worker = this.backend.makeWorker(name, (job, token, signal) => this.run(name, registration, job, token, signal), registration.concurrency);
    worker.on('lockRenewalFailed', (jobIds) => {
      for (const jobId of jobIds) worker.cancelJob(jobId, 'Another worker took this job over.');
    });
    return worker;
  }

  private async run(
    name: QueueName, { handler }: Registration, job: Job, token: string | undefined, lost: AbortSignal | undefined,
  ): Promise<void> {
    const jobId = job.id ?? '';
    const signal = AbortSignal.any([this.#closing.signal, ...(lost ? [lost] : [])]);
    const payload = this.payloadOf(name, job);
    this.#running.set(jobId, name);
    try {
      await handler(payload, { jobId, attempt: job.attemptsMade + 1, signal });
    } catch (error) {
      // Told to stop, it stopped: that is no failure. The job goes back to its place for another worker.
      if (this.#closing.signal.aborted) {
        await job.moveToWait(token);
        throw this.waiting();
      }
      this.log.warn(`Queue "${name}", job ${jobId}, attempt ${job.attemptsMade + 1} of ${job.opts.attempts ?? 1}: ${(error as Error).message}`);
      throw error;
    } finally {
      this.#running.delete(jobId);
    }
  }

  /** A payload no handler understands will not get better: it fails at once and is kept for a person. */
  private payloadOf(name: QueueName, job: Job): QueuePayload<QueueName> {
    try {
      return checkedPayload(name, job.data);
    } catch (error) {
      const message = `${(error as Error).message} (job ${job.id ?? ''}; kept as failed)`;
      this.log.error(message);
      throw this.unrecoverable(message);
    }
  }
}
