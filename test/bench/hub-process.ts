import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { WrongResult } from './figure.js';
import { profilerOptions } from './sandbox-process.js';
import type { Posted } from './posting-hub.js';
import type { HubConnection, HubRequest, HubRun, OpenedHub } from './hub-program.js';

/** As every shipped process of the hub is started: Dockerfile, `npm start`. Without it the hub keeps half as much memory again. */
const SHIPPED_FLAGS = ['--max-semi-space-size=8'];

/** A child process with the syncing and posting parts of a hub worker in it. */
export interface HubProcess {
  open(databaseUrl: string, connection: HubConnection): Promise<OpenedHub>;
  /** @throws WrongResult when the run did not succeed. */
  run(kind: Extract<HubRequest, { what: 'run' }>['kind']): Promise<HubRun>;
  /** @returns how many payments were stored. */
  finalize(payments: number): Promise<number>;
  post(): Promise<Posted>;
  stop(): Promise<void>;
}

export function startHubProcess(): HubProcess {
  const child = fork(join(import.meta.dirname, 'hub-program.js'), { execArgv: [...SHIPPED_FLAGS, ...profilerOptions('hub')] });
  const exited = once(child, 'exit');
  const ask = async <T>(request: HubRequest): Promise<T> => {
    child.send(request);
    const [answer] = await Promise.race([once(child, 'message'), exited.then(() => [{ error: 'the hub process ended' }])]) as [{ value?: T; error?: string }];
    if (answer.value === undefined) throw new WrongResult(answer.error ?? 'the hub process gave no answer');
    return answer.value;
  };
  return {
    open: (databaseUrl, connection) => ask({ what: 'open', databaseUrl, connection }),
    run: async (kind) => {
      const run = await ask<HubRun>({ what: 'run', kind });
      if (run.status !== 'succeeded') throw new WrongResult(`the ${kind} run ${run.status}: ${run.problem ?? 'no reason given'}`);
      return run;
    },
    finalize: (payments) => ask({ what: 'finalize', payments }),
    post: () => ask({ what: 'post' }),
    stop: async () => {
      if (child.connected) child.disconnect();
      await exited;
    },
  };
}
