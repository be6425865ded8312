import { parseLocalDate } from '#canonical';
import { generatePayments, renderBai2, type BankPayment, type Book } from '../../../sandbox/src/bank/index.js';

export const CURRENCY = 'USD';
/** The same lines, once on each account: a line on an account belongs to the system that keeps its books. */
export const ACCOUNT_AT_THE_BANK = { businessCentral: '7001557701', files: '7001557702' } as const;

const SEED = 20_261_123;
const LINES = 40;

/** Lines the bank would write for what these customers owe. It has never heard of a matcher. */
export function paymentsFor(book: Book): readonly BankPayment[] {
  return generatePayments(book, { seed: SEED, count: LINES }).payments.filter(({ currency }) => currency === CURRENCY);
}

export function bankFile(payments: readonly BankPayment[], account: string): Uint8Array<ArrayBuffer> {
  const createdOn = parseLocalDate(new Date().toISOString().slice(0, 10));
  return new TextEncoder().encode(renderBai2(payments, { account, bank: '122099999', receiver: 'TRIBUTARY', createdOn, fileId: account.slice(-1) }));
}
