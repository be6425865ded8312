import { setTimeout as sleep } from 'node:timers/promises';
import { type Cluster, DATABASE, openCluster, SERVER_USER } from './cluster.js';
import { EmbeddedPostgresError, type EmbeddedPostgresLog } from './embedded-postgres-error.js';
import { stopServer } from './postmaster.js';
import { attach, releaseAsLast, type ServerSession } from './server-session.js';

export interface EmbeddedPostgresOptions {
  /** Made when missing. Everything lives in it: the cluster, the server's log, the 0600 state file. */
  readonly dataDirectory: string;
  readonly log: EmbeddedPostgresLog;
}

/** A Postgres the hub runs itself. */
export interface EmbeddedPostgres {
  /** `postgresql://…@127.0.0.1:port/tributary`, good until `stop`, also across a crash of the server. Holds a password. */
  readonly url: string;
  /** True when a server left by an earlier hub, or shared with a living one, was taken over. */
  readonly adopted: boolean;
  /**
   * Stops the server, unless another hub still uses it; safe to call twice. Close your pools first.
   * @returns what became of the server.
   * @throws EmbeddedPostgresError when it does not end.
   */
  stop(): Promise<StopOutcome>;
}

export type StopOutcome = 'stopped' | 'left to another hub';

const RESTART_DELAY_MS_FIRST = 50;
const RESTART_DELAY_MS_MAX = 10_000;
/** A server that stayed up this long had a real life: the next delay starts small again. */
const SETTLED_MS = 60_000;

/**
 * Starts Postgres on a data directory, or adopts the one that runs there, and keeps it running until `stop`.
 * @throws EmbeddedPostgresError with the server's last words and what to do.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const started = Date.now();
  const cluster = await openCluster(options.dataDirectory, options.log);
  const session = await attach(cluster, undefined);
  options.log.info(
    `Postgres ${cluster.binaries.version.split('-')[0]} ${session.adopted ? 'adopted' : 'started'} on 127.0.0.1:${session.port} in ${Date.now() - started} ms (process ${session.pid}).`);
  return new Supervisor(cluster, session);
}

/** Watches the session; when it breaks, adopts or starts the server again on the same port. */
class Supervisor implements EmbeddedPostgres {
  readonly url: string;
  readonly adopted: boolean;
  private session: ServerSession;
  private recovery: Promise<void> | undefined;
  private stopping: Promise<StopOutcome> | undefined;
  private readonly interrupted = new AbortController();
  private restartDelayMs = RESTART_DELAY_MS_FIRST;

  constructor(private readonly cluster: Cluster, session: ServerSession) {
    this.session = session;
    this.adopted = session.adopted;
    this.url = `postgresql://${SERVER_USER}:${encodeURIComponent(session.password)}@127.0.0.1:${session.port}/${DATABASE}`;
    this.watch();
  }

  stop(): Promise<StopOutcome> {
    this.stopping ??= this.stopNow();
    return this.stopping;
  }

  private watch(): void {
    const since = Date.now();
    this.session.client.once('end', () => {
      if (this.stopping) return;
      if (Date.now() - since > SETTLED_MS) this.restartDelayMs = RESTART_DELAY_MS_FIRST;
      this.cluster.log.warn(`Postgres (process ${this.session.pid}) hung up; it is looked after. Its log: ${this.cluster.logFile}`);
      this.recovery = this.recover();
    });
  }

  private async recover(): Promise<void> {
    while (!this.stopping) {
      const lostAt = Date.now();
      try {
        const session = await attach(this.cluster, this.session.port);
        if (session.port !== this.session.port) await this.refuseMovedServer(session);
        this.session = session;
        this.cluster.log.info(`Postgres is back after ${Date.now() - lostAt} ms (process ${session.pid}).`);
        this.watch();
        return;
      } catch (error) {
        this.cluster.log.error(`Postgres cannot be started again, next try in ${this.restartDelayMs} ms. ${(error as Error).message}`);
        await sleep(this.restartDelayMs, undefined, { signal: this.interrupted.signal }).catch(() => undefined);
        this.restartDelayMs = Math.min(this.restartDelayMs * 2, RESTART_DELAY_MS_MAX);
      }
    }
  }

  private async refuseMovedServer(session: ServerSession): Promise<never> {
    await session.client.end();
    throw new EmbeddedPostgresError(
      `Another hub runs Postgres on port ${session.port} now; this one's connections point to ${this.session.port}. Start this hub again.`);
  }

  private async stopNow(): Promise<StopOutcome> {
    this.interrupted.abort();
    await this.recovery;
    const { client, pid } = this.session;
    try {
      // A broken connection leaves unknown whether others live: then the server stays, and the next start adopts it.
      if (!await releaseAsLast(client).catch(() => false)) return 'left to another hub';
      // The lock is held until the server is gone: a hub that starts meanwhile waits instead of adopting it.
      await stopServer(pid, this.cluster.folder);
      return 'stopped';
    } finally {
      await client.end().catch(() => undefined);
    }
  }
}

const STOP_SIGNALS = ['SIGTERM', 'SIGINT'] as const;

/**
 * Stops the server when the process is told to end, then ends the process by the same signal. For programs without a
 * shut-down of their own; the hub calls `stop` itself, after its pools are closed.
 * @returns a function that takes the handlers off again.
 */
export function stopOnSignals(postgres: EmbeddedPostgres, log: EmbeddedPostgresLog): () => void {
  const handlers = STOP_SIGNALS.map((signal) => {
    const handler = (): void => {
      remove();
      postgres.stop()
        .catch((error: unknown) => { log.error(String(error)); })
        .finally(() => { process.kill(process.pid, signal); });
    };
    process.once(signal, handler);
    return { signal, handler };
  });
  const remove = (): void => { for (const { signal, handler } of handlers) process.off(signal, handler); };
  return remove;
}
