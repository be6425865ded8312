import type { RemittanceLineKind } from '#canonical';

/** What a reference qualifier (element 128) says an item of RMR01 or RMT01 is. The others keep their qualifier in the memo. */
const KINDS: ReadonlyMap<string, RemittanceLineKind> = new Map([
  ['IV', 'invoice'], ['IK', 'invoice'], ['OI', 'invoice'], ['R7', 'invoice'],
  ['CM', 'credit'], ['CL', 'credit'],
  ['DM', 'debit'], ['DB', 'debit'], ['DL', 'debit'],
  ['PO', 'purchaseOrder'],
  ['AP', 'onAccount'], ['12', 'onAccount'],
]);
/** Payment action codes (element 482) of a payment that goes to the account and not to the item: on account, in advance. */
const ON_ACCOUNT_ACTIONS: ReadonlySet<string> = new Set(['PO', 'PA']);

/** @param action RMR03: a payment on account or in advance stays one, whatever reference it names. */
export function itemKindOf(qualifier: string, action: string): RemittanceLineKind {
  return action !== '' && ON_ACCOUNT_ACTIONS.has(action) ? 'onAccount' : KINDS.get(qualifier) ?? 'other';
}
