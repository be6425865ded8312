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
 * Adjustment reason codes of X12 element 426 (004010) that are met in receivables and on freight bills, with their titles and grouped
 * (reference section 5). The standard has some 300 more, of mortgages and health claims; they are kept as written.
 */
const REASONS: ReadonlyMap<string, AdjustmentReason> = new Map(([
  ['01', 'Pricing error', 'pricing'], ['02', 'Allowance/charge error', 'pricing'], ['03', 'Extension error', 'pricing'], ['09', 'Terms of sale error', 'pricing'], ['10', 'Pallet/container charge error', 'pricing'],
  ['16', 'Non-invoice related allowance/charge', 'other'], ['23', 'Special charge not authorized', 'pricing'], ['29', 'Fee incorrect', 'pricing'], ['57', 'Volume discount taken', 'pricing'],
  ['04', 'Item not accepted - damaged', 'damage'], ['05', 'Item not accepted - quality', 'quality'], ['07', 'Incorrect product', 'quality'], ['08', 'Substitute product', 'quality'],
  ['25', 'Item not accepted', 'quality'], ['41', 'Item not accepted - delay', 'quality'],
  ['06', 'Quantity contested', 'quantity'], ['42', 'Item not accepted - loss', 'quantity'], ['59', 'Item not received', 'quantity'],
  ['11', 'Returns - damage', 'return'], ['12', 'Returns - quality', 'return'], ['13', 'Returns - dating', 'return'], ['14', 'Returns - promotion', 'return'], ['15', 'Returns - recall', 'return'],
  ['72', 'Authorized return', 'return'],
  ['21', 'Shipment method of payment incorrect', 'freight'], ['22', 'Weight error', 'freight'], ['30', 'Delivery charge incorrect', 'freight'], ['31', 'Pickup charge incorrect', 'freight'],
  ['32', 'Oversize premium invalid', 'freight'], ['46', 'Transportation charge incorrect', 'freight'], ['47', 'Advanced charge incorrect', 'freight'], ['54', 'Freight deducted', 'freight'],
  ['56', 'Advertising allowance taken', 'promotion'], ['71', 'Advertising allowance', 'promotion'],
  ['24', 'Incorrect discount', 'discount'], ['43', 'Missing discount', 'discount'], ['90', 'Early payment allowance', 'discount'], ['55', 'Tax deducted', 'tax'], ['19', 'Duplicate billing', 'duplicate'],
  ['17', 'Required data missing', 'documents'], ['18', 'Not company bill', 'documents'], ['26', 'Invoice cancelled', 'documents'], ['39', 'Shipper/consignee reference number missing', 'documents'],
  ['44', 'Required documents missing', 'documents'], ['45', 'Stale bill over 180 days old', 'documents'], ['58', 'Invoice received after final billing', 'documents'], ['60', 'No open item on file', 'documents'],
  ['61', 'No open order on file', 'documents'], ['62', 'Material/item description error', 'documents'], ['70', 'Advance ship notice not received', 'documents'], ['73', 'Bill of lading not received', 'documents'],
  ['50', 'Late charge', 'late'], ['51', 'Interest penalty charge', 'late'], ['L6', 'Interest owed', 'late'], ['28', 'Rebated shipments', 'rebate'], ['B2', 'Rebate', 'rebate'], ['B3', 'Recovery allowance', 'rebate'],
  ['20', 'Balance due declined', 'balance'], ['52', 'Credit for previous overpayment', 'balance'], ['53', 'Remittance for previous underpayment', 'balance'],
  ['63', 'Customer paid invoice which was previously disputed', 'balance'], ['WO', 'Overpayment recovery', 'balance'], ['FB', 'Forwarding balance', 'balance'],
  ['48', 'Service charge', 'other'], ['49', 'Processing charge', 'other'], ['81', 'Credit as agreed', 'other'], ['CS', 'Adjustment', 'other'], ['ZZ', 'Mutually defined', 'other'],
] as const).map(([code, title, group]) => [code, { title, group }]));

/** Null for a code that is not listed here. Codes of one digit are met without their zero. */
export function adjustmentReason(code: string): AdjustmentReason | null {
  const written = code.trim().toUpperCase();
  return REASONS.get(/^\d$/.test(written) ? `0${written}` : written) ?? null;
}
