import type { SeededRandom } from '../../simulation/random.js';
import { readAmount } from '../amounts.js';
import { DAY_MS } from '../settings.js';
import type { TransactionSeed } from './seed.js';

const PAYERS = ['SUMMIT SUPPLY INC', 'NORTHWIND TRADERS', 'ACME HARDWARE LLC', 'BLUE RIVER FOODS', 'CEDAR MEDICAL GROUP', 'DELTA FREIGHT CO', 'EASTGATE PRINTING', 'FAIRVIEW DENTAL'] as const;
const PAYEES = ['OFFICE DEPOT', 'CITY UTILITIES', 'PAYROLL SERVICE', 'UNITED PARCEL', 'STATE TAX PYMT'] as const;

/** Rows the dynamic test user starts with (reference "Sandbox fidelity"), and how many of them are pending. */
export const DYNAMIC_ROWS = 50;
export const DYNAMIC_PENDING_ROWS = 3;

export function dayBefore(todayMs: number, days: number): string {
  return new Date(todayMs - days * DAY_MS).toISOString().slice(0, 10);
}

/** What a business account sees in a while: mostly receipts, almost never with `payment_meta`, and never any remittance (reference section 0, 5). */
export function historyOf(random: SeededRandom, todayMs: number, days: number, rows: number): TransactionSeed[] {
  const ages = Array.from({ length: rows }, () => random.between(1, days)).toSorted((left, right) => right - left);
  return ages.map((age) => anyTransaction(random, dayBefore(todayMs, age)));
}

export function anyTransaction(random: SeededRandom, date: string): TransactionSeed {
  const cents = String(random.between(1, 99)).padStart(2, '0');
  if (random.chance(0.3)) return { amount: `${random.between(20, 4000)}.${cents}`, date, name: random.pick(PAYEES), paymentChannel: 'other' };
  const payer = random.pick(PAYERS);
  const amount = `-${random.between(50, 25_000)}.${cents}`;
  const number = random.between(1000, 99_999);
  switch (random.between(0, 3)) {
    case 0: return { amount, date, name: `ORIG CO NAME:${payer} CO ENTRY DESCR:VENDOR PAY`, ...(random.chance(0.2) ? { paymentMeta: { ppd_id: `1${random.between(100_000_000, 999_999_999)}`, payment_method: 'ACH', payer } } : {}) };
    case 1: return { amount, date, name: `FEDWIRE CREDIT VIA: ${payer}`, transactionCode: 'transfer', ...(random.chance(0.5) ? { paymentMeta: { by_order_of: payer, reference_number: String(number) } } : {}) };
    case 2: return { amount, date, name: 'DEPOSIT', transactionCode: 'cheque', checkNumber: String(number) };
    default: return { amount, date, name: `${payer} INV ${number}`, originalDescription: `${payer} INV ${number} PAYMENT THANK YOU` };
  }
}

/** How much more an earlier row costs after a refresh (reference "Sandbox fidelity"). */
export const REFRESH_RAISE = readAmount('1.00');
