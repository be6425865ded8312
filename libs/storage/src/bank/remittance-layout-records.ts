import type { JsonObject } from '#canonical';
import type { Transaction } from '../database.js';
import { storableJson, storableText } from './storable-text.js';

/** How a source writes its remittance tables, as a person confirmed it; null when nobody has. */
export async function rememberedRemittanceLayout(transaction: Transaction, sourceKey: string): Promise<JsonObject | null> {
  const row = await transaction.one<{ layout: JsonObject }>('SELECT layout FROM remittance_layout WHERE source_key = $1', [storableText(sourceKey)]);
  return row?.layout ?? null;
}

/** The last word counts. */
export async function rememberRemittanceLayout(transaction: Transaction, sourceKey: string, layout: object, by: string): Promise<void> {
  await transaction.execute(`
    INSERT INTO remittance_layout (source_key, layout, confirmed_by) VALUES ($1, $2, $3)
    ON CONFLICT (tenant_id, source_key) DO UPDATE SET layout = excluded.layout, confirmed_by = excluded.confirmed_by, confirmed_at = now()`, [storableText(sourceKey), storableJson(layout), by]);
}
