import { CanonicalBody, canonicalBody, type CanonicalRow } from './canonical-body.js';
import { IdField, OR_NULL, TextField } from './fields.js';
import { MoneyField, moneyBody, type MoneyBody } from './money.js';

/** What invoices, credit memos and payments have in common. */
export class DocumentBody extends CanonicalBody {
  @TextField('The document\'s number')
  number!: string;

  @IdField('The customer, once it was read', OR_NULL)
  customerId!: string | null;

  @TextField('The source\'s id of the customer')
  customerExternalId!: string;

  @TextField('The customer\'s name, once it was read', OR_NULL)
  customerName!: string | null;

  @TextField('The source\'s id of the legal entity', OR_NULL)
  companyExternalId!: string | null;

  @TextField('ISO 4217 code')
  currency!: string;

  @MoneyField('The document\'s amount')
  total!: MoneyBody;

  @TextField('Free text of the source', OR_NULL)
  memo!: string | null;
}

export interface DocumentRow extends CanonicalRow {
  number: string; customer_id: string | null; customer_external_id: string; customer_name: string | null; company_external_id: string | null;
  currency: string; total_minor: string; memo: string | null;
}

export function documentBody(row: DocumentRow): DocumentBody {
  return {
    ...canonicalBody(row), number: row.number, customerId: row.customer_id, customerExternalId: row.customer_external_id, customerName: row.customer_name,
    companyExternalId: row.company_external_id, currency: row.currency, total: moneyBody(row.total_minor, row.currency), memo: row.memo,
  };
}
