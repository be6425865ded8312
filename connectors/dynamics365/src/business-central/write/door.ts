import type { WriteDoor } from '#connector-kit';
import { businessCentralSettings } from '../settings.js';
import { readBackReceipts } from './ledger-look-up.js';
import { plan } from './plan.js';
import { preflight } from './preflight.js';
import { isReversal, planReversal, readBackReversals } from './reverse.js';
import { find, send } from './send.js';

/** A send looks at the batch, writes the lines, looks again, posts and asks the ledger; the posting itself is the long one. */
const SEND_REQUESTS_LONG = 2;

export const write: WriteDoor = {
  plan,
  planReversal,
  preflight,
  send,
  find,
  readBack: async (context, steps) => [
    ...await readBackReceipts(context, steps.filter(({ step }) => !isReversal(step))), ...await readBackReversals(context, steps.filter(({ step }) => isReversal(step))),
  ],
  /** Posting takes everything that stands in the batch, so one posting at a time stands there. */
  concurrency: () => 1,
  sendTimeoutMs: (context) => SEND_REQUESTS_LONG * businessCentralSettings(context).config.requestTimeoutMs,
};
