import { ConnectorError } from '#connector-kit';
import { checksDue, noteCheck, saveWebhookRenewal, wantCheck, type CheckDue, type Database } from '#storage';
import type { Connections } from './connections.js';

export interface ConnectionChecksDependencies {
  readonly database: Database;
  readonly connections: Connections;
  readonly now: () => Date;
  readonly log: (event: string, detail: Readonly<Record<string, string | number>>) => void;
  /** The hub's address as vendors reach it, without a trailing slash; null when they do not. */
  readonly publicUrl: string | null;
  /** Told how a check ended; null when it was sound enough to read on. */
  readonly onChecked: (tenantId: string, connectionId: string, failure: ConnectorError | null) => Promise<void>;
}

/** A check asks a handful of questions. */
const CHECK_TIMEOUT_MS = 60_000;
/** An address is set again this long before it lapses. */
const RENEW_BEFORE_MS = 12 * 60 * 60_000;

/** Checks that nobody waits for: asked for by webhooks and sign-ins, and once a day, so that what ends is told in time. */
export class ConnectionChecks {
  constructor(private readonly dependencies: ConnectionChecksDependencies) {}

  /** Asks for a check; it survives a crash. The caller wakes a worker. */
  async want(tenantId: string, connectionId: string): Promise<void> {
    await this.dependencies.database.inTenant(tenantId, (transaction) => wantCheck(transaction, connectionId));
  }

  /** Connections of a tenant with a check to make. */
  async due(tenantId: string): Promise<readonly string[]> {
    const rows = await this.dependencies.database.inTenant(tenantId, (transaction) => checksDue(transaction));
    return rows.map(({ connectionId }) => connectionId);
  }

  /** Makes the check of this connection, if one is due. A source that cannot be asked is told to `onChecked` and never thrown: nobody waits. */
  async perform(tenantId: string, connectionId: string, signal: AbortSignal): Promise<void> {
    const { database, onChecked, log } = this.dependencies;
    const [due] = await database.inTenant(tenantId, (transaction) => checksDue(transaction, connectionId));
    if (due === undefined) return;
    const bounded = AbortSignal.any([signal, AbortSignal.timeout(CHECK_TIMEOUT_MS)]);
    const failure = await this.#check(tenantId, due, bounded);
    // Told to stop: the check was not made, and stays wanted.
    if (signal.aborted) return;
    log('connection.checked', { connectionId, outcome: failure === null ? 'sound' : failure.failure.kind });
    // Anything else passes, and says nothing of the login: the check is made again.
    const settled = failure === null || failure.failure.kind === 'auth';
    if (settled) await onChecked(tenantId, connectionId, failure);
    await database.inTenant(tenantId, (transaction) => noteCheck(transaction, due, settled));
  }

  async #check(tenantId: string, due: CheckDue, signal: AbortSignal): Promise<ConnectorError | null> {
    const { connections } = this.dependencies;
    try {
      await connections.check(tenantId, due.connectionId, signal);
      await this.#subscribe(tenantId, due, signal);
      return null;
    } catch (error) {
      if (error instanceof ConnectorError) return error;
      throw error;
    }
  }

  /** Asks the vendor to deliver to us, where it can be asked and can reach us. */
  async #subscribe(tenantId: string, { connectionId, webhookRenewAt }: CheckDue, signal: AbortSignal): Promise<void> {
    const { connections, database, publicUrl, now } = this.dependencies;
    const connection = await connections.open(tenantId, connectionId);
    const { webhook } = connection.connector;
    const lapses = webhookRenewAt === null || webhookRenewAt.getTime() - RENEW_BEFORE_MS < now().getTime();
    if (webhook?.subscribe === undefined || publicUrl === null || !lapses) return;
    const { renewAt } = await webhook.subscribe(connection.context(signal), `${publicUrl}${webhookPath(connectionId)}`);
    await database.inTenant(tenantId, (transaction) => saveWebhookRenewal(transaction, connectionId, new Date(renewAt)));
  }
}

/** Where a vendor delivers the webhooks of a connection, below the hub's address. */
export function webhookPath(connectionId: string): string {
  return `/v1/webhooks/${connectionId}`;
}
