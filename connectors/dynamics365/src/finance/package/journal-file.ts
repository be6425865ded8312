import { formatMoney, parseMoney, subtractMoney, type JsonObject, type Money, type PlannedStep } from '#canonical';
import { textOf } from '../../odata/json.js';
import { numberText, plannedJournal, type PlannedJournal } from '../write/words.js';
import type { CsvTable } from './csv.js';

/** Names of the data entities as a package states them (reference 3.8). */
export const HEADER_FILE = 'Customer payment journal header';
export const LINE_FILE = 'Customer payment journal line';

const HEADER_COLUMNS = ['JOURNALBATCHNUMBER', 'JOURNALNAME', 'DESCRIPTION'] as const;
const LINE_COLUMNS = [
  'JOURNALBATCHNUMBER', 'LINENUMBER', 'ACCOUNTTYPE', 'ACCOUNTDISPLAYVALUE', 'TRANSACTIONDATE', 'CURRENCYCODE', 'CREDITAMOUNT', 'OFFSETACCOUNTTYPE',
  'OFFSETACCOUNTDISPLAYVALUE', 'PAYMENTMETHODNAME', 'PAYMENTREFERENCE', 'PAYMENTID', 'TRANSACTIONTEXT', 'MARKEDINVOICE', 'MARKEDINVOICECOMPANY', 'SETTLEVOUCHER',
] as const;
const FROM_BODY = [
  ['ACCOUNTTYPE', 'AccountType'], ['ACCOUNTDISPLAYVALUE', 'AccountDisplayValue'], ['CURRENCYCODE', 'CurrencyCode'], ['OFFSETACCOUNTTYPE', 'OffsetAccountType'],
  ['OFFSETACCOUNTDISPLAYVALUE', 'OffsetAccountDisplayValue'], ['PAYMENTMETHODNAME', 'PaymentMethodName'], ['PAYMENTREFERENCE', 'PaymentReference'], ['TRANSACTIONTEXT', 'TransactionText'],
] as const;

/** Number a journal has inside its package; Finance may give it another one. Ten characters, as journal numbers are. */
const JOURNAL_DIGITS = 7;

export function headerTable(sequence: number, journalName: string, description: string): CsvTable {
  return { columns: HEADER_COLUMNS, rows: [{ JOURNALBATCHNUMBER: journalNumber(sequence), JOURNALNAME: journalName, DESCRIPTION: description }] };
}

/**
 * The lines of a package. A package cannot ask what is open, and marks in rows of their own need the due day of what they settle, so an
 * invoice is marked on the line that pays it: one line for each invoice, one for the rest on account, all under the posting's key.
 */
export function lineTable(sequence: number, steps: readonly PlannedStep[]): CsvTable {
  const rows = steps.map(plannedJournal).flatMap(linesOf);
  return { columns: LINE_COLUMNS, rows: rows.map((row, index) => ({ ...row, JOURNALBATCHNUMBER: journalNumber(sequence), LINENUMBER: String(index + 1) })) };
}

function journalNumber(sequence: number): string {
  return `TRB${String(sequence).padStart(JOURNAL_DIGITS, '0')}`;
}

function linesOf(journal: PlannedJournal): readonly Readonly<Record<string, string>>[] {
  const { line, marks } = journal;
  const currency = textOf(line['CurrencyCode']) ?? '';
  let left = parseMoney(numberText(line['CreditAmount']) ?? '0', currency);
  const rows = marks.map((mark) => {
    const amount = parseMoney(mark.amount, currency);
    left = subtractMoney(left, amount);
    return { ...common(journal, amount), MARKEDINVOICE: textOf(mark.row['InvoiceNumber']) ?? '', MARKEDINVOICECOMPANY: textOf(mark.row['InvoiceCompany']) ?? '', SETTLEVOUCHER: 'SelectedTransact' };
  });
  return left.minor > 0n ? [...rows, { ...common(journal, left), SETTLEVOUCHER: 'None' }] : rows;
}

function common({ key, line }: PlannedJournal, amount: Money): Readonly<Record<string, string>> {
  const given = FROM_BODY.map(([column, name]): [string, string] => [column, textOf(line[name]) ?? '']);
  return { ...Object.fromEntries(given), TRANSACTIONDATE: dayText(line), CREDITAMOUNT: formatMoney(amount), PAYMENTID: key };
}

function dayText(line: JsonObject): string {
  return (textOf(line['TransactionDate']) ?? '').slice(0, 10);
}
