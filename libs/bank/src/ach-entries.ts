import { ACH_ENTRIES, type AchEntryRecord, asAchEntry, type Database, type ListPage, type ListRequest, readAchEntry, readList, type Row } from '#storage';

/** ACH entries that came back, and what banks want changed. */
export class AchEntries {
  constructor(private readonly dependencies: { readonly database: Database }) {}

  list(tenantId: string, request: ListRequest): Promise<ListPage<AchEntryRecord>> {
    return this.dependencies.database.inTenant(tenantId, async (transaction) => {
      const { rows, nextCursor } = await readList<Row>(transaction, ACH_ENTRIES, request);
      return { rows: rows.map(asAchEntry), nextCursor };
    });
  }

  get(tenantId: string, id: string): Promise<AchEntryRecord | null> {
    return this.dependencies.database.inTenant(tenantId, (transaction) => readAchEntry(transaction, id));
  }
}
