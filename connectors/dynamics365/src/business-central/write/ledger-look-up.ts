import { formatMinorUnits, currencyExponent, isCurrencyCode, parseMinorUnits, type BookedRecord, type PlannedStep } from '#canonical';
import { ConnectorError, type Context, type SentStep } from '#connector-kit';
import { localCurrency } from '../company.js';
import { INVOICE_ENTRY, isDebit, isReceipt, ledgerIdOf, type LedgerEntry } from '../ledger/entry.js';
import { applicationRoute, entriesWith, ledgerPath } from '../ledger/routes.js';
import { customerIds } from '../read/lists.js';
import { invoiceIds, settledBy, type Settled } from '../read/settled.js';
import { invoiceNumberOf, markOf, stepKeyIn } from './words.js';

/** Entries of receipts by their step's mark, ascending. One query for all steps of a lane's turn. */
export async function receiptsByMark(context: Context, stepKeys: readonly string[]): Promise<ReadonlyMap<string, readonly LedgerEntry[]>> {
  if (await ledgerPath(context) === null) {
    throw new ConnectorError('Business Central: no customer ledger can be read, so a posting could not be looked up', { kind: 'notSupported', capability: 'post' });
  }
  const found = new Map<string, LedgerEntry[]>();
  for (const entry of await entriesWith(context, 'externalDocumentNumber', stepKeys.map(markOf))) {
    if (!isReceipt(entry)) continue;
    const group = found.get(entry.externalDocumentNumber);
    if (group === undefined) found.set(entry.externalDocumentNumber, [entry]);
    else group.push(entry);
  }
  return found;
}

/**
 * What the ledger holds for sent steps. A receipt is all entries with its mark. What it settles is read from applications where a route
 * tells them in the entry's own currency; else each of its entries speaks for itself: it was posted against the invoice its
 * description names, and is closed when all of it was applied.
 */
export async function readBackReceipts(context: Context, steps: readonly SentStep[]): Promise<readonly BookedRecord[]> {
  if (steps.length === 0) return [];
  const receipts = await receiptsByMark(context, steps.map(({ step }) => step.stepKey));
  const entries = [...receipts.values()].flat();
  const [customers, invoices] = [
    await customerIds(context, entries.map(({ customerNumber }) => customerNumber)),
    await idsByNumber(context, entries.flatMap(({ description }) => invoiceNumberOf(description) ?? [])),
  ];
  const settled = await applicationRoute(context) === 'extension' ? await settledBy(context, entries) : null;
  const books: Books = { customers, invoices, settled, local: await localCurrency(context) };
  return steps.map(({ step }) => bookedRecord(step, receipts.get(markOf(step.stepKey)) ?? [], books));
}

/** Ids of invoices by number, those that only the ledger shows among them. */
async function idsByNumber(context: Context, numbers: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const listed = await invoiceIds(context, numbers);
  const others = numbers.filter((number) => !listed.has(number));
  const entries = others.length === 0 ? [] : (await entriesWith(context, 'documentNumber', others)).filter((entry) => entry.documentType === INVOICE_ENTRY && isDebit(entry));
  return new Map([...listed, ...entries.map(({ documentNumber, entryNumber }): [string, string] => [documentNumber, ledgerIdOf(entryNumber)])]);
}

interface Books {
  readonly customers: ReadonlyMap<string, string>;
  readonly invoices: ReadonlyMap<string, string>;
  readonly settled: Settled | null;
  readonly local: string;
}

function bookedRecord(step: PlannedStep, entries: readonly LedgerEntry[], books: Books): BookedRecord {
  const [first] = entries;
  if (first === undefined) return { stepKey: step.stepKey, externalId: null, fields: {}, applications: [] };
  const currency = first.currencyCode || books.local;
  const applications = applicationsOf(entries, currency, books);
  const total = entries.reduce((sum, entry) => sum - unitsOf(entry.amount), 0n);
  const applied = applications.reduce((sum, { amount }) => sum + unitsOf(amount), 0n);
  // Closed entries that settle nothing we know of were applied elsewhere: their amount is neither open nor ours.
  const open = entries.filter((entry) => entry.open).reduce((sum, entry) => sum - unitsOf(entry.remaining ?? entry.amount), 0n);
  const unapplied = books.settled === null ? open : total - applied;
  const same = (values: readonly string[]): string => [...new Set(values)].join(', ');
  return {
    stepKey: step.stepKey, externalId: first.entryNumber, applications,
    fields: {
      customer: same(entries.map((entry) => books.customers.get(entry.customerNumber) ?? entry.customerNumber)), amount: textOfUnits(total, currency), currency: same(entries.map((entry) => entry.currencyCode || books.local)),
      postedOn: same(entries.map((entry) => entry.postingDate ?? '')), unapplied: textOfUnits(unapplied, currency), key: same(entries.map((entry) => stepKeyIn(entry.description) ?? entry.description)),
    },
  };
}

function applicationsOf(entries: readonly LedgerEntry[], currency: string, { settled, invoices }: Books): BookedRecord['applications'] {
  const sums = new Map<string, bigint>();
  const add = (invoice: string, units: bigint): void => { sums.set(invoice, (sums.get(invoice) ?? 0n) + units); };
  for (const entry of entries) {
    const number = invoiceNumberOf(entry.description);
    if (settled !== null) for (const share of settled.shares.get(entry.entryNumber) ?? []) add(share.invoice, unitsOf(share.amount));
    else if (number !== null && !entry.open) add(invoices.get(number) ?? number, -unitsOf(entry.amount));
  }
  return [...sums].map(([externalId, units]) => ({ externalId, amount: textOfUnits(units, currency) }));
}

/** Working units finer than any currency, so that an amount with too many decimals shows instead of failing the read-back. */
const UNIT_DECIMALS = 6;

function unitsOf(amount: string): bigint {
  return parseMinorUnits(amount, UNIT_DECIMALS);
}

function textOfUnits(units: bigint, currency: string): string {
  const decimals = isCurrencyCode(currency) ? currencyExponent(currency) : 2;
  const factor = 10n ** BigInt(UNIT_DECIMALS - decimals);
  return units % factor === 0n ? formatMinorUnits(units / factor, decimals) : formatMinorUnits(units, UNIT_DECIMALS);
}

/** What the ledger holds other than a step expects, as field names. Empty when it is as planned. */
export function differencesOf(step: PlannedStep, booked: BookedRecord): readonly string[] {
  if (booked.externalId === null) return ['externalId'];
  const fields = Object.entries(step.expected.fields).filter(([name, value]) => booked.fields[name] !== value).map(([name]) => name);
  const text = (applications: BookedRecord['applications']): string => applications.map((entry) => `${entry.externalId} ${entry.amount}`).toSorted().join(', ');
  return text(step.expected.applications) === text(booked.applications) ? fields : [...fields, 'applications'];
}
