import type { Job, JobsOptions, RepeatOptions, Worker } from 'bullmq';

/** What a handler's run looks like to BullMQ. */
export type Processor = (job: Job, token: string | undefined, signal: AbortSignal | undefined) => Promise<void>;

/** The part of BullMQ's Queue this room uses; the same on Postgres and on Redis. */
export interface JobQueue {
  add(name: string, data: unknown, options: JobsOptions): Promise<{ readonly id?: string | undefined }>;
  addBulk(jobs: { name: string; data: unknown; opts: JobsOptions }[]): Promise<unknown>;
  upsertJobScheduler(
    key: string, repeat: Omit<RepeatOptions, 'key'>, template: { name: string; data: unknown; opts: JobsOptions },
  ): Promise<unknown>;
  removeJobScheduler(key: string): Promise<boolean>;
  getJobCounts(...states: JobState[]): Promise<Record<string, number>>;
  close(): Promise<void>;
}

export const JOB_STATES = ['waiting', 'active', 'delayed', 'completed', 'failed'] as const;
export type JobState = (typeof JOB_STATES)[number];

/** The part of BullMQ's Worker this room uses. */
export type JobWorker = Pick<Worker, 'close' | 'cancelJob' | 'waitUntilReady'> & {
  on(event: 'lockRenewalFailed', listener: (jobIds: string[]) => void): unknown;
};

/** Where the jobs live. */
export interface QueueBackend {
  readonly kind: 'postgres' | 'redis';
  /** Options every job gets on this backend: how long it is kept after its end. */
  readonly keeping: Pick<JobsOptions, 'removeOnComplete' | 'removeOnFail'>;
  makeQueue(name: string): JobQueue;
  makeWorker(name: string, processor: Processor, concurrency: number): JobWorker;
  /** Removes finished jobs past their time. @returns how many. */
  removeFinished(): Promise<number>;
  close(): Promise<void>;
}

/** Finished wake-ups are worth a look for an hour; failed ones are evidence and stay two weeks. */
export const COMPLETED_KEPT_MS = 60 * 60 * 1000;
export const FAILED_KEPT_MS = 14 * 24 * 60 * 60 * 1000;

/** BullMQ's event stream; nothing here reads it. */
export const EVENTS_KEPT_MAX = 1_000;

/** How workers behave, on both backends. */
export const WORKER_OPTIONS = {
  /** A worker that dies holds its jobs this long; a live one renews at half of it. */
  lockDuration: 10_000,
  stalledInterval: 5_000,
  /** A job that took its worker down this often is failed and kept: it may be the cause. */
  maxStalledCount: 3,
  /** After a lost connection. BullMQ's own 15 s would make a 1 s restart of the database cost 15. */
  runRetryDelay: 1_000,
} as const;
