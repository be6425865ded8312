import { resolve, type Account } from './account.js';
import { itemsOf, openItemsOf, type AppliedLine, type OpenItem } from './balances.js';
import { amountField, flagField, referenceField, textField, type SublistBody } from './body.js';
import { invalidValue, userError } from './record-error.js';

/** Whose money it is and which items it may settle: same family, currency, receivables account and subsidiary (reference A0 fact 9, A7). */
export interface Scope {
  readonly customers: ReadonlySet<number>;
  readonly currency: number;
  readonly decimals: number;
  readonly receivableAccount: number | null;
  readonly subsidiary: number;
}

export interface Ticked {
  readonly item: OpenItem;
  readonly amount: bigint;
  /** Where an error about the line points: `apply.items[2]`. */
  readonly path: string;
}

export type TickedLines = Map<string, Ticked>;

const keyOf = (document: number, line: number): string => `${document}:${line}`;

/** The lines as they stand, in the form a PATCH is merged into. */
export function standingLines(account: Account, applied: readonly AppliedLine[], sublist: string): TickedLines {
  const lines: TickedLines = new Map();
  for (const applied_ of applied) {
    const item = itemsOf(account, applied_.document).find((candidate) => candidate.line === applied_.line);
    if (item !== undefined) lines.set(keyOf(item.document, item.line), { item, amount: applied_.amount, path: sublist });
  }
  return lines;
}

/**
 * Merges a sublist body into the standing lines (reference A2 "Sublists", A5 "Update"): keyed by `doc`, then `line`; `apply:false` or `amount:0`
 * un-applies; `items:null` clears; `?replace=` drops every line that is not named; other lines stay.
 * @throws RecordError for a document that is not among the customer's open items, and for more than is due
 */
export function mergeLines(account: Account, scope: Scope, standing: TickedLines, body: SublistBody | undefined, sublist: string, replace: boolean): TickedLines {
  if (body === undefined) return standing;
  if (body.items === null) return new Map();
  const result: TickedLines = replace ? new Map() : new Map(standing);
  body.items.forEach((line, index) => {
    const path = `${sublist}.items[${index}]`;
    const reference = referenceField(line, 'doc', `${path}.doc`);
    if (reference === undefined || reference === null) throw userError('You must enter a value for doc.', `${path}.doc`);
    const document = resolve(account, 'transaction', reference, 'doc', `${path}.doc`).id;
    const item = itemOf(account, document, textField(line, 'line', `${path}.line`), sublist, path);
    checkScope(scope, item, sublist === 'credit' ? 'used' : 'paid', path);
    const before = standing.get(keyOf(item.document, item.line))?.amount ?? 0n;
    const amount = amountField(line, 'amount', scope.decimals, `${path}.amount`);
    const apply = flagField(line, 'apply', `${path}.apply`);
    if (apply === false || amount === 0n || (apply === undefined && amount === undefined)) {
      result.delete(keyOf(item.document, item.line));
      return;
    }
    const wanted = amount ?? (before > 0n ? before : item.open);
    if (wanted < 0n) throw invalidValue(String(line['amount']), 'amount', `${path}.amount`);
    if (wanted > item.open + before) throw userError(`The amount applied to ${item.tranId} cannot exceed the amount due.`, path);
    result.set(keyOf(item.document, item.line), { item, amount: wanted, path });
  });
  return result;
}

/** A line id is the transaction's own, not a row number; without one the first open line is taken. */
function itemOf(account: Account, document: number, line: string | undefined, sublist: string, path: string): OpenItem {
  const side = sublist === 'credit' ? 'used' : 'paid';
  const items = itemsOf(account, document).filter((item) => sublist === 'refund' || item.side === side);
  const found = line === undefined || (line === '0' && items.every((item) => item.grain === 'document'))
    ? items.find((item) => item.open > 0n) ?? items[0]
    : items.find((item) => String(item.line) === line);
  if (found === undefined) throw invalidValue(line === undefined ? String(document) : line, line === undefined ? 'doc' : 'line', `${path}.${line === undefined ? 'doc' : 'line'}`);
  return found;
}

/** The real service only offers matching documents, so a wrong one is an invalid value of `doc`. */
function checkScope(scope: Scope, item: OpenItem, side: OpenItem['side'], path: string): void {
  const matches = item.side === side && item.posting && item.type !== 'CustDep' && item.type !== 'CustPymt'
    && item.entity !== null && scope.customers.has(item.entity) && item.currency === scope.currency && item.subsidiary === scope.subsidiary
    && (scope.receivableAccount === null || item.receivableAccount === scope.receivableAccount);
  if (!matches) throw invalidValue(String(item.document), 'doc', `${path}.doc`);
}

/** `autoApply:true`: everything open, oldest first, as far as the money goes. */
export function autoApplied(account: Account, scope: Scope, amount: bigint): TickedLines {
  const lines: TickedLines = new Map();
  let left = amount;
  for (const item of matchingItems(account, scope, 'paid')) {
    const taken = item.open < left ? item.open : left;
    if (taken <= 0n) break;
    lines.set(keyOf(item.document, item.line), { item, amount: taken, path: 'apply' });
    left -= taken;
  }
  return lines;
}

/** Open items the money of `scope` may settle (or credits it may use), oldest first. */
export function matchingItems(account: Account, scope: Scope, side: OpenItem['side']): OpenItem[] {
  return openItemsOf(account, scope.customers, side).filter((item) => item.currency === scope.currency && item.subsidiary === scope.subsidiary
    && (scope.receivableAccount === null || item.receivableAccount === scope.receivableAccount));
}

export function totalOf(lines: TickedLines): bigint {
  let total = 0n;
  for (const line of lines.values()) total += line.amount;
  return total;
}
