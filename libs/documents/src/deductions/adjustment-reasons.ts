/** What a short payment is about, as receivables people group it. */
export const REASON_GROUPS = [
  'pricing', 'quantity', 'quality', 'damage', 'return', 'freight', 'promotion', 'discount', 'tax', 'duplicate', 'documents', 'late', 'rebate', 'balance', 'other',
] as const;
export type ReasonGroup = (typeof REASON_GROUPS)[number];

export interface AdjustmentReason {
  readonly title: string;
  readonly group: ReasonGroup;
}

/**
 * Adjustment reason codes of X12 element 426 that are met in receivables, grouped (reference section 5). The list of the standard has some
 * 370 more, of other trades; they are kept as written.
 */
const REASONS: ReadonlyMap<string, AdjustmentReason> = new Map(([
  ['01', 'Pricing error', 'pricing'], ['02', 'Allowance or charge error', 'pricing'], ['03', 'Extension error', 'pricing'], ['09', 'Terms of sale error', 'pricing'], ['57', 'Volume discount', 'pricing'],
  ['04', 'Item damaged', 'damage'], ['05', 'Quality problem', 'quality'], ['06', 'Quantity contested', 'quantity'], ['07', 'Incorrect product', 'quality'], ['08', 'Substitute product', 'quality'],
  ['59', 'Item not received', 'quantity'], ['25', 'Item not accepted', 'quality'], ['41', 'Item not accepted', 'quality'], ['42', 'Item not accepted', 'quality'],
  ['11', 'Returns, damage', 'return'], ['12', 'Returns, quality', 'return'], ['13', 'Returns, dating', 'return'], ['14', 'Returns, promotion', 'return'], ['15', 'Returns, recall', 'return'], ['72', 'Authorized return', 'return'],
  ['22', 'Freight', 'freight'], ['30', 'Freight', 'freight'], ['31', 'Freight', 'freight'], ['46', 'Freight', 'freight'], ['54', 'Freight deducted', 'freight'],
  ['56', 'Advertising allowance taken', 'promotion'], ['71', 'Promotion', 'promotion'],
  ['24', 'Incorrect discount', 'discount'], ['43', 'Missing discount', 'discount'], ['90', 'Early payment allowance', 'discount'],
  ['55', 'Tax deducted', 'tax'],
  ['19', 'Duplicate billing', 'duplicate'], ['17', 'Duplicate or no document', 'documents'], ['18', 'Duplicate or no document', 'documents'], ['26', 'Invoice cancelled', 'documents'], ['44', 'Documents missing', 'documents'],
  ['58', 'Duplicate or no document', 'documents'], ['60', 'No open item on file', 'documents'], ['61', 'No open order on file', 'documents'], ['70', 'Ship notice not received', 'documents'], ['73', 'Bill of lading not received', 'documents'],
  ['50', 'Late charge', 'late'], ['51', 'Interest penalty', 'late'], ['L6', 'Interest owed', 'late'], ['J1', 'Interest', 'late'],
  ['20', 'Balance', 'balance'], ['52', 'Credit for previous overpayment', 'balance'], ['53', 'Remittance for previous underpayment', 'balance'], ['63', 'Balance', 'balance'],
  ['WO', 'Overpayment recovery', 'balance'], ['FB', 'Forwarding balance', 'balance'], ['B2', 'Rebate', 'rebate'], ['B3', 'Recovery allowance', 'rebate'],
  ['81', 'Credit as agreed', 'other'], ['CS', 'Adjustment', 'other'], ['ZZ', 'Mutually defined', 'other'],
] as const).map(([code, title, group]) => [code, { title, group }]));

/** Null for a code that is not listed here. Codes of one digit are met without their zero. */
export function adjustmentReason(code: string): AdjustmentReason | null {
  const written = code.trim().toUpperCase();
  return REASONS.get(/^\d$/.test(written) ? `0${written}` : written) ?? null;
}
