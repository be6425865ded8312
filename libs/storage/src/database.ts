import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { Writable } from 'node:stream';
import { APPLICATION_ROLE } from './migrations/tenant-table.js';

/** Connections one process may hold; BullMQ has its own pool beside this one. */
export const POOL_SIZE_DEFAULT = 10;
/** A statement that runs longer is a mistake everywhere but in a bulk load, which raises the bound for its own transaction. */
export const STATEMENT_TIMEOUT_MS = 60_000;

/** SQLSTATE. */
const UNIQUE_VIOLATION = '23505';

const { builtins } = pg.types;
/** Days stay text: a Date would turn them into instants of the server's time zone. bigint stays text: ids are opaque, amounts go through BigInt. */
const TYPES: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') => {
    if (oid === builtins.DATE) return (text: string) => text;
    return pg.types.getTypeParser(oid, format);
  }) as pg.CustomTypesConfig['getTypeParser'],
};

export type SqlValue = string | number | bigint | boolean | null | Date | Buffer | Uint8Array | readonly unknown[] | object;
export type Row = Record<string, unknown>;

/** One open transaction. Everything a repository does goes through one of these. */
export interface Transaction {
  query<R extends Row = Row>(sql: string, values?: readonly SqlValue[]): Promise<R[]>;
  /** The first row, or null. */
  one<R extends Row = Row>(sql: string, values?: readonly SqlValue[]): Promise<R | null>;
  /** Rows written by an INSERT, UPDATE or DELETE. */
  execute(sql: string, values?: readonly SqlValue[]): Promise<number>;
  /** Sink of a `COPY … FROM STDIN`. */
  copyInto(sql: string): Writable;
}

export interface DatabaseOptions {
  readonly url: string;
  readonly poolSize?: number;
  readonly applicationName?: string;
  readonly onError?: (error: Error) => void;
}

/** Whether a statement met a row that has the same unique key. */
export function isUniqueViolation(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.code === UNIQUE_VIOLATION;
}

/** Raised when a tenant id is not one. Tenant ids are put into SQL text, so nothing but digits passes. */
export class TenantError extends Error {
  override readonly name = 'TenantError';
}

const BEGIN_ALL_TENANTS = `BEGIN; SELECT set_config('tributary.all_tenants', 'on', true)`;

/**
 * The hub's database as the application role. Every piece of work runs in a transaction that carries its tenant;
 * row-level security does the rest, so a query that forgets the tenant finds nothing.
 */
export class Database {
  readonly #pool: pg.Pool;
  #closed: Promise<void> | null = null;

  constructor(options: DatabaseOptions) {
    this.#pool = new pg.Pool({
      connectionString: options.url,
      max: options.poolSize ?? POOL_SIZE_DEFAULT,
      types: TYPES,
      application_name: options.applicationName ?? 'tributary',
      options: `-c role=${APPLICATION_ROLE} -c statement_timeout=${STATEMENT_TIMEOUT_MS} -c TimeZone=UTC -c idle_in_transaction_session_timeout=${STATEMENT_TIMEOUT_MS}`,
    });
    // A broken idle connection is replaced by the pool; without a listener Node would end the process.
    this.#pool.on('error', (error) => options.onError?.(error));
  }

  /** Runs `work` in one transaction that sees and writes this tenant's rows only. Any error rolls back and is rethrown. */
  async inTenant<T>(tenantId: string, work: (transaction: Transaction) => Promise<T>): Promise<T> {
    return this.#transact(beginInTenant(tenantId), work);
  }

  /** For schedulers and janitors: sees the list of tenants and leases, but no tenant's rows. */
  acrossTenants<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    return this.#transact(BEGIN_ALL_TENANTS, work);
  }

  /** Finds the tenant of an API key by the key's SHA-256, the one question asked before a tenant is known. */
  withPresentedKey<T>(keyHash: Uint8Array, work: (transaction: Transaction) => Promise<T>): Promise<T> {
    return this.#transact(`BEGIN; SELECT set_config('tributary.api_key_hash', '${Buffer.from(keyHash).toString('hex')}', true)`, work);
  }

  /** Finds the tenant of an inbound mail address by the SHA-256 of its local part: that row is seen and no other. */
  withPresentedAddress<T>(localPartHash: Uint8Array, work: (transaction: Transaction) => Promise<T>): Promise<T> {
    return this.#transact(`BEGIN; SELECT set_config('tributary.mail_address_hash', '${Buffer.from(localPartHash).toString('hex')}', true)`, work);
  }

  /** Finds the tenant of a connection that a delivery names: that row is seen and no other. */
  withDelivery<T>(connectionId: string, work: (transaction: Transaction) => Promise<T>): Promise<T> {
    if (!/^\d{1,18}$/.test(connectionId)) throw new TenantError(`"${connectionId}" is not a connection id`);
    return this.#transact(`BEGIN; SELECT set_config('tributary.delivery_connection_id', '${connectionId}', true)`, work);
  }

  async listTenantIds(): Promise<string[]> {
    const rows = await this.acrossTenants((transaction) => transaction.query<{ id: string }>('SELECT id FROM tenant ORDER BY id'));
    return rows.map((row) => row.id);
  }

  /** Waits for what is under way. Closing twice is closing once. */
  close(): Promise<void> {
    this.#closed ??= this.#pool.end();
    return this.#closed;
  }

  async #transact<T>(begin: string, work: (transaction: Transaction) => Promise<T>): Promise<T> {
    const client = await this.#pool.connect();
    let broken: Error | undefined;
    // Between two queries a lost connection surfaces here only; unheard, it would end the process.
    const onError = (error: Error): void => { broken = error; };
    client.on('error', onError);
    try {
      await client.query(begin);
      const result = await work(asTransaction(client));
      await client.query('COMMIT');
      return result;
    } catch (error) {
      await client.query('ROLLBACK').catch((rollbackError: Error) => { broken = rollbackError; });
      throw error;
    } finally {
      client.off('error', onError);
      client.release(broken);
    }
  }
}

function beginInTenant(tenantId: string): string {
  if (!/^\d{1,18}$/.test(tenantId)) throw new TenantError(`"${tenantId}" is not a tenant id`);
  return `BEGIN; SELECT set_config('tributary.tenant_id', '${tenantId}', true)`;
}

function asTransaction(client: pg.PoolClient): Transaction {
  return {
    async query<R extends Row>(sql: string, values: readonly SqlValue[] = []): Promise<R[]> {
      return (await client.query<R>(sql, values as SqlValue[])).rows;
    },
    async one<R extends Row>(sql: string, values: readonly SqlValue[] = []): Promise<R | null> {
      return (await client.query<R>(sql, values as SqlValue[])).rows[0] ?? null;
    },
    async execute(sql: string, values: readonly SqlValue[] = []): Promise<number> {
      return (await client.query(sql, values as SqlValue[])).rowCount ?? 0;
    },
    copyInto(sql: string): Writable {
      return client.query(copyFrom(sql));
    },
  };
}
