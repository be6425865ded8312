import type { WriteDoor } from '#connector-kit';
import { financeSettings } from '../settings.js';
import { find } from './find.js';
import { plan } from './plan.js';
import { preflight } from './preflight.js';
import { readBack } from './read-back.js';
import { planReversal } from './reverse.js';
import { send } from './send.js';

/** A send looks, creates the journal, reads what is open and sends a batch; the writes are the slow ones. */
const SEND_REQUESTS_LONG = 2.5;

export const write: WriteDoor = {
  plan,
  planReversal,
  preflight,
  send,
  find,
  readBack,
  concurrency: (context) => financeSettings(context).concurrency,
  sendTimeoutMs: (context) => SEND_REQUESTS_LONG * financeSettings(context).requestTimeoutMs,
};
