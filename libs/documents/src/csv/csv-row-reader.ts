import { type CurrencyCode, isCurrencyCode, isLocalDate, type LocalDate, type Money, negateMoney, type StatementTransaction, type Where } from '#canonical';
import { type FindingList, whereAt } from '../finding-list.js';
import { MEMO_LENGTH_MAX } from '../limits.js';
import { cellsOf, COPIED_LENGTH_MAX, type TableRow } from '../table/table-row.js';
import { CsvAmountError, parseCsvAmount } from './csv-amounts.js';
import { parseCsvDate } from './csv-dates.js';
import { columnIndex, type ColumnRole, type CsvColumns, type CsvLayout } from './csv-layout.js';
import { directionOf } from './header-words.js';
import type { KnownOfSource } from './layout-guess.js';

/** A row that could be read. */
export interface ReadRow {
  readonly transaction: StatementTransaction;
  readonly account: string;
  readonly balanceMinor: bigint | null;
}

type SingleRole = Exclude<ColumnRole, 'memo'>;

const KIND_WORDS: readonly (readonly [RegExp, StatementTransaction['kind']])[] = [
  [/\bach\b|direct (deposit|credit)/i, 'ach'], [/wire|fedwire|swift/i, 'wire'], [/lockbox/i, 'lockbox'], [/che(ck|que)|scheck/i, 'check'], [/card|karte/i, 'card'],
  [/\bfee|gebühr|entgelt|frais|kosten/i, 'fee'], [/interest|zins|intérêt|rente/i, 'interest'], [/transfer|überweisung|virement|overboeking|sepa/i, 'transfer'],
];

/** Different words of the type column remembered with their kind. */
const KINDS_REMEMBERED_MAX = 1_000;
/** Different days remembered: a file repeats each of them in many rows. */
const DAYS_REMEMBERED_MAX = 4_096;

/** Raised for a cell that spoils its row; caught by {@link CsvRowReader.read}, which makes the finding. */
class UnreadableCell extends Error {
  override readonly name = 'UnreadableCell';
  constructor(readonly role: SingleRole, readonly value: string, message: string) {
    super(message);
  }
}

/** Turns rows into transactions by a settled layout. */
export class CsvRowReader {
  readonly #index: Readonly<Record<SingleRole, number>>;
  readonly #memo: readonly number[];
  readonly #kinds = new Map<string, StatementTransaction['kind']>();
  readonly #days = new Map<string, LocalDate>();
  #lastCurrency: CurrencyCode | null = null;
  readonly #lastDays: Record<'bookedOn' | 'valueOn', LocalDate | null> = { bookedOn: null, valueOn: null };

  constructor(readonly layout: CsvLayout, readonly headers: readonly string[], readonly known: KnownOfSource, readonly findings: FindingList) {
    const { memo, ...single } = layout.columns;
    this.#index = Object.fromEntries(Object.entries(single).map(([role, name]) => [role, columnIndex(name, headers)])) as Record<SingleRole, number>;
    this.#memo = memo.map((name) => columnIndex(name, headers)).filter((index) => index >= 0);
  }

  /** Columns a layout names and a header row has not. */
  static missingColumns(columns: CsvColumns, headers: readonly string[]): string[] {
    const { memo, ...single } = columns;
    return [...Object.values(single), ...memo].filter((name): name is string => name !== null && columnIndex(name, headers) === -1);
  }

  /** The row as a transaction; null, with a finding, when it is none or cannot be read. */
  read(row: TableRow): ReadRow | null {
    const shape = this.#shapeProblem(row);
    if (shape !== null) {
      this.findings.error(whereAt(row.line, 1, row.record), this.#written(row), `${shape}; the row was not taken`);
      return null;
    }
    if (row.problem !== null) this.findings.warning(whereAt(row.line, 1, row.record), this.#written(row), row.problem);
    if (this.#isRemark(row)) {
      this.findings.warning(whereAt(row.line, 1, row.record), cellsOf(row).filter((cell) => cell !== '').join(' '), 'the row has neither day nor amount: it is no transaction');
      return null;
    }
    try {
      return this.#transaction(row);
    } catch (error) {
      if (!(error instanceof UnreadableCell)) throw error;
      this.findings.error(this.#where(row, error.role), error.value, `${error.message}; the row was not taken`);
      return null;
    }
  }

  #written(row: TableRow): string {
    return cellsOf(row).join(this.layout.delimiter);
  }

  #where(row: TableRow, role: SingleRole): Where {
    const index = this.#index[role];
    return whereAt(row.line, index >= 0 && index < row.length ? row.columnOf(index) : 1, row.record);
  }

  #shapeProblem(row: TableRow): string | null {
    if (row.length === this.headers.length && row.problem === null) return null;
    // A quote gone astray over a line break has swallowed another row.
    if (row.problem !== null && cellsOf(row).some((cell) => cell.includes('\n'))) return `${row.problem}, and the cell runs over several lines`;
    if (this.headers.length === 0) return row.problem !== null && row.length === 1 ? row.problem : null;
    let wanted = this.headers.length;
    while (wanted > 0 && this.headers[wanted - 1] === '') wanted -= 1;
    let given = row.length;
    while (given > wanted && row.cell(given - 1) === '') given -= 1;
    if (given > wanted) return `the row has ${given} cells, the header ${wanted}`;
    // A row with a single cell is a remark below the table, unless a day is in it.
    if (given < wanted && !(given === 1 && !/\d/.test(row.cell(0)))) return `the row has ${given} cells, the header ${wanted}`;
    return null;
  }

  #isRemark(row: TableRow): boolean {
    if (row.cell(this.#index.bookedOn) === '') return row.cell(this.#index.amount) === '' && row.cell(this.#index.credit) === '' && row.cell(this.#index.debit) === '';
    return row.length === 1 && this.headers.length > 1;
  }

  #transaction(row: TableRow): ReadRow {
    const bookedOn = this.#day(row, 'bookedOn');
    if (bookedOn === null) throw new UnreadableCell('bookedOn', '', 'there is no booking day');
    const currency = this.#currency(row);
    const amount = this.#amount(row, currency);
    const type = row.cell(this.#index.type);
    const transaction: StatementTransaction = {
      bookedOn,
      valueOn: this.#day(row, 'valueOn'),
      amount,
      code: textOrNull(type),
      kind: this.#kindOf(type),
      reversal: false,
      pending: false,
      bankReference: textOrNull(row.cell(this.#index.reference)),
      customerReference: textOrNull(row.cell(this.#index.customerReference)),
      endToEndId: null,
      checkNumber: textOrNull(row.cell(this.#index.checkNumber)),
      payer: this.#payer(row, amount),
      memo: this.#memoOf(row),
      structuredReferences: [],
      lines: [],
      where: whereAt(row.line, 1, row.record),
    };
    return { transaction, account: row.cell(this.#index.account) || this.layout.account || this.known.account || '', balanceMinor: this.#balance(row, currency) };
  }

  #kindOf(type: string): StatementTransaction['kind'] {
    const known = this.#kinds.get(type);
    if (known !== undefined) return known;
    const kind = KIND_WORDS.find(([words]) => words.test(type))?.[1] ?? 'other';
    if (this.#kinds.size < KINDS_REMEMBERED_MAX && type.length <= COPIED_LENGTH_MAX) this.#kinds.set(type, kind);
    return kind;
  }

  #payer(row: TableRow, amount: Money): StatementTransaction['payer'] {
    if (amount.minor < 0n) return { name: null, account: null, id: null };
    return { name: textOrNull(row.cell(this.#index.payerName)), account: textOrNull(row.cell(this.#index.payerAccount)), id: null };
  }

  #memoOf(row: TableRow): string {
    const [first = -1] = this.#memo;
    const memo = this.#memo.length < 2 ? row.cell(first) : this.#memo.map((index) => row.cell(index)).filter((cell) => cell !== '').join(' ');
    if (memo.length <= MEMO_LENGTH_MAX) return memo;
    this.findings.warning(whereAt(row.line, 1, row.record), memo, `the text has ${memo.length} characters; the first ${MEMO_LENGTH_MAX} were kept`);
    return memo.slice(0, MEMO_LENGTH_MAX);
  }

  #day(row: TableRow, role: 'bookedOn' | 'valueOn'): LocalDate | null {
    const text = row.cell(role === 'bookedOn' ? this.#index.bookedOn : this.#index.valueOn);
    if (text === '') return null;
    // The way most files write them, and as often as not the day of the row above: nothing is to be looked up.
    if (text === this.#lastDays[role]) return this.#lastDays[role];
    if (isLocalDate(text)) {
      this.#lastDays[role] = text;
      return text;
    }
    let day = this.#days.get(text);
    if (day === undefined) {
      const read = parseCsvDate(text, this.layout.dateOrder);
      if (read === null) throw new UnreadableCell(role, text, `"${text}" is no day in the order ${this.layout.dateOrder}`);
      day = read;
      if (this.#days.size < DAYS_REMEMBERED_MAX && text.length <= COPIED_LENGTH_MAX) this.#days.set(text, day);
    }
    return day;
  }

  #currency(row: TableRow): CurrencyCode {
    const cell = row.cell(this.#index.currency);
    // The same string, not an equal one: looking up a currency by a fresh string costs more than reading the amount.
    if (cell === this.#lastCurrency) return this.#lastCurrency;
    const written = cell.toUpperCase();
    const currency = written === '' ? this.layout.currency ?? this.known.currency : written;
    if (currency === null || !isCurrencyCode(currency)) throw new UnreadableCell('currency', written, `"${written}" is no ISO 4217 currency code`);
    if (currency === cell) this.#lastCurrency = cell;
    return currency;
  }

  #money(row: TableRow, role: SingleRole, index: number, currency: CurrencyCode): Money {
    const text = row.cell(index);
    try {
      return parseCsvAmount(text, row.isNumber(index) ? '.' : this.layout.decimalMark, currency);
    } catch (error) {
      if (error instanceof CsvAmountError) throw new UnreadableCell(role, text, `the amount "${text}" cannot be read: ${error.message}`);
      throw error;
    }
  }

  #amount(row: TableRow, currency: CurrencyCode): Money {
    const amount = this.layout.columns.amount === null ? this.#splitAmount(row, currency) : this.#directedAmount(row, currency);
    return this.layout.signs === 'inverted' ? negateMoney(amount) : amount;
  }

  #directedAmount(row: TableRow, currency: CurrencyCode): Money {
    if (row.cell(this.#index.amount) === '') throw new UnreadableCell('amount', '', 'there is no amount');
    const amount = this.#money(row, 'amount', this.#index.amount, currency);
    if (this.layout.columns.direction === null) return amount;
    const word = row.cell(this.#index.direction);
    const direction = directionOf(word);
    if (direction === null) throw new UnreadableCell('direction', word, `"${word}" says neither money in nor money out`);
    if (amount.minor >= 0n) return direction === 1 ? amount : negateMoney(amount);
    if (direction === 1) throw new UnreadableCell('amount', row.cell(this.#index.amount), `the amount is negative and the direction "${word}" says money in`);
    return amount;
  }

  /** Credit and debit in two columns. Zero in one of them is as good as empty; amounts in both are not guessed at. */
  #splitAmount(row: TableRow, currency: CurrencyCode): Money {
    const credit = row.cell(this.#index.credit) === '' ? null : this.#money(row, 'credit', this.#index.credit, currency);
    const debit = row.cell(this.#index.debit) === '' ? null : this.#money(row, 'debit', this.#index.debit, currency);
    if (credit === null && debit === null) throw new UnreadableCell(this.layout.columns.credit === null ? 'debit' : 'credit', '', 'there is no amount');
    if (credit !== null && debit !== null && credit.minor !== 0n && debit.minor !== 0n) throw new UnreadableCell('debit', row.cell(this.#index.debit), 'there is an amount in the credit and in the debit column');
    if (credit !== null && (credit.minor !== 0n || debit === null)) {
      if (credit.minor < 0n) throw new UnreadableCell('credit', row.cell(this.#index.credit), 'the amount in the credit column is negative');
      return credit;
    }
    // A debit column is written with or without a minus; both mean money out.
    return debit === null || debit.minor <= 0n ? debit ?? { minor: 0n, currency } : negateMoney(debit);
  }

  #balance(row: TableRow, currency: CurrencyCode): bigint | null {
    if (row.cell(this.#index.balance) === '') return null;
    try {
      return this.#money(row, 'balance', this.#index.balance, currency).minor;
    } catch (error) {
      if (!(error instanceof UnreadableCell)) throw error;
      this.findings.warning(this.#where(row, 'balance'), error.value, `${error.message}; the balance was left out`);
      return null;
    }
  }
}

function textOrNull(text: string): string | null {
  return text === '' ? null : text;
}
