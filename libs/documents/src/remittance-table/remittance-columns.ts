import type { CurrencyCode } from '#canonical';
import type { RemittanceColumns, RemittanceRole } from './remittance-layout.js';
import { remittanceHeaderMeaning, type RemittanceWord } from './remittance-words.js';

/** The columns of a header row, and the currency it names. */
export interface NamedColumns {
  readonly columns: RemittanceColumns;
  readonly currency: CurrencyCode | null;
}

export const NO_COLUMNS: RemittanceColumns = {
  reference: null, kind: null, paid: null, gross: null, discount: null, deduction: null, deductionCode: null, deductionReason: null, purchaseOrder: null, customer: null, payerName: null,
  payment: null, paidOn: null, paymentAmount: null, currency: null, memo: [],
};

/** How surely a row is the header of a remittance: known words, 0 where no item or no amount is named. `named` when it says invoice, not just reference. */
export function remittanceHeaderScore(cells: readonly string[]): { readonly score: number; readonly named: boolean } {
  const roles = new Set<RemittanceWord>();
  for (const cell of cells) {
    const { role } = remittanceHeaderMeaning(cell);
    if (role !== null) roles.add(role);
  }
  const item = roles.has('reference') || roles.has('anyReference') || roles.has('purchaseOrder');
  const money = roles.has('paid') || roles.has('gross') || roles.has('anyAmount') || roles.has('paymentAmount');
  return { score: item && money ? roles.size : 0, named: item && money && (roles.has('reference') || roles.has('discount') || roles.has('deduction')) };
}

/** Words that stand for one role only where no better word does: `Reference` beside `Invoice` is a text, `Amount` beside `Paid` is the gross. */
export function namedColumns(headers: readonly string[]): NamedColumns {
  const found = new Map<RemittanceWord, string>();
  const memo: string[] = [];
  let currency: CurrencyCode | null = null;
  for (const header of headers) {
    const { role, currency: named } = remittanceHeaderMeaning(header);
    currency ??= named;
    if (role === 'memo' || (role !== null && role === 'reference' && found.has(role))) memo.push(header);
    else if (role !== null && !found.has(role)) found.set(role, header);
  }
  const move = (from: RemittanceWord, to: RemittanceWord): void => {
    const header = found.get(from);
    if (header === undefined || found.has(to)) return;
    found.set(to, header);
    found.delete(from);
  };
  move('anyReference', 'reference');
  move('anyAmount', found.has('paid') ? 'gross' : 'paid');
  move('paymentAmount', 'paid');
  // One amount alone is what is paid, unless something taken off it is named too.
  if (!found.has('discount') && !found.has('deduction')) move('gross', 'paid');
  const reference = found.get('anyReference');
  if (reference !== undefined) memo.push(reference);
  const single = Object.fromEntries(Object.keys(NO_COLUMNS).map((role) => [role, found.get(role as RemittanceRole) ?? null]));
  return { columns: { ...(single as unknown as RemittanceColumns), memo }, currency };
}
