import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { WrongResult } from './figure.js';
import { profilerOptions } from './sandbox-process.js';

/** A sandbox in a process of its own: its work is not counted as the hub's. */
export interface ChildServer<Access> {
  readonly pid: number;
  /** How to reach it. */
  readonly access: Access;
  stop(): Promise<void>;
}

type Told<Access> = { readonly access: Access } | { readonly error: string };

/** Starts one of the programs beside this file with an order, and waits until it listens. @throws WrongResult when it does not. */
export async function startChildServer<Access>(program: string, order: object): Promise<ChildServer<Access>> {
  const child = fork(join(import.meta.dirname, `${program}.js`), { execArgv: profilerOptions(program) });
  const exited = once(child, 'exit');
  child.send(order);
  const [told] = await Promise.race([once(child, 'message'), exited.then(() => [{ error: `${program} ended before it listened` }])]) as [Told<Access>];
  if ('error' in told) throw new WrongResult(told.error);
  return {
    pid: child.pid ?? 0, access: told.access,
    stop: async () => {
      if (child.connected) child.disconnect();
      await exited;
    },
  };
}

/** The other end: takes the order, once, and serves until nobody listens any more. */
export function serveOrder<Order, Access>(serve: (order: Order) => Promise<Access>): void {
  process.once('message', (order: Order) => {
    serve(order).then((access) => process.send?.({ access }), (error: unknown) => process.send?.({ error: error instanceof Error ? error.stack : String(error) }));
  });
  process.on('disconnect', () => { process.exit(0); });
}
