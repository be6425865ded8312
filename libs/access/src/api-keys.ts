import { createHash, randomBytes } from 'node:crypto';
import type { Database } from '#storage';
import { isRole, type Role } from './rules/roles.js';

const KEY_BYTES = 32;
const PREFIX_LENGTH = 12;
/** Nobody types longer ones; anything longer is refused before it is hashed. */
const KEY_LENGTH_MAX = 200;

/** Who is calling: the tenant, the key's name for the audit trail, and what it may do. */
export interface Caller {
  readonly tenantId: string;
  readonly keyId: string;
  readonly name: string;
  readonly roles: readonly Role[];
}

export interface ApiKey {
  readonly id: string;
  readonly name: string;
  /** The key's first characters, to tell keys apart. */
  readonly prefix: string;
  readonly roles: readonly Role[];
  readonly createdAt: Date;
  readonly revokedAt: Date | null;
}

interface ApiKeyRow extends Record<string, unknown> {
  id: string; tenant_id: string; name: string; prefix: string; scopes: string[]; created_at: Date; revoked_at: Date | null;
}

/** API keys of tenants. Only the SHA-256 is stored: 256 random bits need no slow hash. */
export class ApiKeys {
  constructor(private readonly database: Database) {}

  /** Makes a key; its text is in the answer and nowhere else. */
  async create(tenantId: string, name: string, roles: readonly Role[]): Promise<{ key: string; apiKey: ApiKey }> {
    const key = `trb_${randomBytes(KEY_BYTES).toString('base64url')}`;
    return { key, apiKey: await this.register(tenantId, name, roles, key) };
  }

  /** Stores a key whose text is known already (a first key given by the environment). */
  async register(tenantId: string, name: string, roles: readonly Role[], key: string): Promise<ApiKey> {
    const row = await this.database.inTenant(tenantId, (transaction) => transaction.one<ApiKeyRow>(`
      INSERT INTO api_key (name, key_hash, prefix, scopes) VALUES ($1, $2, $3, $4) RETURNING *`,
    [name, hashKey(key), key.slice(0, PREFIX_LENGTH), [...roles]]));
    if (row === null) throw new Error('the key was not stored');
    return asApiKey(row);
  }

  /** The caller behind a presented key, or null when there is none or it was revoked. */
  async authenticate(key: string): Promise<Caller | null> {
    if (key.length > KEY_LENGTH_MAX) return null;
    const hash = hashKey(key);
    const row = await this.database.withPresentedKey(hash, (transaction) => transaction.one<ApiKeyRow>('SELECT * FROM api_key WHERE key_hash = $1', [hash]));
    if (row === null || row.revoked_at !== null) return null;
    return { tenantId: row.tenant_id, keyId: row.id, name: row.name, roles: row.scopes.filter(isRole) };
  }

  async list(tenantId: string): Promise<ApiKey[]> {
    const rows = await this.database.inTenant(tenantId, (transaction) => transaction.query<ApiKeyRow>('SELECT * FROM api_key ORDER BY id'));
    return rows.map(asApiKey);
  }

  /** False when there is no such key. */
  async revoke(tenantId: string, id: string): Promise<boolean> {
    const changed = await this.database.inTenant(tenantId, (transaction) => transaction.execute('UPDATE api_key SET revoked_at = coalesce(revoked_at, now()) WHERE id = $1', [id]));
    return changed === 1;
  }
}

function hashKey(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}

function asApiKey(row: ApiKeyRow): ApiKey {
  return { id: row.id, name: row.name, prefix: row.prefix, roles: row.scopes.filter(isRole), createdAt: row.created_at, revokedAt: row.revoked_at };
}
