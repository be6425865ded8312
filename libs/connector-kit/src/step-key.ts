import { createHash } from 'node:crypto';
import { IDEMPOTENCY_KEY_MAX } from '#canonical';

const DIGEST_CHARACTERS = 16;

/**
 * Key of one step: the posting's key and the step's name, `pay_7-credit1`. Where the two together are longer than every
 * target can store ({@link IDEMPOTENCY_KEY_MAX}), the middle gives way to a digest of the whole, so two postings never share one.
 * Pure: the same posting and name give the same key on every attempt, which is what makes a repeated send recognisable.
 */
export function stepKeyOf(idempotencyKey: string, name: string): string {
  const whole = `${idempotencyKey}-${name}`;
  if (whole.length <= IDEMPOTENCY_KEY_MAX) return whole;
  const digest = createHash('sha256').update(whole).digest('hex').slice(0, DIGEST_CHARACTERS);
  const kept = IDEMPOTENCY_KEY_MAX - DIGEST_CHARACTERS - name.length - 2;
  return `${idempotencyKey.slice(0, Math.max(kept, 0))}-${digest}-${name}`.slice(-IDEMPOTENCY_KEY_MAX);
}
