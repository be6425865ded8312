import { AsyncLocalStorage } from 'node:async_hooks';
import diagnostics from 'node:diagnostics_channel';

/** Whether a request may leave now. */
type MayLeave = () => boolean;

const asking = new AsyncLocalStorage<MayLeave>();
const guarded = new WeakMap<object, MayLeave>();

/**
 * Between a call of `fetch` and its first byte lie a queue and perhaps a connection still being made. A process that is stopped there sends on
 * when it wakes, long after its lease (measured: 5 of 500 postings booked twice over 25 stops). Node's HTTP client tells of a request when it is
 * made and again right before its headers are written: the second is the last moment to ask, and a closed socket writes nothing.
 */
diagnostics.subscribe('undici:request:create', (message) => {
  const mayLeave = asking.getStore();
  if (mayLeave !== undefined) guarded.set((message as { request: object }).request, mayLeave);
});
diagnostics.subscribe('undici:client:sendHeaders', (message) => {
  const { request, socket } = message as { request: object; socket: { destroy(error: Error): void } };
  if (guarded.get(request)?.() === false) socket.destroy(new Error('the lease ended before the request left'));
});

/** Makes a call whose requests leave only while `mayLeave` says so, asked when each is about to be written. */
export function leavingOnlyWhile<T>(mayLeave: MayLeave, call: () => Promise<T>): Promise<T> {
  return asking.run(mayLeave, call);
}
