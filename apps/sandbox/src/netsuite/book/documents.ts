import { toBase } from '../../simulation/book-amounts.js';
import type { Binding, Book } from './book.js';

/** SuiteQL's `type` codes; the record service speaks of `invoice`, `customerPayment`... Mixing the two gives zero rows (A3). */
export type TransactionType = 'CustInvc' | 'CustCred' | 'CustPymt' | 'CustDep' | 'DepAppl' | 'CustRfnd' | 'Journal';

export interface TransactionKind {
  readonly type: TransactionType;
  /** SuiteQL `recordtype`: lower case. */
  readonly recordType: string;
  readonly label: string;
  readonly numberPrefix: string;
  readonly initialStatus: string;
  /** The line of the document that stands on the receivables account, when it is the same on all documents of the kind. */
  readonly receivableLine: number | null;
}

export const KINDS: Readonly<Record<TransactionType, TransactionKind>> = {
  CustInvc: { type: 'CustInvc', recordType: 'invoice', label: 'Invoice', numberPrefix: 'INV', initialStatus: 'A', receivableLine: 0 },
  CustCred: { type: 'CustCred', recordType: 'creditmemo', label: 'Credit Memo', numberPrefix: 'CM', initialStatus: 'A', receivableLine: 0 },
  CustPymt: { type: 'CustPymt', recordType: 'customerpayment', label: 'Payment', numberPrefix: 'PYMT', initialStatus: 'B', receivableLine: 1 },
  CustDep: { type: 'CustDep', recordType: 'customerdeposit', label: 'Customer Deposit', numberPrefix: 'CD', initialStatus: 'A', receivableLine: null },
  DepAppl: { type: 'DepAppl', recordType: 'depositapplication', label: 'Deposit Application', numberPrefix: 'DA', initialStatus: 'Y', receivableLine: 1 },
  CustRfnd: { type: 'CustRfnd', recordType: 'customerrefund', label: 'Customer Refund', numberPrefix: 'RF', initialStatus: 'Y', receivableLine: 1 },
  Journal: { type: 'Journal', recordType: 'journalentry', label: 'Journal', numberPrefix: 'JE', initialStatus: 'B', receivableLine: null },
};

/** One ledger line; `amount` is signed as the general ledger signs it: debit positive, credit negative. */
export interface LineDraft {
  readonly account: number;
  readonly amount: bigint;
  readonly item?: number;
  readonly tax?: boolean;
  readonly entity?: number;
  readonly memo?: string;
  readonly department?: number;
  /** A journal line on receivables with a customer: it can be applied (debit) or used to pay (credit). */
  readonly open?: boolean;
}

export interface DocumentDraft {
  readonly id: number;
  readonly type: TransactionType;
  readonly tranId: string;
  readonly externalId?: string;
  readonly entity: number | null;
  readonly subsidiary: number;
  readonly currency: number;
  readonly exchangeRate: string;
  /** Positive, in transaction currency. */
  readonly total: bigint;
  /** Of `total`, what is already applied. */
  readonly settled?: bigint;
  readonly tranDate: string;
  readonly dueDate?: string;
  readonly period: number | null;
  readonly terms?: number;
  readonly memo?: string;
  readonly otherRefNum?: string;
  readonly checkNumber?: string;
  readonly status?: string;
  readonly posting?: boolean;
  readonly approvalStatus?: number;
  readonly receivableAccount?: number;
  readonly account?: number;
  readonly undeposited?: boolean;
  readonly bankDeposit?: string;
  readonly createdFrom?: number;
  readonly deposit?: number;
  readonly modified: string;
  readonly created?: string;
  readonly lines: readonly LineDraft[];
}

const INSERT_TRANSACTION = `INSERT INTO "transaction" (id, tranid, transactionnumber, externalid, type, recordtype, status, entity, trandate, duedate, closedate,
  createddate, lastmodifieddate, postingperiod, posting, currency, exchangerate, foreigntotal, foreignamountpaid, foreignamountunpaid,
  foreignpaymentamountused, foreignpaymentamountunused, memo, otherrefnum, terms, voided, approvalstatus, isreversal, reversal,
  x_subsidiary, x_araccount, x_account, x_undeposited, x_bankdeposit, x_locked, x_createdfrom, x_checknumber, x_deposit)
  VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,'F',?,'F',NULL,?,?,?,?,?,NULL,?,?,?)`;
const INSERT_LINE = `INSERT INTO transactionline ("transaction", id, linesequencenumber, item, subsidiary, department, class, location, entity, mainline, taxline, memo,
  linelastmodifieddate, foreignamount, netamount, foreignamountpaid, foreignamountunpaid, foreignpaymentamountused, foreignpaymentamountunused, x_account)
  VALUES (?,?,?,?,?,?,NULL,NULL,?,?,?,?,?,?,?,?,?,?,?,?)`;
const INSERT_ACCOUNTING = `INSERT INTO transactionaccountingline ("transaction", transactionline, account, accountingbook, posting, exchangerate, amount, debit, credit,
  netamount, amountpaid, amountunpaid, amountlinked, paymentamountused, paymentamountunused) VALUES (?,?,?,1,?,?,?,?,?,?,?,?,?,?,?)`;

/** Invoices and debits are paid; credits, payments and deposits are used. */
export function isReceivable(type: TransactionType): boolean {
  return type === 'CustInvc';
}

function isCredit(type: TransactionType): boolean {
  return type === 'CustCred' || type === 'CustPymt' || type === 'CustDep' || type === 'DepAppl';
}

/** The sign `foreigntotal` and the main line carry: that of the main line in the general ledger. Assumed; see README. */
export function headerSign(type: TransactionType): bigint {
  return type === 'CustCred' || type === 'CustRfnd' ? -1n : 1n;
}

/** Writes a document with its lines and accounting lines as given; no rule is checked here. */
export function insertDocument(book: Book, draft: DocumentDraft): void {
  const kind = KINDS[draft.type];
  const settled = draft.settled ?? 0n;
  const open = draft.total - settled;
  const receivable = isReceivable(draft.type);
  const credit = isCredit(draft.type);
  const balances = receivable ? [settled, open, null, null] : credit ? [null, null, settled, open] : [null, null, null, null];
  const closedOn = receivable && open === 0n ? draft.modified.slice(0, 10) : null;
  book.run(
    INSERT_TRANSACTION, draft.id, draft.tranId, `${kind.numberPrefix}${draft.id}`, orNull(draft.externalId), draft.type, kind.recordType,
    draft.status ?? initialStatus(kind, open), draft.entity, draft.tranDate, orNull(draft.dueDate), closedOn,
    draft.created ?? draft.modified, draft.modified, draft.period, draft.posting === false ? 'F' : 'T', draft.currency, draft.exchangeRate,
    draft.total * headerSign(draft.type), ...balances, orNull(draft.memo), orNull(draft.otherRefNum), orNull(draft.terms), orNull(draft.approvalStatus),
    draft.subsidiary, orNull(draft.receivableAccount), orNull(draft.account), draft.undeposited === true ? 'T' : 'F', orNull(draft.bankDeposit),
    orNull(draft.createdFrom), orNull(draft.checkNumber), orNull(draft.deposit),
  );
  draft.lines.forEach((line, id) => { insertLine(book, draft, line, id, settled); });
}

function orNull<T extends Binding>(value: T | undefined): T | null {
  return value ?? null;
}

/** B = Paid In Full, Fully Applied, where the kind has such a status. */
function initialStatus(kind: TransactionKind, open: bigint): string {
  const closes = kind.type === 'CustInvc' || kind.type === 'CustCred' || kind.type === 'CustDep';
  return closes && open === 0n ? 'B' : kind.initialStatus;
}

function insertLine(book: Book, draft: DocumentDraft, line: LineDraft, id: number, settled: bigint): void {
  const magnitude = line.amount < 0n ? -line.amount : line.amount;
  const debitOpen = line.open === true && line.amount > 0n;
  const creditOpen = line.open === true && line.amount < 0n;
  book.run(
    INSERT_LINE, draft.id, id, id, orNull(line.item), draft.subsidiary, orNull(line.department), line.entity ?? draft.entity,
    id === 0 ? 'T' : 'F', line.tax === true ? 'T' : 'F', line.memo ?? null, draft.modified, line.amount, line.amount,
    debitOpen ? 0n : null, debitOpen ? magnitude : null, creditOpen ? 0n : null, creditOpen ? magnitude : null, line.account,
  );
  insertAccountingLine(book, draft, line, id, settled);
}

function insertAccountingLine(book: Book, draft: DocumentDraft, line: LineDraft, id: number, settled: bigint): void {
  const base = toBase(line.amount, draft.exchangeRate);
  const baseMagnitude = base < 0n ? -base : base;
  const carriesBalance = KINDS[draft.type].receivableLine === id || line.open === true;
  const baseSettled = toBase(settled, draft.exchangeRate);
  const paid: Binding[] = !carriesBalance ? [null, null, null, null, null]
    : isReceivable(draft.type) || (line.open === true && line.amount > 0n) ? [baseSettled, baseMagnitude - baseSettled, baseSettled, null, null]
      : [null, null, baseSettled, baseSettled, baseMagnitude - baseSettled];
  book.run(
    INSERT_ACCOUNTING, draft.id, id, line.account, draft.posting === false ? 'F' : 'T', draft.exchangeRate, base,
    base > 0n ? baseMagnitude : null, base < 0n ? baseMagnitude : null, base, ...paid,
  );
}

/** One application between two lines; `via` is the payment a credit was ticked on, when it was not the credit itself that applied. */
export interface LinkDraft {
  readonly previous: number;
  readonly previousLine: number;
  readonly previousType: TransactionType;
  readonly next: number;
  readonly nextLine: number;
  readonly nextType: TransactionType;
  readonly linkType: 'Payment' | 'DepAppl';
  readonly amount: bigint;
  readonly appliedOn: string;
  readonly via?: number;
}

const INSERT_LINK = `INSERT INTO transactionlink (previousdoc, previousline, nextdoc, nextline, linktype, foreignamount, previoustype, nexttype, x_via, x_applied_on)
  VALUES (?,?,?,?,?,?,?,?,?,?)`;

/** Amounts from here on are written as two line pairs on every third pair of documents: links are one row per line pair, not per document (A3). */
const SPLIT_UNITS_MIN = 20_000n;

export function insertLink(book: Book, link: LinkDraft): void {
  const rest: Binding[] = [link.previousType, link.nextType, link.via ?? null, link.appliedOn];
  const splits = link.linkType === 'Payment' && link.nextType !== 'Journal' && link.amount >= SPLIT_UNITS_MIN && (link.previous + link.next) % 3 === 0;
  const first = splits ? (link.amount / 20_000n) * 10_000n : link.amount;
  book.run(INSERT_LINK, link.previous, link.previousLine, link.next, link.nextLine, link.linkType, first, ...rest);
  if (splits) book.run(INSERT_LINK, link.previous, link.previousLine, link.next, link.nextLine + 1, link.linkType, link.amount - first, ...rest);
}
