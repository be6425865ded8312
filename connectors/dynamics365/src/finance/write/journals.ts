import type { PlannedStep } from '#canonical';
import type { Context } from '#connector-kit';
import { rowsOf } from '../service.js';
import { anyOf, companyOf, equalsText, externalIdOf, field, member, PAIRS_MAX, slices, type Row } from '../words.js';
import { LEDGER_COLUMNS, LEDGER_ENTITY, OPEN_ROWS } from '../read/ledger.js';
import { HEADER_ENTITY, LINE_ENTITY, MARK_ENTITY, plannedJournal, type PlannedJournal } from './words.js';

const HEADER_COLUMNS = ['dataAreaId', 'JournalBatchNumber', 'JournalName', 'Description', 'IsPosted'] as const;
const LINE_COLUMNS = [
  'dataAreaId', 'JournalBatchNumber', 'LineNumber', 'AccountDisplayValue', 'TransactionDate', 'CurrencyCode', 'CreditAmount', 'DebitAmount', 'PaymentReference', 'PaymentId', 'Voucher',
] as const;
const MARK_COLUMNS = ['JournalLineCompany', 'JournalBatchNumber', 'JournalLineNumber', 'InvoiceNumber', 'InvoiceCompany', 'InvoiceDueDate', 'SettlementAmountInInvoiceCurrency'] as const;

/** What Finance holds under one key. */
export interface HeldJournal {
  readonly header: Row;
  readonly batchNumber: string;
  readonly posted: boolean;
  readonly lines: readonly Row[];
}

/**
 * The journals that bear these steps' keys in their description, by step key. A key that is there twice (somebody copied the journal) gives
 * the posted one, else the one with a line: that is the one that was booked.
 */
export async function journalsOf(context: Context, steps: readonly PlannedStep[]): Promise<ReadonlyMap<string, HeldJournal>> {
  const headers = await headersOf(context, steps.map(plannedJournal));
  const lines = await linesOf(context, headers);
  const found = new Map<string, HeldJournal>();
  for (const header of headers) {
    const held = { header, batchNumber: field(header, 'JournalBatchNumber'), posted: field(header, 'IsPosted') === 'Yes', lines: lines.get(journalKey(header)) ?? [] };
    const step = steps.find((candidate) => matches(plannedJournal(candidate), header));
    if (step !== undefined && standing(held) > standing(found.get(step.stepKey))) found.set(step.stepKey, held);
  }
  return found;
}

function standing(held: HeldJournal | undefined): number {
  if (held === undefined) return 0;
  return held.posted ? 3 : held.lines.length > 0 ? 2 : 1;
}

/** Compared here once more: Finance compares texts without regard to case. */
function matches({ key, company }: PlannedJournal, header: Row): boolean {
  return field(header, 'Description') === key && companyOf(header) === company;
}

function journalKey(row: Row): string {
  return externalIdOf(companyOf(row), field(row, 'JournalBatchNumber'));
}

async function headersOf(context: Context, journals: readonly PlannedJournal[]): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const slice of slices(journals, PAIRS_MAX)) {
    const filter = anyOf(slice.map(({ company, key }) => `(${equalsText('dataAreaId', company)} and ${equalsText('Description', key)})`));
    rows.push(...await rowsOf(context, { entity: HEADER_ENTITY, filter, select: HEADER_COLUMNS, order: ['dataAreaId', 'JournalBatchNumber'] }));
  }
  return rows;
}

async function linesOf(context: Context, headers: readonly Row[]): Promise<ReadonlyMap<string, readonly Row[]>> {
  const byJournal = new Map<string, Row[]>();
  for (const slice of slices(headers, PAIRS_MAX)) {
    const filter = anyOf(slice.map(journalCondition));
    for (const row of await rowsOf(context, { entity: LINE_ENTITY, filter, select: LINE_COLUMNS, order: ['dataAreaId', 'JournalBatchNumber', 'LineNumber'] })) {
      byJournal.set(journalKey(row), [...byJournal.get(journalKey(row)) ?? [], row]);
    }
  }
  return byJournal;
}

function journalCondition(header: Row): string {
  return `(${equalsText('dataAreaId', companyOf(header))} and ${equalsText('JournalBatchNumber', field(header, 'JournalBatchNumber'))})`;
}

/** The invoices that a journal's lines are marked to settle. */
export async function marksOf(context: Context, company: string, batchNumber: string): Promise<readonly Row[]> {
  const filter = `${equalsText('JournalLineCompany', company)} and ${equalsText('JournalBatchNumber', batchNumber)}`;
  return await rowsOf(context, { entity: MARK_ENTITY, filter, select: MARK_COLUMNS, order: ['JournalLineNumber', 'InvoiceNumber', 'InvoiceDueDate'] });
}

/**
 * The posted payments of steps, by step key: by the voucher their journal's line got, and by the payment id, which stays when a journal
 * name deletes its lines after posting.
 */
export async function paymentsOf(context: Context, steps: readonly PlannedStep[], journals: ReadonlyMap<string, HeldJournal>): Promise<ReadonlyMap<string, Row>> {
  const wanted = steps.map((step) => ({ stepKey: step.stepKey, ...plannedJournal(step), vouchers: vouchersOf(journals.get(step.stepKey)) }));
  const found = new Map<string, Row>();
  for (const slice of slices(wanted, PAIRS_MAX / 2)) {
    const filter = `TransType eq ${member('LedgerTransType', 'Payment')} and ${anyOf(slice.flatMap(paymentConditions))}`;
    const rows = await rowsOf(context, { entity: LEDGER_ENTITY, filter, select: LEDGER_COLUMNS, expand: OPEN_ROWS, order: ['SysRecId'] });
    for (const { stepKey, company, key, vouchers } of slice) {
      const row = rows.find((candidate) => companyOf(candidate) === company && bears(candidate, key, vouchers));
      if (row !== undefined) found.set(stepKey, row);
    }
  }
  return found;
}

/** A payment id may have been cut to the length Finance keeps; another one on the same voucher is somebody else's line. */
function bears(row: Row, key: string, vouchers: readonly string[]): boolean {
  const paymentId = field(row, 'PaymId');
  return paymentId === key || (vouchers.includes(field(row, 'Voucher')) && key.startsWith(paymentId));
}

function vouchersOf(journal: HeldJournal | undefined): readonly string[] {
  return journal?.posted === true ? journal.lines.map((line) => field(line, 'Voucher')).filter((voucher) => voucher !== '') : [];
}

function paymentConditions({ company, key, vouchers }: { readonly company: string; readonly key: string; readonly vouchers: readonly string[] }): readonly string[] {
  const own = equalsText('dataAreaId', company);
  return [`(${own} and ${equalsText('PaymId', key)})`, ...vouchers.map((voucher) => `(${own} and ${equalsText('Voucher', voucher)})`)];
}
