import type { BankFeeds } from '#bank';
import type { Connections } from '#connections';
import type { ConnectorError } from '#connector-kit';
import type { SyncService } from '#sync';
import type { Wake } from './api/tokens.js';

export interface BankFeedCareDependencies {
  readonly connections: Connections;
  readonly bankFeeds: BankFeeds;
  readonly sync: SyncService;
  readonly wake: Wake;
}

/** Healths only a person mends; such a feed is not read meanwhile. */
const WITH_A_PERSON: ReadonlySet<string> = new Set(['signInAgain', 'linkAnew', 'settings']);

/** What a check means for a bank feed: a refused login stops its reads and says so, a repaired one starts them again. */
export class BankFeedCare {
  constructor(private readonly dependencies: BankFeedCareDependencies) {}

  /** @param failure null when the login is sound; else why it was refused. */
  async onChecked(tenantId: string, connectionId: string, failure: ConnectorError | null): Promise<void> {
    const { connections, bankFeeds } = this.dependencies;
    const connection = await connections.open(tenantId, connectionId);
    if (connection.connector.bankFeed === undefined) return;
    if (failure !== null) {
      await bankFeeds.noteFailure(tenantId, connectionId, failure);
      await connections.pause(tenantId, connectionId, `the bank login was refused: ${failure.message}`);
      return;
    }
    const { health } = await bankFeeds.get(tenantId, connectionId);
    // A pause that a person asked for for another reason stays.
    if (WITH_A_PERSON.has(health)) await this.repaired(tenantId, connectionId, 'repaired login');
  }

  /** The login is good again: the connection runs, and its feed is read now. */
  async repaired(tenantId: string, connectionId: string, by: string): Promise<void> {
    const { connections, bankFeeds, sync, wake } = this.dependencies;
    await bankFeeds.noteRepaired(tenantId, connectionId);
    await connections.pause(tenantId, connectionId, null);
    await sync.request(tenantId, connectionId, 'incremental', by);
    await wake.wakeSync(tenantId, connectionId);
  }
}
