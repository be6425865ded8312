import type { AchEntry, CurrencyCode, LocalDate, Where } from '#canonical';
import type { Row, Transaction } from '../database.js';
import { storableJson, storableText, storableTextOrNull } from './storable-text.js';

/** A return or a notification of change as stored. */
export interface AchEntryRecord extends AchEntry {
  readonly id: string;
  readonly receivedDocumentId: string;
  readonly receivedAt: Date;
}

interface AchEntryRow extends Row {
  id: string; received_document_id: string; kind: AchEntry['kind']; code: string; title: string | null; amount_minor: string; currency: CurrencyCode; standard_entry_class: string | null; trace: string;
  original_trace: string | null; receiver: AchEntry['receiver']; corrected_data: string | null; information: string | null; settled_on: LocalDate | null; place: Where; received_at: Date;
}

export function asAchEntry(given: Row): AchEntryRecord {
  const row = given as AchEntryRow;
  return {
    id: row.id, receivedDocumentId: row.received_document_id, kind: row.kind, code: row.code, title: row.title, amount: { minor: BigInt(row.amount_minor), currency: row.currency },
    standardEntryClass: row.standard_entry_class, trace: row.trace, originalTrace: row.original_trace, receiver: row.receiver, correctedData: row.corrected_data, information: row.information,
    settledOn: row.settled_on, where: row.place, receivedAt: row.received_at,
  };
}

/** Ids of those that were not known by their identity. */
export async function insertAchEntries(transaction: Transaction, receivedDocumentId: string, entries: readonly { readonly entry: AchEntry; readonly identity: string }[]): Promise<readonly string[]> {
  const column = <T>(of: (entry: AchEntry) => T): T[] => entries.map(({ entry }) => of(entry));
  const rows = await transaction.query<{ id: string }>(`
    INSERT INTO ach_entry (received_document_id, identity, kind, code, title, amount_minor, currency, standard_entry_class, trace, original_trace, receiver, corrected_data, information, settled_on, place)
    SELECT $1, identity, kind, code, title, amount, currency, class, trace, original, receiver::jsonb, corrected, information, settled, place::jsonb
    FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::date[], $15::text[])
      AS given (identity, kind, code, title, amount, currency, class, trace, original, receiver, corrected, information, settled, place)
    ON CONFLICT (tenant_id, identity) DO NOTHING RETURNING id`,
  [
    receivedDocumentId, entries.map(({ identity }) => identity), column(({ kind }) => kind), column(({ code }) => storableText(code)), column(({ title }) => storableTextOrNull(title)),
    column(({ amount }) => amount.minor.toString()), column(({ amount }) => amount.currency), column((entry) => storableTextOrNull(entry.standardEntryClass)), column(({ trace }) => storableText(trace)),
    column((entry) => storableTextOrNull(entry.originalTrace)), column(({ receiver }) => storableJson(receiver)), column((entry) => storableTextOrNull(entry.correctedData)),
    column((entry) => storableTextOrNull(entry.information)), column(({ settledOn }) => settledOn), column(({ where }) => storableJson(where)),
  ]);
  return rows.map(({ id }) => id);
}

export async function readAchEntry(transaction: Transaction, id: string): Promise<AchEntryRecord | null> {
  const row = await transaction.one('SELECT * FROM ach_entry WHERE id = $1', [id]);
  return row === null ? null : asAchEntry(row);
}
