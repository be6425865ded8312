/**
 * The tables of one company, after those of the base application. Amounts are integers of 10^-4 of the major unit. `id` is the SystemId,
 * `row_version` and `modified_at` move with every Modify. Blank is '' for text, 0001-01-01 for days, zeros for GUIDs: nothing is null.
 */
export const BLANK_DAY = '0001-01-01';
export const BLANK_GUID = '00000000-0000-0000-0000-000000000000';

const SYSTEM = "id TEXT PRIMARY KEY, modified_at TEXT NOT NULL, row_version INTEGER NOT NULL";
const text = (names: string): string => names.split(' ').map((name) => `${name} TEXT NOT NULL DEFAULT ''`).join(', ');
const integer = (names: string): string => names.split(' ').map((name) => `${name} INTEGER NOT NULL DEFAULT 0`).join(', ');
const day = (names: string): string => names.split(' ').map((name) => `${name} TEXT NOT NULL DEFAULT '${BLANK_DAY}'`).join(', ');
const guid = (names: string): string => names.split(' ').map((name) => `${name} TEXT NOT NULL DEFAULT '${BLANK_GUID}'`).join(', ');

const ADDRESS = 'address address_2 city county country post_code';
const DOCUMENT = [
  SYSTEM, text(`number draft_number external_document_number your_reference sell_to_number bill_to_number currency_code order_number salesperson dispute_status`), day('document_date posting_date due_date promised_pay_date'),
  guid('order_id payment_terms_id dispute_status_id'), integer('amount_excluding_tax tax_amount amount_including_tax posted released entry_no canceled'), "status TEXT NOT NULL DEFAULT 'Draft'",
].join(', ');
const LINE = `${SYSTEM}, document_id TEXT NOT NULL, ${integer('sequence quantity unit_price amount_excluding_tax tax_amount')}, ${text('line_type account_number description')}`;

const TABLES: Readonly<Record<string, string>> = {
  company_information: `${SYSTEM}, ${text('name country')}`,
  currency: `${SYSTEM}, ${text('code name symbol')}, ${integer('decimals')}`,
  exchange_rate: `id TEXT PRIMARY KEY, currency_code TEXT NOT NULL, starting_day TEXT NOT NULL, rate TEXT NOT NULL`,
  payment_terms: `${SYSTEM}, ${text('code name due_date_calculation discount_date_calculation')}, ${integer('discount_percent')}`,
  payment_method: `${SYSTEM}, ${text('code name')}`,
  salesperson: `${SYSTEM}, ${text('code name email phone')}`,
  dispute_status: `${SYSTEM}, ${text('code name')}`,
  dimension_value: `${SYSTEM}, ${text('dimension_code dimension_name code name')}`,
  account: `${SYSTEM}, ${text('number name category')}, ${integer('blocked direct_posting')}`,
  bank_account: `${SYSTEM}, ${text('number name bank_account_number iban currency_code gl_account')}, ${integer('blocked')}`,
  customer: `${SYSTEM}, ${text(`number name ${ADDRESS} phone email website salesperson currency_code tax_registration_number bill_to_number`)}, ${integer('credit_limit')},
    ${guid('payment_terms_id payment_method_id')}, contact_type TEXT NOT NULL DEFAULT 'Company', blocked TEXT NOT NULL DEFAULT ' ', application_method TEXT NOT NULL DEFAULT 'Manual'`,
  contact: `${SYSTEM}, ${text(`number name job_title company_number company_name ${ADDRESS} phone mobile email`)}, contact_type TEXT NOT NULL DEFAULT 'Person', business_relation TEXT NOT NULL DEFAULT 'Customer'`,
  sales_invoice: DOCUMENT,
  sales_invoice_line: LINE,
  sales_credit_memo: `${DOCUMENT}, ${text('applies_to_number')}`,
  sales_credit_memo_line: LINE,
  journal_batch: `${SYSTEM}, template TEXT NOT NULL, ${text('code name balancing_number number_series posting_number_series')}, balancing_type TEXT NOT NULL DEFAULT 'G/L Account'`,
  journal_line: `${SYSTEM}, batch_id TEXT NOT NULL, ${integer('line_number amount')}, account_type TEXT NOT NULL DEFAULT 'G/L Account',
    ${text('account_number document_number external_document_number currency_code description comment applies_to_number applies_to_id applies_to_type')},
    document_type TEXT NOT NULL DEFAULT ' ', ${day('posting_date')}, balancing_type TEXT NOT NULL DEFAULT 'G/L Account', ${text('balancing_number')}`,
  journal_line_dimension: `${SYSTEM}, line_id TEXT NOT NULL, ${text('dimension_code value_code')}`,
  cust_ledger_entry: `${SYSTEM}, entry_no INTEGER NOT NULL UNIQUE, document_type TEXT NOT NULL,
    ${text('document_number external_document_number customer_number description currency_code source_code balancing_type balancing_number applies_to_id applied_at_posting')},
    ${day('posting_date document_date due_date closed_at discount_day')},
    ${integer('amount amount_lcy remaining remaining_lcy is_open closed_by_entry_no discount_possible amount_to_apply transaction_no reversed')}`,
  detailed_cust_ledger_entry: `${SYSTEM}, entry_no INTEGER NOT NULL UNIQUE, entry_type TEXT NOT NULL, document_type TEXT NOT NULL, ${text('document_number customer_number currency_code')},
    ${day('posting_date initial_due_date')},
    ${integer('cust_ledger_entry_no amount amount_lcy application_no applied_entry_no transaction_no unapplied unapplied_by ledger_entry_amount')}`,
  gl_entry: `${SYSTEM}, entry_no INTEGER NOT NULL UNIQUE, document_type TEXT NOT NULL, ${text('document_number account_number description')}, ${day('posting_date')}, ${integer('amount transaction_no application_no')}`,
  number_series: 'code TEXT PRIMARY KEY, last INTEGER NOT NULL',
  /** Entry numbers after which the invariants look; one row. */
  check_scope: 'detailed INTEGER NOT NULL, general INTEGER NOT NULL',
};

const INDICES = [
  'customer(modified_at)', 'sales_invoice(number)', 'sales_invoice(status)', 'sales_invoice(modified_at)', 'sales_invoice(entry_no)', 'sales_credit_memo(number)', 'sales_invoice_line(document_id)',
  'sales_credit_memo_line(document_id)', 'journal_line_dimension(line_id)', 'cust_ledger_entry(customer_number, is_open)', 'cust_ledger_entry(document_number)',
  'cust_ledger_entry(external_document_number)', 'cust_ledger_entry(modified_at)', 'detailed_cust_ledger_entry(cust_ledger_entry_no)', 'detailed_cust_ledger_entry(modified_at)',
  'detailed_cust_ledger_entry(transaction_no)', 'gl_entry(transaction_no)', 'gl_entry(account_number)', 'contact(company_number)',
];

const UNIQUE_KEYS = ['customer(number)', 'journal_batch(template, code)', 'journal_line(batch_id, line_number)'];

export function schemaSql(): string {
  const tables = Object.entries(TABLES).map(([name, columns]) => `CREATE TABLE ${name} (${columns});`);
  const indices = INDICES.map((index, position) => `CREATE INDEX index_${position} ON ${index};`);
  const keys = UNIQUE_KEYS.map((key, position) => `CREATE UNIQUE INDEX key_${position} ON ${key};`);
  return [...tables, ...indices, ...keys, 'INSERT INTO check_scope (detailed, general) VALUES (0, 0);'].join('\n');
}
