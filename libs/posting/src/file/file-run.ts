import { isOffered, type FileDoor, type FileTools, type Layout } from '#connector-kit';
import type { Database } from '#storage';
import { StoppableRun } from '../lane/stoppable-run.js';
import { fileDoorOf, type FileCrashPoint, type PostingConnection, type PostingLog } from '../ports.js';
import type { BatchLimits, FileSafeguards } from '../rules/next-batch-action.js';
import type { FileLimits } from './file-limits.js';

export interface FileRunOptions {
  readonly database: Database;
  readonly connection: PostingConnection;
  readonly limits: FileLimits;
  readonly batchLimits: BatchLimits;
  readonly safeguards: FileSafeguards;
  readonly crashPoint: (point: FileCrashPoint) => void | Promise<void>;
  readonly log: PostingLog;
  readonly byWhom: string;
  readonly signal: AbortSignal;
}

export interface FileCounts {
  closed: number;
  delivered: number;
  lookUps: number;
  /** Postings that got their answer. */
  answered: number;
}

/** What everybody who works on one drain of one file lane has in common. */
export class FileRun extends StoppableRun {
  readonly door: FileDoor;
  readonly counts: FileCounts = { closed: 0, delivered: 0, lookUps: 0, answered: 0 };

  constructor(readonly options: FileRunOptions) {
    super(options.signal);
    this.door = fileDoorOf(options.connection);
  }

  /** Of a batch: a lease outlives everything done under it. */
  get leaseMs(): number {
    return this.options.limits.timeoutMs + this.options.limits.leaseMarginMs;
  }

  /** How long a delivery without an answer may still arrive after we stopped waiting: the longest any operation of files says. */
  get processingMs(): number {
    return Math.max(0, ...Object.values(this.options.connection.capabilities.operations).flatMap((capability) => (isOffered(capability) && capability.by === 'file' ? [capability.processingMsMax] : [])));
  }

  /** Some operation of files hears of its outcome from the target. */
  get isAnswered(): boolean {
    return Object.values(this.options.connection.capabilities.operations).some((capability) => isOffered(capability) && capability.by === 'file' && capability.outcome !== 'never');
  }
}

/** What a connector's pure file functions may know of a connection. */
export function fileToolsOf(connection: PostingConnection): FileTools {
  return { config: connection.config, layout: (name): Layout => connection.layout(name) };
}
