import type { DecimalText, JsonObject } from '#canonical';
import type { EntityReader } from '#connector-kit';
import { textOf } from '../../odata/json.js';
import { address } from '../../odata/literal.js';
import { companyPath, pagesOf, rowsWith } from '../api.js';
import { localCurrency } from '../company.js';
import { remainingByAnalytics } from '../ledger/applications.js';
import { earlyDiscounts } from '../ledger/discount.js';
import { CREDIT_MEMO_ENTRY, entryNumberIn, INVOICE_ENTRY, type LedgerEntry } from '../ledger/entry.js';
import { entriesOf, ledgerPath } from '../ledger/routes.js';
import { LEDGER_CREDITS, LEDGER_INVOICES, type LedgerDocuments } from './ledger-documents.js';
import { pagesById } from './lists.js';
import { postedOf, type PostedRow } from './posted.js';
import { contentOf, idOf, recordOf } from './rows.js';
import { leftOf, settledBy, type Settled } from './settled.js';
import { changesIn, plainPages, type Phase, type ToContent } from './windows.js';

type DocumentReader = EntityReader & Required<Pick<EntityReader, 'byIds' | 'ids' | 'openItems'>>;

/** A list of documents, posted and not, and the ledger entries its posted ones make. */
interface DocumentList {
  readonly list: string;
  readonly documentType: string;
  /** Narrows the ledger to entries of the type; null where the type's name has a blank, which filters write in ways no source tells. */
  readonly ledgerFilter: string | null;
  readonly toContent: ToContent;
  /** Documents of the kind that the list does not have. */
  readonly ledgerOnly: LedgerDocuments;
}

/**
 * Documents change in two places: a row of the list moves with the document itself, and only the ledger moves when a part of it is paid
 * (reference, 2.7). Each window therefore walks both, and the ledger once more for what no list has.
 */
function documentReader(documents: DocumentList): DocumentReader {
  const { list, documentType, toContent, ledgerOnly } = documents;
  const rows: Phase = { list: async (context) => companyPath(context, list), toContent };
  return {
    changes: (context, from) => changesIn([rows, ledgerPhase(documents), ledgerOnly.phase], context, from),
    async *byIds(context, externalIds) {
      yield* pagesById(context, list, externalIds.filter((id) => entryNumberIn(id) === null), toContent);
      yield* ledgerOnly.byIds(context, externalIds);
    },
    async *openItems(context) {
      yield* plainPages(context, address(companyPath(context, list), { $filter: 'status eq \'Open\'' }), toContent);
      yield* ledgerOnly.openItems(context);
    },
    async *ids(context) {
      for await (const page of pagesOf(context, address(companyPath(context, list), { $select: 'id,number,status' }))) {
        yield (await postedOf(context, page.rows, documentType)).map(({ row }) => idOf(row));
      }
      yield* ledgerOnly.ids(context);
    },
  };
}

/** A first full read has read every document already. */
function ledgerPhase({ list, documentType, ledgerFilter, toContent }: DocumentList): Phase {
  return {
    async list(context, since) {
      const path = since === null ? null : await ledgerPath(context);
      return path === null ? null : address(path, { $filter: ledgerFilter });
    },
    async toContent(context, rows) {
      const numbers = entriesOf(rows).entries.filter((entry) => entry.documentType === documentType).map((entry) => entry.documentNumber);
      if (numbers.length === 0) return { records: [] };
      return await toContent(context, await rowsWith(context, companyPath(context, list), 'number', numbers));
    },
  };
}

/** A posted invoice; its revision is the younger of its own moment and its ledger entry's. */
const invoiceContent: ToContent = async (context, rows) => {
  const posted = await postedOf(context, rows, INVOICE_ENTRY);
  const local = await localCurrency(context);
  const discounts = await earlyDiscounts(context, posted.filter(({ status }) => status === 'Open').map(({ row, entry }) => ({ row, entry, currency: textOf(row['currencyCode']) || local })));
  return { records: posted.map(({ row, status, entry }) => {
    const discount = discounts.get(idOf(row));
    const granted = discount === undefined ? {} : { earlyDiscountAmount: discount.amount, earlyDiscountUntil: discount.until };
    return recordOf(row, { status, ...entryNumberOf(entry), ...granted }, momentsOf(entry));
  }) };
};

/** A posted credit memo with what is left of it and what it settles: the list tells neither. */
const creditMemoContent: ToContent = async (context, rows) => {
  const posted = await postedOf(context, rows, CREDIT_MEMO_ENTRY);
  const entries = posted.flatMap(({ entry }) => entry ?? []);
  const settled = await settledBy(context, entries);
  const remaining = await remainingByAnalytics(context, entries.map(({ entryNumber }) => entryNumber));
  const local = await localCurrency(context);
  return { records: posted.map((document) => {
    const { row, status, entry } = document;
    return recordOf(row, { status, ...entryNumberOf(entry), ...creditOf(document, settled, remaining, local) }, momentsOf(entry));
  }) };
};

function creditOf(document: PostedRow, settled: Settled, remaining: ReadonlyMap<string, DecimalText>, local: string): JsonObject {
  const { row, status, entry } = document;
  const total = textOf(row['totalAmountIncludingTax']) ?? '0';
  const currency = textOf(row['currencyCode']) || local;
  const closed = entry === null ? status !== 'Open' : !entry.open;
  const shares = closed && settled.from === 'inferred' ? sharesOrNamedInvoice(document, settled, total) : settled.shares.get(entry?.entryNumber ?? '') ?? [];
  const told = entry?.remaining ?? (currency === local ? remaining.get(entry?.entryNumber ?? '') ?? null : null);
  const open = told === null ? leftOf(total, shares, currency) : told.replace(/^-/, '');
  return {
    currencyCode: currency, remainingAmount: closed ? '0' : open, allocations: shares, allocationsFrom: settled.from,
    remainingFrom: closed || told !== null ? 'ledger' : 'inferred',
  };
}

/** A credit memo that was posted against one invoice and is used up has settled that invoice. */
function sharesOrNamedInvoice({ row, entry }: PostedRow, settled: Settled, total: DecimalText): readonly { readonly invoice: string; readonly amount: DecimalText }[] {
  const own = settled.shares.get(entry?.entryNumber ?? '') ?? [];
  const invoice = textOf(contentOf(row)['invoiceId']);
  return own.length > 0 || invoice === null ? own : [{ invoice, amount: total }];
}

function entryNumberOf(entry: LedgerEntry | null): JsonObject {
  return entry === null ? {} : { ledgerEntryNumber: entry.entryNumber };
}

function momentsOf(entry: LedgerEntry | null): readonly string[] {
  return entry === null ? [] : [entry.modified];
}

export const INVOICE_READER = documentReader({ list: 'salesInvoices', documentType: INVOICE_ENTRY, ledgerFilter: `documentType eq 'Invoice'`, toContent: invoiceContent, ledgerOnly: LEDGER_INVOICES });
export const CREDIT_MEMO_READER = documentReader({ list: 'salesCreditMemos', documentType: CREDIT_MEMO_ENTRY, ledgerFilter: null, toContent: creditMemoContent, ledgerOnly: LEDGER_CREDITS });

