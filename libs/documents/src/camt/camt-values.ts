import { isCurrencyCode, isLocalDate, type LocalDate, type Money, MONEY_DIGITS_MAX, MoneyError, parseMoney, type Where } from '#canonical';
import { type FindingList, whereAt } from '../finding-list.js';
import type { XmlElement } from '../xml/index.js';

/** xs:decimal without sign; camt amounts have none, the direction stands beside them. */
const DECIMAL = /^\+?(\d+(?:\.\d*)?|\.\d+)$/;
/** xs:date may carry a time zone, xs:dateTime a time. */
const DAY = /^(\d{4}-\d{2}-\d{2})(?:Z|[+-]\d{2}:\d{2}|T[\d:.]+(?:Z|[+-]\d{2}:\d{2})?)?$/;

/** A place in the file with the path of elements that leads there: `Ntry/Amt`. */
export function placeOf(element: XmlElement, path: string): Where {
  return whereAt(element.line, element.column, path);
}

/** What is wrong with an amount, or the amount. */
export function amountOf(element: XmlElement): Money | string {
  const currency: string = element.attributes.get('Ccy')?.trim() ?? '';
  if (currency === '') return 'the amount names no currency (Ccy)';
  if (!isCurrencyCode(currency)) return `"${String(currency).slice(0, 10)}" is no ISO 4217 currency`;
  const text = element.text.trim();
  const number = DECIMAL.exec(text)?.[1];
  if (number === undefined || text.length > MONEY_DIGITS_MAX) return text.startsWith('-') ? 'the amount has a sign, although CdtDbtInd gives the direction' : 'this is no decimal number without sign';
  try {
    return parseMoney(number.startsWith('.') ? `0${number}` : number, currency);
  } catch (error) {
    if (error instanceof MoneyError) return `${error.message}, the unit of ${currency}`;
    throw error;
  }
}

/** An amount that may be missing; what cannot be read is a finding and null. */
export function amountOrFinding(element: XmlElement | null, path: string, findings: FindingList): Money | null {
  if (element === null) return null;
  const amount = amountOf(element);
  if (typeof amount !== 'string') return amount;
  findings.warning(placeOf(element, path), element.text.trim(), `${amount}; it was left out`);
  return null;
}

/** 1 for CRDT, -1 for DBIT, null for anything else or nothing. */
export function directionOf(element: XmlElement): 1n | -1n | null {
  const indicator = element.textAt('CdtDbtInd');
  if (indicator === 'CRDT') return 1n;
  return indicator === 'DBIT' ? -1n : null;
}

export function signed(money: Money, direction: 1n | -1n): Money {
  return direction === 1n ? money : { minor: -money.minor, currency: money.currency };
}

/** The day of a text of xs:date or xs:dateTime, as the bank wrote it: its own time zone counts. */
export function dayOf(text: string | null): LocalDate | null {
  const day = text === null ? undefined : DAY.exec(text)?.[1];
  return day !== undefined && isLocalDate(day) ? day : null;
}

/** The day of a `Dt` or `DtTm` choice. */
export function dayIn(element: XmlElement | null): LocalDate | null {
  return element === null ? null : dayOf(element.textAt('Dt') ?? element.textAt('DtTm'));
}

/** A code or the bank's own word for it: `Sts` is text in version 02, later a choice of `Cd` and `Prtry`. */
export function codeOf(element: XmlElement | null): string | null {
  if (element === null) return null;
  return element.textAt('Cd') ?? element.textAt('Prtry') ?? element.textAt('CdOrPrtry', 'Cd') ?? element.textAt('CdOrPrtry', 'Prtry') ?? element.textAt();
}

export function isTrue(text: string | null): boolean {
  return text === 'true' || text === '1';
}
