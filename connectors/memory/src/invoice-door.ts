import { z } from 'zod';
import type { Json, JsonObject } from '#canonical';
import type { InvoiceDoor, InvoiceTermName, InvoiceTerms } from '#connector-kit';
import type { MemoryClient } from './client.js';

const RECORDS = z.object({ records: z.array(z.looseObject({ id: z.string(), recordType: z.string(), revision: z.string() })) });
const CHANGED = z.object({ id: z.string() });

/** Our word for a term -> the target's. */
const WORDS = { dueOn: 'due', promisedOn: 'promised', disputeStatus: 'dispute' } as const satisfies Record<InvoiceTermName, string>;

function termsIn(payload: JsonObject): InvoiceTerms {
  const text = (value: Json | undefined): string | null => (typeof value === 'string' && value !== '' ? value : null);
  return { dueOn: text(payload[WORDS.dueOn]), promisedOn: text(payload[WORDS.promisedOn]), disputeStatus: text(payload[WORDS.disputeStatus]) };
}

/** Changes of booked invoices: the target checks the revision itself. */
export function invoiceDoor(client: MemoryClient): InvoiceDoor {
  return {
    termsIn,
    async look(context, externalId) {
      const { records } = await client.call(context, { path: 'get', body: { ids: [externalId] }, answers: RECORDS });
      const record = records.find(({ recordType }) => recordType === 'invoice');
      return record === undefined ? null : { externalId: record.id, version: record.revision, terms: termsIn(record as JsonObject) };
    },
    async change(context, { externalId, version }, terms) {
      const named = Object.fromEntries(Object.entries(terms).map(([name, value]) => [WORDS[name as InvoiceTermName], value]));
      await client.call(context, { path: 'write/invoiceTerms', body: { id: externalId, revision: version, ...named }, answers: CHANGED });
    },
  };
}
