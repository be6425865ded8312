import type { Database } from '#storage';

export interface Tenant {
  readonly id: string;
  readonly name: string;
}

/** The tenants of this hub. Creating one is a matter of the process that runs the hub, not of the API. */
export class Tenants {
  constructor(private readonly database: Database) {}

  /** The tenant of that name, made when there is none. */
  async ensure(name: string): Promise<Tenant> {
    const row = await this.database.acrossTenants(async (transaction) => {
      await transaction.execute('INSERT INTO tenant (name) VALUES ($1) ON CONFLICT (name) DO NOTHING', [name]);
      return transaction.one<{ id: string }>('SELECT id FROM tenant WHERE name = $1', [name]);
    });
    if (row === null) throw new Error(`tenant "${name}" was not stored`);
    return { id: row.id, name };
  }
}
