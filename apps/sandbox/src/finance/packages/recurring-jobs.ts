import { randomUUID } from 'node:crypto';
import type { Environment } from '../environment.js';
import { badRequest, ODataError } from '../odata/odata-error.js';
import type { BlobStore } from './blob-store.js';
import type { Executions } from './executions.js';
import { Importer } from './importer.js';
import { PackageError } from './package-file.js';

/** A recurring data job: a project that files are sent to, or taken from, again and again (reference 3.9). */
export interface RecurringJob {
  readonly activityId: string;
  readonly direction: 'import' | 'export';
  /** Name of the data project. */
  readonly project: string;
  readonly legalEntityId: string;
  /** Clients allowed on the job. */
  readonly clientIds: readonly string[];
}

export type MessageStatus = 'Enqueued' | 'Dequeued' | 'Acked' | 'Processed' | 'PreProcessingError' | 'ProcessedWithErrors';

/** What a dequeue answers and an ack must bring back. */
export interface Delivery {
  readonly CorrelationId: string;
  readonly PopReceipt: string;
  readonly DownloadLocation: string;
  readonly IsDownLoadFileExist: boolean;
  readonly FileDownLoadErrorMessage: string;
}

interface Message {
  readonly id: string;
  readonly activityId: string;
  readonly createdMs: number;
  status: MessageStatus;
  /** Import: what is to be done when it is due. */
  work: (() => MessageStatus) | null;
  /** Export: the blob, the receipt of the last delivery, and when that was. */
  blob: string;
  receipt: string;
  deliveredMs: number;
}

const REDELIVERY_MS = 30 * 60_000;
const KEPT_MS = 7 * 86_400_000;
const ZIP_MAGIC = 'PK';

/** The queue of recurring integrations. */
export class RecurringJobs {
  private readonly jobs = new Map<string, RecurringJob>();
  private readonly messages = new Map<string, Message>();

  constructor(private readonly environment: Environment, private readonly executions: Executions, private readonly blobs: BlobStore) {}

  add(job: RecurringJob): void {
    this.executions.project(job.project);
    this.jobs.set(job.activityId, job);
  }

  /** A file of one entity, or a package. @returns the message's id. @throws ODataError */
  enqueue(activityId: string, clientId: string, entity: string, company: string | null, bytes: Buffer): string {
    const job = this.job(activityId, clientId, 'import');
    if (!this.executions.project(job.project).entities.includes(entity)) throw badRequest(`The entity '${entity}' is not part of the data project of activity ${activityId}.`);
    const message = this.message(activityId);
    message.work = (): MessageStatus => this.process(job, entity, company ?? job.legalEntityId, bytes);
    this.runDue();
    return message.id;
  }

  private process(job: RecurringJob, entity: string, company: string, bytes: Buffer): MessageStatus {
    const { entities } = this.executions.project(job.project);
    const importer = new Importer(this.environment, company, entities.map((name) => this.executions.setOf(name)));
    try {
      const isPackage = bytes.subarray(0, ZIP_MAGIC.length).toString('latin1') === ZIP_MAGIC;
      const { status } = isPackage ? importer.run(bytes) : importer.runFiles([{ entity, fileName: `${entity}.csv`, text: bytes.toString('utf8') }]);
      return status === 'Succeeded' ? 'Processed' : 'ProcessedWithErrors';
    } catch (error) {
      if (error instanceof PackageError) return 'PreProcessingError';
      throw error;
    }
  }

  /** Works through what was enqueued `packageDurationMs` ago. */
  runDue(): void {
    const now = this.environment.clock.nowMs();
    for (const message of this.messages.values()) {
      if (message.work === null || message.createdMs + this.environment.settings.packageDurationMs > now) continue;
      const { work } = message;
      message.work = null;
      message.status = work();
    }
  }

  /** The next package to fetch; null when the last one was offered less than 30 minutes ago and not acknowledged. @throws ODataError */
  dequeue(activityId: string, clientId: string, origin: string): Delivery | null {
    const job = this.job(activityId, clientId, 'export');
    const now = this.environment.clock.nowMs();
    const waiting = [...this.messages.values()].find((each) => each.activityId === activityId && each.status !== 'Acked' && now - each.createdMs < KEPT_MS);
    if (waiting !== undefined && now - waiting.deliveredMs < REDELIVERY_MS) return null;
    const message = waiting ?? this.message(activityId);
    if (message.blob === '') message.blob = this.blobs.issue(origin, this.executions.exportPackage(this.executions.project(job.project), job.legalEntityId)).id;
    message.status = 'Dequeued';
    message.receipt = randomUUID();
    message.deliveredMs = now;
    return { CorrelationId: message.id, PopReceipt: message.receipt, DownloadLocation: this.blobs.urlOf(origin, message.blob), IsDownLoadFileExist: true, FileDownLoadErrorMessage: '' };
  }

  /** Only the last delivery can be acknowledged. @throws ODataError */
  acknowledge(activityId: string, clientId: string, correlationId: string, receipt: string): void {
    this.job(activityId, clientId, 'export');
    const message = this.messages.get(correlationId);
    if (message === undefined || message.activityId !== activityId || message.receipt !== receipt) throw badRequest(`The message ${correlationId} was not dequeued with this receipt.`);
    message.status = 'Acked';
  }

  /** '' for a message there is none of, or that is older than 7 days. */
  status(messageId: string): MessageStatus | '' {
    const message = this.messages.get(messageId);
    return message === undefined || this.environment.clock.nowMs() - message.createdMs >= KEPT_MS ? '' : message.status;
  }

  private message(activityId: string): Message {
    const message: Message = { id: randomUUID(), activityId, createdMs: this.environment.clock.nowMs(), status: 'Enqueued', work: null, blob: '', receipt: '', deliveredMs: Number.NEGATIVE_INFINITY };
    this.messages.set(message.id, message);
    return message;
  }

  private job(activityId: string, clientId: string, direction: RecurringJob['direction']): RecurringJob {
    const job = this.jobs.get(activityId);
    if (job === undefined || job.direction !== direction) throw badRequest(`The activity ${activityId} is no ${direction} job.`);
    if (!job.clientIds.includes(clientId)) throw new ODataError(403, `The client ${clientId} is not allowed on the activity ${activityId}.`);
    return job;
  }
}
