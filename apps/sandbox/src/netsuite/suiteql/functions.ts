import type { DatabaseSync } from 'node:sqlite';
import { amountTextOfNumber, AMOUNT_DECIMALS, parseAmount } from '../../simulation/book-amounts.js';
import { accountDateText, accountTimeText, parseAccountDate } from '../book/account-time.js';
import type { SandboxClock } from '../../simulation/clock.js';
import type { AccountSettings } from '../settings.js';
import { SuiteQlError } from './suiteql-error.js';

type Value = string | number | bigint | null | Uint8Array;

const ELEMENTS = ['YYYY', 'HH24', 'MI', 'MM', 'DD', 'SS'] as const;
const ELEMENT_PATTERN = /YYYY|HH24|MI|MM|DD|SS/g;
const DAY_MS = 86_400_000;

/** Oracle's TO_DATE for the elements ledgers use; the result is the book's own text, `YYYY-MM-DD HH:MM:SS`. */
export function readDate(text: string, format: string): string {
  const upper = format.toUpperCase();
  const order = upper.match(ELEMENT_PATTERN) ?? [];
  const escaped = upper.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(ELEMENT_PATTERN, (element) => (element === 'YYYY' ? '(\\d{4})' : '(\\d{1,2})'));
  const match = new RegExp(`^${escaped}$`, 'i').exec(text.trim());
  if (match === null) throw new SuiteQlError(`Unparseable date: "${text}" does not match "${format}"`);
  const part: Record<string, string> = { YYYY: '0000', MM: '01', DD: '01', HH24: '00', MI: '00', SS: '00' };
  order.forEach((element, index) => { part[element] = (match[index + 1] ?? '').padStart(element === 'YYYY' ? 4 : 2, '0'); });
  const result = `${part['YYYY']}-${part['MM']}-${part['DD']} ${part['HH24']}:${part['MI']}:${part['SS']}`;
  if (Number.isNaN(Date.parse(`${result.replace(' ', 'T')}Z`))) throw new SuiteQlError(`Unparseable date: "${text}"`);
  return result;
}

/** Oracle's TO_CHAR of a stored day or moment. */
export function writeDate(stored: string, format: string): string {
  const full = stored.length === 10 ? `${stored} 00:00:00` : stored;
  const cut: Record<(typeof ELEMENTS)[number], string> = {
    YYYY: full.slice(0, 4), MM: full.slice(5, 7), DD: full.slice(8, 10), HH24: full.slice(11, 13), MI: full.slice(14, 16), SS: full.slice(17, 19),
  };
  return format.replace(/YYYY|HH24|MI|MM|DD|SS/gi, (element) => cut[element.toUpperCase() as (typeof ELEMENTS)[number]]);
}

function units(value: Value): number | null {
  if (value === null) return null;
  const text = String(value);
  const plain = /e/i.test(text) ? Number(text).toFixed(AMOUNT_DECIMALS) : text;
  const cut = /^-?\d+\.\d{5,}$/.test(plain) ? plain.slice(0, plain.indexOf('.') + 1 + AMOUNT_DECIMALS) : plain;
  try {
    return Number(parseAmount(cut));
  } catch {
    throw new SuiteQlError(`Invalid number: ${text}`);
  }
}

/** Gives SQLite the functions translated queries call. */
export function registerFunctions(database: DatabaseSync, settings: AccountSettings, clock: SandboxClock): void {
  const fixed = { deterministic: true };
  database.function('ns_units', fixed, (value: Value) => units(value));
  database.function('ns_amount_text', fixed, (value: Value) => (value === null ? null : amountTextOfNumber(Number(value))));
  database.function('ns_round_units', fixed, (value: Value, places: Value) => {
    if (value === null) return null;
    const step = 10 ** (AMOUNT_DECIMALS - Number(places));
    return Math.sign(Number(value)) * Math.round(Math.abs(Number(value)) / step) * step;
  });
  database.function('ns_to_date', fixed, (value: Value, format: Value) => (value === null ? null : readDate(String(value), String(format))));
  database.function('ns_to_char', fixed, (value: Value, format: Value) => (value === null ? null : writeDate(String(value), String(format))));
  database.function('ns_account_date', (value: Value) => (value === null ? null : accountDateText(String(value), settings.dateFormat)));
  database.function('ns_read_date', (value: Value) => {
    if (value === null) return null;
    const day = parseAccountDate(String(value), settings.dateFormat);
    if (day === null) throw new SuiteQlError(`Unparseable date: ${String(value)}`);
    return `${day} 00:00:00`;
  });
  database.function('ns_add_days', fixed, (value: Value, days: Value) => {
    if (value === null || days === null) return null;
    const stored = String(value);
    const full = stored.length === 10 ? `${stored} 00:00:00` : stored;
    return new Date(Date.parse(`${full.replace(' ', 'T')}Z`) + Number(days) * DAY_MS).toISOString().slice(0, 19).replace('T', ' ');
  });
  database.function('ns_now', () => accountTimeText(clock.now(), settings.timeZone));
  database.function('ns_zone', () => settings.timeZone);
}
