import { formatMoney, parseMoney, type Json, type JsonObject, type PlannedStep } from '#canonical';
import { listOf, objectOf, textOf } from '../../odata/json.js';
import { dayOf } from '../words.js';

/** One posting: a payment journal of its own with one line and the invoices it settles. */
export const JOURNAL = 'customerPaymentJournal';
export const HEADER_ENTITY = 'CustomerPaymentJournalHeaders';
export const LINE_ENTITY = 'CustomerPaymentJournalLines';
export const MARK_ENTITY = 'PaymentJournalLineSettledInvoices';
/** The one line of a journal. Its number is ours, so that a batch needs no answer to go on from. */
export const LINE_NUMBER = '1';

/** A posting as the plan wrote it; what preflight, send and the package read again. */
export interface PlannedJournal {
  readonly company: string;
  /** The step's: what stands in the journal's description, whole. */
  readonly key: string;
  readonly header: JsonObject;
  readonly line: JsonObject;
  readonly marks: readonly PlannedMark[];
}

/** An invoice and how much of it is settled. `document` is the hub's id of it and never leaves. */
export interface PlannedMark {
  readonly document: string;
  /** Due day of the instalment meant; null leaves it to what is open when it is sent. */
  readonly dueOn: string | null;
  /** Decimal text. */
  readonly amount: string;
  readonly row: JsonObject;
}

export function plannedJournal(step: PlannedStep): PlannedJournal {
  const header = objectOf(step.body['header']);
  return {
    company: (textOf(header['dataAreaId']) ?? '').toLowerCase(), key: step.stepKey, header, line: objectOf(step.body['line']),
    marks: listOf(step.body['marks']).map(objectOf).map(({ document, dueOn, ...row }) => ({
      document: textOf(document) ?? '', dueOn: textOf(dueOn), amount: numberText(row['SettlementAmountInInvoiceCurrency']) ?? '0', row,
    })),
  };
}

/** `{ "$number": "12.30" }` or text, as decimal text. */
export function numberText(value: Json | undefined): string | null {
  return textOf(value) ?? textOf(objectOf(value)['$number']);
}

/** Decimal text with the currency's own decimals, whatever zeros Finance adds; the text itself where it is no such amount. */
export function amountText(amount: string, currency: string): string {
  try {
    return formatMoney(parseMoney(amount === '' ? '0' : amount, currency));
  } catch {
    return amount;
  }
}

/** The fields of a journal's line in the words of `expected`, as far as both a plan and Finance state them. */
export function lineFields(line: JsonObject): Readonly<Record<string, string>> {
  const currency = textOf(line['CurrencyCode']) ?? '';
  return {
    customer: unescaped(textOf(line['AccountDisplayValue']) ?? ''), currency, postedOn: dayOf(line['TransactionDate']) ?? '',
    amount: amountText(numberText(line['CreditAmount']) ?? '0', currency),
  };
}

/** In display values the separator of the dimension format is escaped by a backslash (reference 3.5). */
export function escaped(account: string, separator: string): string {
  return separator === '' ? account : account.replaceAll(separator, `\\${separator}`);
}

export function unescaped(display: string): string {
  return display.replaceAll(/\\(.)/g, '$1');
}
