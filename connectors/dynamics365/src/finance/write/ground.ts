import type { PlannedStep } from '#canonical';
import type { Context } from '#connector-kit';
import { CUSTOMERS, customerCondition } from '../read/lists.js';
import { transactionsByIds } from '../read/ledger.js';
import { rowsOf } from '../service.js';
import { anyOf, companyOf, equalsText, externalIdOf, field, PAIRS_MAX, slices, type Row } from '../words.js';
import { HEADER_ENTITY, MARK_ENTITY, plannedJournal } from './words.js';

/** Everything the steps touch, as Finance has it now. */
export interface Ground {
  /** Customers by external id. */
  readonly customers: ReadonlyMap<string, Row>;
  /** Transactions with their open rows, by external id. */
  readonly documents: ReadonlyMap<string, Row>;
  /** Journals that wait to be posted and mark an invoice, by `company/invoice number`. */
  readonly marked: ReadonlyMap<string, readonly string[]>;
}

/** Four lists, however many steps there are. */
export async function gatherGround(context: Context, steps: readonly PlannedStep[]): Promise<Ground> {
  const marks = steps.flatMap((step) => plannedJournal(step).marks);
  const documents = await transactionsByIds(context, marks.map(({ document }) => document), null);
  return {
    customers: await customersOf(context, steps.map(payerOf)),
    documents: new Map(documents.map((row) => [externalIdOf(companyOf(row), field(row, 'SysRecId')), row])),
    marked: await markedInvoices(context, documents),
  };
}

/** The hub's id of the customer a step books for. */
export function payerOf(step: PlannedStep): string {
  return step.expected.fields['customer'] ?? '';
}

async function customersOf(context: Context, externalIds: readonly string[]): Promise<ReadonlyMap<string, Row>> {
  const conditions = [...new Set(externalIds)].map(customerCondition).filter((condition) => condition !== null);
  const found = new Map<string, Row>();
  for (const slice of slices(conditions, PAIRS_MAX)) {
    const rows = await rowsOf(context, { entity: CUSTOMERS.entity, filter: anyOf(slice), select: CUSTOMERS.key, order: CUSTOMERS.key });
    for (const row of rows) found.set(CUSTOMERS.externalId(row), row);
  }
  return found;
}

/** Marks stay on lines that were posted, so the journals are asked which of them wait. */
async function markedInvoices(context: Context, documents: readonly Row[]): Promise<ReadonlyMap<string, readonly string[]>> {
  const marks: Row[] = [];
  for (const slice of slices(documents, PAIRS_MAX)) {
    const filter = anyOf(slice.map((row) => `(${equalsText('InvoiceCompany', companyOf(row))} and ${equalsText('InvoiceNumber', field(row, 'Invoice'))})`));
    const select = ['JournalLineCompany', 'JournalBatchNumber', 'InvoiceNumber', 'InvoiceCompany'];
    marks.push(...await rowsOf(context, { entity: MARK_ENTITY, filter, select, order: ['JournalBatchNumber', 'InvoiceNumber'] }));
  }
  const waiting = await waitingJournals(context, marks);
  const found = new Map<string, string[]>();
  for (const mark of marks) {
    const journal = journalOf(mark);
    const invoice = externalIdOf(companyOf(mark, 'InvoiceCompany'), field(mark, 'InvoiceNumber'));
    if (waiting.has(journal)) found.set(invoice, [...new Set([...found.get(invoice) ?? [], journal])]);
  }
  return found;
}

function journalOf(mark: Row): string {
  return externalIdOf(companyOf(mark, 'JournalLineCompany'), field(mark, 'JournalBatchNumber'));
}

async function waitingJournals(context: Context, marks: readonly Row[]): Promise<ReadonlySet<string>> {
  const waiting = new Set<string>();
  const byJournal = new Map(marks.map((mark) => [journalOf(mark), mark]));
  for (const slice of slices([...byJournal.values()], PAIRS_MAX)) {
    const filter = anyOf(slice.map((mark) => `(${equalsText('dataAreaId', companyOf(mark, 'JournalLineCompany'))} and ${equalsText('JournalBatchNumber', field(mark, 'JournalBatchNumber'))})`));
    const rows = await rowsOf(context, { entity: HEADER_ENTITY, filter, select: ['dataAreaId', 'JournalBatchNumber', 'IsPosted'], order: ['dataAreaId', 'JournalBatchNumber'] });
    for (const row of rows) if (field(row, 'IsPosted') !== 'Yes') waiting.add(externalIdOf(companyOf(row), field(row, 'JournalBatchNumber')));
  }
  return waiting;
}
