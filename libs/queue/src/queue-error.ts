/** A queue was wired or used wrongly; the message names the queue and what to do. */
export class QueueError extends Error {
  override readonly name = 'QueueError';
}

/** What the queue room writes about itself. A pino logger fits. Payloads are never logged. */
export interface QueueLog {
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}
