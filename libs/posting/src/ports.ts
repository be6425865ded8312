import type { OperationName, PlannedStep } from '#canonical';
import type { FileDoor, WriteDoor } from '#connector-kit';
import type { OpenConnection } from '#connections';

/** What posting needs of an installed connector; reading is none of its business. */
export type PostingConnection = Omit<OpenConnection, 'readMapping'>;
export type OpenPostingConnection = (tenantId: string, connectionId: string) => Promise<PostingConnection>;

/** Structured, without secrets: ids, counts, reasons. */
export type PostingLog = (event: string, detail?: Readonly<Record<string, string | number>>) => void;

/** Says that a lane has work, now or in `inMs`. A hint: whoever loses it finds the work again in the database. */
export type WakeLane = (tenantId: string, connectionId: string, inMs: number) => void;

/** Places where the harness stops a worker dead. In production nothing is injected and nothing happens. */
export const CRASH_POINTS = [
  'afterClaim', 'beforeIntent', 'afterIntent', 'beforeSend', 'afterSend', 'afterRecord', 'beforeReadBack', 'afterReadBack', 'afterVerdict',
] as const;
export type CrashPoint = (typeof CRASH_POINTS)[number];
export type CrashPointHook = (point: CrashPoint, kind: 'payment' | 'reversal') => void | Promise<void>;

/** The same for the life of a batch. */
export const FILE_CRASH_POINTS = [
  'beforeClose', 'beforeCloseCommit', 'afterClose', 'afterBatchClaim', 'afterDeliveryIntent', 'beforeDelivery', 'afterDelivery', 'afterDeliveryRecord', 'beforeAnswers', 'afterAnswersRead', 'afterAnswers',
] as const;
export type FileCrashPoint = (typeof FILE_CRASH_POINTS)[number];

/** Raised for a request that makes no sense now; `code` is for programs, the message for people. */
export class PostingError extends Error {
  override readonly name = 'PostingError';
  constructor(readonly code: 'notFound' | 'notNow' | 'invalid' | 'notOffered' | 'busy', message: string) {
    super(message);
  }
}

/** How one operation's steps get into the target: in files, or in calls. */
export function planningDoorOf(connection: PostingConnection, operation: OperationName): Pick<WriteDoor, 'plan' | 'planReversal'> {
  return connection.capabilities.operations[operation].by === 'file' ? fileDoorOf(connection) : writeDoorOf(connection);
}

/**
 * Whether a plan travels in a file: one step, whose operation the connection offers by file.
 * @throws PostingError `invalid` for a plan that is neither whole in calls nor one record of a file: a mistake of the connector.
 */
export function travelsByFile(connection: PostingConnection, steps: readonly PlannedStep[]): boolean {
  const byFile = steps.filter(({ operation }) => connection.capabilities.operations[operation].by === 'file');
  if (byFile.length === 0) return false;
  if (steps.length > 1) throw new PostingError('invalid', `the connector ${connection.connector.id} plans ${steps.length} steps, ${byFile.length} of them by file: what travels in a file is one step`);
  return true;
}

/** The write door of a connection. @throws PostingError when its connector has none. */
export function writeDoorOf(connection: PostingConnection): WriteDoor {
  const door = connection.connector.write;
  if (door === undefined) throw new PostingError('notOffered', `connection "${connection.name}": the connector ${connection.connector.id} cannot write; postings go into an ERP connection`);
  return door;
}

/** The file door of a connection. @throws PostingError when its connector has none. */
export function fileDoorOf(connection: PostingConnection): FileDoor {
  const door = connection.connector.fileDoor;
  if (door === undefined) throw new PostingError('notOffered', `connection "${connection.name}": the connector ${connection.connector.id} takes no posting files`);
  return door;
}
