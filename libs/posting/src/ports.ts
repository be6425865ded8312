import type { WriteDoor } from '#connector-kit';
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

/** Raised for a request that makes no sense now; `code` is for programs, the message for people. */
export class PostingError extends Error {
  override readonly name = 'PostingError';
  constructor(readonly code: 'notFound' | 'notNow' | 'invalid' | 'notOffered' | 'busy', message: string) {
    super(message);
  }
}

/** The write door of a connection. @throws PostingError when its connector has none. */
export function writeDoorOf(connection: PostingConnection): WriteDoor {
  const door = connection.connector.write;
  if (door === undefined) throw new PostingError('notOffered', `connection "${connection.name}": the connector ${connection.connector.id} cannot write; postings go into an ERP connection`);
  return door;
}
