import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { SEALING_KEY } from './stored-connection.js';

const HUB_PROGRAM = path.resolve(process.cwd(), 'dist/apps/hub/src/main.js');

export interface HubWorker {
  /** Ends it in order. @throws with what it wrote when it ended badly, or before. */
  stop(): Promise<void>;
}

/** `node main.js --role worker`, as it runs in production: all queues, lanes and janitors. @param redisUrl where its queue lives; absent: in its database */
export async function startHubWorker(databaseUrl: string, redisUrl: string | undefined): Promise<HubWorker> {
  if (!existsSync(HUB_PROGRAM)) throw new Error(`${HUB_PROGRAM} is missing: run \`npm run build\` first`);
  const dataDirectory = await mkdtemp(path.join(tmpdir(), 'tributary-worker-'));
  const child = spawn(process.execPath, [HUB_PROGRAM, '--role', 'worker'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env['PATH'], DATABASE_URL: databaseUrl, TRIBUTARY_MIGRATE: 'false', TRIBUTARY_LOG_LEVEL: 'warn', TRIBUTARY_DATA_DIRECTORY: dataDirectory, TRIBUTARY_SECRET_KEY: SEALING_KEY.toString('base64'),
      ...(redisUrl === undefined ? {} : { REDIS_URL: redisUrl }),
    },
  });
  let wrote = '';
  const ended = new Promise<number | null>((resolve) => { child.once('exit', resolve); });
  const running = new Promise<void>((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        wrote += chunk.toString('utf8');
        if (wrote.includes('is running at')) resolve();
      });
    }
  });
  const failed = ended.then((code) => { throw new Error(`the worker ended with ${code}: ${wrote}`); });
  await Promise.race([running, failed]);
  failed.catch(() => undefined);
  return {
    stop: async () => {
      child.kill('SIGTERM');
      const code = await ended;
      await rm(dataDirectory, { recursive: true, force: true });
      if (code !== 0) throw new Error(`the worker ended with ${code}: ${wrote}`);
    },
  };
}
