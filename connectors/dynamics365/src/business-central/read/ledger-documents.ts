import type { DecimalText, JsonObject } from '#canonical';
import type { Context, Page } from '#connector-kit';
import { address } from '../../odata/literal.js';
import { BATCH_OPERATIONS_MAX, pagesOf, slices } from '../api.js';
import { localCurrency } from '../company.js';
import { factsByAnalytics, type AnalyticsFacts } from '../ledger/applications.js';
import { dayOrNull, entryNumberIn, isCredit, isDebit, ledgerIdOf, type LedgerEntry } from '../ledger/entry.js';
import { reversedAmong } from '../ledger/reversed.js';
import { entriesOf, entriesWithNumbers, ledgerPath } from '../ledger/routes.js';
import { checkpointOf } from './checkpoint.js';
import { customerIds } from './lists.js';
import { contentOf } from './rows.js';
import { creditIds, debitIds, leftOf, settledBy } from './settled.js';
import { plainPages, type PageContent, type Phase } from './windows.js';

/**
 * Documents that nobody wrote a sales document for: opening balances, finance charges, reminders. The lists of documents do not have
 * them, only the customer ledger shows them (reference, 2.4). Each is one entry and has an id made of its number.
 */
export interface LedgerDocuments {
  readonly phase: Phase;
  byIds(context: Context, externalIds: readonly string[]): AsyncGenerator<Page>;
  openItems(context: Context): AsyncGenerator<Page>;
  ids(context: Context): AsyncGenerator<readonly string[]>;
}

/** Where the open amount of an entry is from. `amount`: nothing tells it, so an open entry counts as wholly open. */
export type RemainingSource = 'ledger' | 'analytics' | 'amount';

interface Kind {
  readonly fits: (entry: LedgerEntry) => boolean;
  readonly idsOf: (context: Context, entries: readonly LedgerEntry[]) => Promise<ReadonlyMap<string, string>>;
  /** What records of the kind have beside the fields of every document. */
  readonly added: (context: Context, entries: readonly LedgerEntry[]) => Promise<(entry: LedgerEntry) => JsonObject>;
}

function documentsOf(kind: Kind): LedgerDocuments {
  const toContent = async (context: Context, rows: readonly JsonObject[]): Promise<PageContent> => await contentOfEntries(kind, context, entriesOf(rows).entries);
  return {
    phase: { list: async (context) => await ledgerPath(context), toContent },
    async *byIds(context, externalIds) {
      const checkpoint = checkpointOf({ at: 'rest', cursor: context.now().toISOString() });
      for (const slice of slices(externalIds.flatMap((id) => entryNumberIn(id) ?? []), BATCH_OPERATIONS_MAX)) {
        const content = await contentOfEntries(kind, context, await entriesWithNumbers(context, slice));
        if (content.records.length > 0) yield { ...content, checkpoint };
      }
    },
    async *openItems(context) {
      const path = await ledgerPath(context);
      if (path !== null) yield* plainPages(context, address(path, { $filter: 'open eq true' }), toContent);
    },
    async *ids(context) {
      const path = await ledgerPath(context);
      if (path === null) return;
      for await (const { rows } of pagesOf(context, path)) yield (await onlyInLedger(kind, context, entriesOf(rows).entries)).map(({ entryNumber }) => ledgerIdOf(entryNumber));
    },
  };
}

async function onlyInLedger(kind: Kind, context: Context, entries: readonly LedgerEntry[]): Promise<readonly LedgerEntry[]> {
  const fitting = entries.filter(kind.fits);
  const ids = await kind.idsOf(context, fitting);
  return fitting.filter(({ entryNumber }) => ids.get(entryNumber) === ledgerIdOf(entryNumber));
}

async function contentOfEntries(kind: Kind, context: Context, all: readonly LedgerEntry[]): Promise<PageContent> {
  const entries = await onlyInLedger(kind, context, all);
  if (entries.length === 0) return { records: [] };
  const [customers, facts, reversed, local, added] = [
    await customerIds(context, entries.map(({ customerNumber }) => customerNumber)), await factsByAnalytics(context, entries.map(({ entryNumber }) => entryNumber)),
    await reversedAmong(context, entries.filter(({ open }) => !open)), await localCurrency(context), await kind.added(context, entries),
  ];
  return { records: entries.map((entry) => {
    const analytics = facts.get(entry.entryNumber) ?? null;
    const { remaining, from } = remainingOf(entry, analytics, local);
    const own: JsonObject = {
      ...contentOf(entry.row), id: ledgerIdOf(entry.entryNumber), number: entry.documentNumber || entry.entryNumber, billToCustomerId: customers.get(entry.customerNumber) ?? null,
      currencyCode: entry.currencyCode || local, invoiceDate: dayOrNull(entry.row['documentDate']), dueDate: dayOrNull(entry.row['dueDate']) ?? analytics?.dueOn ?? null,
      totalAmountIncludingTax: magnitudeOf(entry.amount), remainingAmount: magnitudeOf(remaining), remainingFrom: from, ledgerEntryNumber: entry.entryNumber,
      status: reversed.has(entry.entryNumber) ? 'Canceled' : entry.open ? 'Open' : 'Paid',
    };
    return { externalId: ledgerIdOf(entry.entryNumber), revision: entry.modified, deleted: false, payload: { ...own, ...added(entry) } };
  }) };
}

/**
 * What is open of an entry, signed, and who says so: the extension in the entry's own currency, analytics in the company's alone. The app
 * "API Reports - Finance" says neither; an open entry then counts with its whole amount, which a part payment makes too much.
 */
export function remainingOf(entry: LedgerEntry, analytics: AnalyticsFacts | null, local: string): { readonly remaining: DecimalText; readonly from: RemainingSource } {
  if (!entry.open) return { remaining: '0', from: 'ledger' };
  if (entry.remaining !== null) return { remaining: entry.remaining, from: 'ledger' };
  return analytics !== null && (entry.currencyCode || local) === local ? { remaining: analytics.remaining, from: 'analytics' } : { remaining: entry.amount, from: 'amount' };
}

function magnitudeOf(amount: DecimalText): DecimalText {
  return amount.replace(/^-/, '');
}

export const LEDGER_INVOICES: LedgerDocuments = documentsOf({ fits: isDebit, idsOf: debitIds, added: async () => () => ({}) });

/** Credits say what they settle; where no route tells what is left of one, its shares do. */
export const LEDGER_CREDITS: LedgerDocuments = documentsOf({
  fits: isCredit,
  idsOf: creditIds,
  async added(context, entries) {
    const [settled, local] = [await settledBy(context, entries), await localCurrency(context)];
    const facts = await factsByAnalytics(context, entries.map(({ entryNumber }) => entryNumber));
    return (entry) => {
      const allocations = settled.shares.get(entry.entryNumber) ?? [];
      const told = remainingOf(entry, facts.get(entry.entryNumber) ?? null, local).from !== 'amount';
      return { creditMemoDate: dayOrNull(entry.row['documentDate']), allocations, allocationsFrom: settled.from, ...(told ? {} : { remainingAmount: leftOf(entry.amount, allocations, entry.currencyCode || local), remainingFrom: 'inferred' }) };
    };
  },
});
