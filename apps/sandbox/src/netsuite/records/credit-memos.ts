import type { Row } from '../book/book.js';
import { insertDocument, type LineDraft } from '../book/documents.js';
import { toBase } from '../../simulation/book-amounts.js';
import type { Account } from './account.js';
import { mergeLines, standingLines, totalOf, type Scope, type TickedLines } from './applications.js';
import { appliedBy, itemsOf, link, settle, touch } from './balances.js';
import { amountField, referenceField, sublistField, textField, type Body } from './body.js';
import { accountOfType, readHeader, scopeOf, scopeOfRow, type Header } from './drafting.js';
import { editHeader } from './editing.js';
import { invalidValue, userError, valueMissing } from './record-error.js';

/** Lines of an invoice or credit memo: `amount`, or `quantity` times `rate`; revenue is negative on an invoice (general-ledger sign). */
export function readItems(account: Account, body: Body, header: Header, sign: 1n | -1n): LineDraft[] {
  const items = sublistField(body, 'item')?.items ?? [];
  const income = accountOfType(account, 'income', header.currency);
  return items.map((item, index) => {
    const path = `item.items[${index}]`;
    const reference = referenceField(item, 'item', `${path}.item`);
    if (reference === undefined || reference === null) throw valueMissing('Item', `${path}.item`);
    const id = 'id' in reference ? reference.id : reference.externalId;
    if (!/^\d+$/.test(id) || Number(id) < 1 || Number(id) > ITEM_ID_MAX) throw invalidValue(id, 'item', path);
    const amount = amountField(item, 'amount', header.decimals, `${path}.amount`) ?? quantityTimesRate(item, header.decimals, path);
    const memo = textField(item, 'description');
    return { account: income, amount: sign * amount, item: Number(id), ...(memo === undefined ? {} : { memo }) };
  });
}

/** Items are not kept as records; ids 1 to 50 exist. */
const ITEM_ID_MAX = 50;

function quantityTimesRate(item: Body, decimals: number, path: string): bigint {
  const rate = amountField(item, 'rate', 4, `${path}.rate`);
  if (rate === undefined) throw valueMissing('Amount', `${path}.amount`);
  return toBase(rate, textField(item, 'quantity') ?? '1', decimals);
}

export function createCreditMemo(account: Account, body: Body, createdFrom?: number): number {
  const header = readHeader(account, 'CustCred', body, 'entity', 'account');
  const lines = readItems(account, body, header, 1n);
  const total = lines.reduce((sum, line) => sum + line.amount, 0n);
  if (lines.length === 0) throw userError('You must enter at least one line item for this transaction.', 'item');
  if (total < 0n) throw userError('The total of a credit memo must not be negative.', 'item');
  insertDocument(account.book, {
    id: header.id, type: 'CustCred', tranId: header.tranId, entity: header.customer.id, subsidiary: header.subsidiary, currency: header.currency,
    exchangeRate: header.exchangeRate, total, tranDate: header.tranDate, period: header.period, modified: header.now, receivableAccount: header.receivableAccount,
    ...(header.externalId === undefined ? {} : { externalId: header.externalId }), ...(header.memo === undefined ? {} : { memo: header.memo }),
    ...(createdFrom === undefined ? {} : { createdFrom }), lines: [{ account: header.receivableAccount, amount: -total }, ...lines],
  });
  const applied = mergeLines(account, scopeOf(account, header), new Map(), sublistField(body, 'apply'), 'apply', false);
  applyCredit(account, header.id, total, applied, new Map());
  return header.id;
}

export function updateCreditMemo(account: Account, row: Row & { id: number }, body: Body, replace: ReadonlySet<string>): void {
  if (body['item'] !== undefined) throw userError('Changing the lines of a saved credit memo is not simulated.', 'item');
  editHeader(account, row, body, 'entity');
  const applyBody = sublistField(body, 'apply');
  if (applyBody === undefined) return;
  const standing = standingLines(account, appliedBy(account, row.id), 'apply');
  const scope: Scope = scopeOfRow(account, row);
  const wanted = mergeLines(account, scope, standing, applyBody, 'apply', replace.has('apply'));
  applyCredit(account, row.id, -BigInt(Number(row['foreigntotal'])), wanted, standing);
  touch(account, row.id);
}

/** Only lines that change are rewritten, so links made through a payment survive an edit of other lines. */
export function applyCredit(account: Account, credit: number, total: bigint, wanted: TickedLines, standing: TickedLines): void {
  const [first] = wanted.values();
  if (totalOf(wanted) > total) throw userError('The total of the applied amounts exceeds the credit.', first?.path ?? 'apply');
  let moved = 0n;
  for (const [key, before] of standing) {
    if (wanted.get(key)?.amount === before.amount) continue;
    settle(account, fresh(account, before.item.document, before.item.line), -before.amount);
    account.book.run('DELETE FROM transactionlink WHERE nextdoc = ? AND previousdoc = ? AND previousline = ?', credit, before.item.document, before.item.line);
    moved -= before.amount;
  }
  for (const [key, ticked] of wanted) {
    if (standing.get(key)?.amount === ticked.amount) continue;
    link(account, { source: { document: credit, line: 0, type: 'CustCred' }, target: fresh(account, ticked.item.document, ticked.item.line), amount: ticked.amount });
    moved += ticked.amount;
  }
  if (moved !== 0n) settle(account, fresh(account, credit, 0), moved);
}

export function fresh(account: Account, document: number, line: number): ReturnType<typeof itemsOf>[number] {
  const item = itemsOf(account, document).find((candidate) => candidate.line === line);
  if (item === undefined) throw userError(`The transaction ${document} has no open line ${line}.`);
  return item;
}
