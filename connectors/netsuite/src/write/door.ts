import type { WriteDoor } from '#connector-kit';
import { netsuiteSettings } from '../settings.js';
import { find } from './find.js';
import { plan } from './plan.js';
import { preflight } from './preflight.js';
import { readBack } from './read-back.js';
import { planReversal } from './reverse.js';
import { send } from './send.js';

/** A send may ask for a token and look a key up before it writes; they are quick, so half a request more is room for both. */
const SEND_REQUESTS_LONG = 1.5;

export const write: WriteDoor = {
  plan,
  planReversal,
  preflight,
  send,
  find,
  readBack,
  concurrency: (context) => netsuiteSettings(context).concurrency,
  sendTimeoutMs: (context) => SEND_REQUESTS_LONG * netsuiteSettings(context).requestTimeoutMs,
};
