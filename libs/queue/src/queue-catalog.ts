import { z } from 'zod';
import { QueueError } from './queue-error.js';

/** Ours are UUIDs; what matters here is that an id is text, not empty, and not a document. */
const ID_LENGTH_MAX = 200;
const id = z.string().min(1).max(ID_LENGTH_MAX);

/**
 * Every queue and what a wake-up on it says. Payloads hold ids and a kind, never an amount, a name or a secret: whoever
 * wakes reads the truth from Postgres. Strict: a field not listed here is refused, so none slips in.
 */
export const QUEUES = {
  /** Run what is in line for this connection; the runs themselves are rows. */
  sync: z.strictObject({ tenantId: id, connectionId: id }),
  /** Match what is open of this tenant, or of one of its bank connections. */
  matching: z.strictObject({ tenantId: id, connectionId: id.optional() }),
  /** Drain this connection's posting lane. */
  posting: z.strictObject({ tenantId: id, connectionId: id }),
  /** Read this kept document. */
  documents: z.strictObject({ tenantId: id, documentId: id }),
  /** Housekeeping by name: the janitor, the webhook sender, dunning's daily run. */
  maintenance: z.strictObject({ task: z.string().regex(/^[a-z][a-z0-9-]*$/).max(ID_LENGTH_MAX) }),
} as const;

export type QueueName = keyof typeof QUEUES;
export type QueuePayload<Name extends QueueName> = z.infer<(typeof QUEUES)[Name]>;

export const QUEUE_NAMES = Object.keys(QUEUES) as readonly QueueName[];

/**
 * A payload as the catalog allows it.
 * @throws QueueError naming each field and its problem, never its value: a value that is wrong here may be a secret.
 */
export function checkedPayload<Name extends QueueName>(name: Name, payload: unknown): QueuePayload<Name> {
  const result = QUEUES[name].safeParse(payload);
  if (result.success) return result.data as QueuePayload<Name>;
  const problems = result.error.issues.map(({ path, message }) => `${path.join('.') || 'payload'}: ${message}`).join('; ');
  throw new QueueError(`The payload for queue "${name}" is not what libs/queue/src/queue-catalog.ts allows: ${problems}`);
}
