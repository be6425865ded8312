import type { Json, JsonObject } from '#canonical';

/**
 * The write mappings as code, for specs of this room: a connector does not import the mapping engine.
 * That the YAML files say the same is what their golden cases are for.
 */
export function renderForSpecs(mapping: string, value: Json): JsonObject {
  const given = value as Record<string, Json>;
  switch (mapping) {
    case 'payment.post': return paymentBody(given);
    case 'application.post': return { ...reference('customer', given['customer']), ...lists(given) };
    case 'journal.post': return journalBody(given);
    default: throw new Error(`no mapping is called ${mapping}`);
  }
}

function paymentBody(given: Record<string, Json>): JsonObject {
  return {
    externalId: given['key'] ?? null, ...reference('customer', given['customer']), ...reference('subsidiary', given['company']), ...reference('currency', given['currency']),
    payment: exact(given['amount']), tranDate: given['postedOn'] ?? null, ...reference('arAcct', given['receivables']), ...reference('undepFunds', given['undeposited']),
    ...reference('account', given['bank']), ...optional('checkNumber', given['reference']), ...optional('memo', given['memo']), autoApply: false, ...lists(given),
  };
}

function journalBody(given: Record<string, Json>): JsonObject {
  const items = rowsOf(given['lines']).map((line) => ({
    ...reference('account', line['account']), ...amount('debit', line['debit']), ...amount('credit', line['credit']), ...reference('entity', line['customer']), ...optional('memo', line['memo']),
  }));
  return {
    externalId: given['key'] ?? null, ...reference('subsidiary', given['company']), ...reference('currency', given['currency']), tranDate: given['postedOn'] ?? null,
    ...optional('memo', given['memo']), line: { items },
  };
}

function lists(given: Record<string, Json>): JsonObject {
  const list = (name: string, rows: readonly Record<string, Json>[]): JsonObject => (rows.length === 0 ? {} : {
    [name]: { items: rows.map((row) => ({ doc: { id: row['document'] ?? null }, line: row['line'] ?? null, apply: row['apply'] === 'true', ...amount('amount', row['amount']) })) },
  });
  return { ...list('apply', rowsOf(given['invoices'])), ...list('credit', rowsOf(given['credits'])) };
}

const rowsOf = (value: Json | undefined): readonly Record<string, Json>[] => (Array.isArray(value) ? value as readonly Record<string, Json>[] : []);
const isNothing = (value: Json | undefined): value is null | undefined | '' => value === null || value === undefined || value === '';
const reference = (name: string, id: Json | undefined): JsonObject => (isNothing(id) ? {} : { [name]: { id } });
const optional = (name: string, value: Json | undefined): JsonObject => (isNothing(value) ? {} : { [name]: value });
const exact = (value: Json | undefined): JsonObject => ({ $number: value ?? '' });
const amount = (name: string, value: Json | undefined): JsonObject => (isNothing(value) ? {} : { [name]: exact(value) });
