import { addDays, isLocalDate, type LocalDate } from '#canonical';

/** `YYMMDD` as a day; null when it is none. ACH files are of this century. */
export function parseAchDate(text: string): LocalDate | null {
  if (!/^\d{6}$/.test(text)) return null;
  const day = `20${text.slice(0, 2)}-${text.slice(2, 4)}-${text.slice(4, 6)}`;
  return isLocalDate(day) ? day : null;
}

/** Days a settlement may lie before the day it is told with; beyond, it is of the next year. */
const DAYS_BACK_MAX = 180;

/** A settlement date, which is the day of a year nobody writes (001 to 366): the one nearest behind `near`. */
export function parseSettlementDay(text: string, near: LocalDate): LocalDate | null {
  if (!/^\d{3}$/.test(text) || Number(text) < 1 || Number(text) > 366) return null;
  const year = Number(near.slice(0, 4));
  for (const candidate of [year, year + 1, year - 1]) {
    const first = `${candidate}-01-01`;
    if (!isLocalDate(first)) continue;
    const day = addDays(first, Number(text) - 1);
    const days = (Date.parse(day) - Date.parse(near)) / 86_400_000;
    if (Math.abs(days) <= DAYS_BACK_MAX) return day;
  }
  return null;
}

/** An unsigned amount in cents or a count; null when something else is written. */
export function parseAchDigits(text: string): bigint | null {
  return /^\d+$/.test(text) ? BigInt(text) : null;
}

/** What an entry does, by the second digit of its transaction code. */
export type AchMovement = 'credit' | 'debit' | 'creditPrenote' | 'debitPrenote' | 'creditZero' | 'debitZero' | 'creditReturn' | 'debitReturn';
const MOVEMENTS: Readonly<Record<string, AchMovement>> = {
  1: 'creditReturn', 2: 'credit', 3: 'creditPrenote', 4: 'creditZero', 6: 'debitReturn', 7: 'debit', 8: 'debitPrenote', 9: 'debitZero',
};

/** @param code two digits: 2 checking, 3 savings, 4 general ledger, 5 loan; then what happens. Null when it is no such code. */
export function movementOf(code: string): AchMovement | null {
  if (code === '55') return 'debit';
  return /^[2-5][1-46-9]$/.test(code) ? MOVEMENTS[code.charAt(1)] ?? null : null;
}
