import type { WriteDoor } from '#connector-kit';
import { netsuiteSettings } from '../settings.js';
import { find } from './find.js';
import { plan } from './plan.js';
import { preflight } from './preflight.js';
import { readBack } from './read-back.js';
import { planReversal } from './reverse.js';
import { send, SEND_TIMEOUT_MS } from './send.js';

export const write: WriteDoor = {
  plan,
  planReversal,
  preflight,
  send,
  find,
  readBack,
  concurrency: (context) => netsuiteSettings(context).concurrency,
  sendTimeoutMs: SEND_TIMEOUT_MS,
};
