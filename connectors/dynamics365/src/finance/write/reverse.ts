import type { Plan, ReversalRequest } from '#connector-kit';
import { FINANCE_CAPABILITIES } from '../capabilities.js';
import { refusal } from '../words.js';

/** Never by call: undoing a settlement and reversing a transaction are two steps of Finance's own forms, and no data entity exposes either (reference 3.6). */
export function planReversal(original: ReversalRequest): Plan {
  const { because } = FINANCE_CAPABILITIES.operations.reverse;
  const booked = original.booked.map(({ externalId }) => externalId).join(', ');
  return { refusals: [refusal(
    'notSupported', 'original.booked', booked, `The payment cannot be taken back from here: ${because}.`,
    `Let a person undo the settlement of ${booked || original.intent.idempotencyKey} in Finance, reverse the transaction, and read the account again.`,
  )] };
}
