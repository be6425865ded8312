import { type BankStatement, type CurrencyCode, type Finding, formatMinorUnits, currencyExponent, type ParsedDocument, type StatementBalance, type StatementTransaction } from '#canonical';
import { FindingList, whereAt } from '../finding-list.js';
import { RECORDS_MAX } from '../limits.js';
import { type CsvLayout, type LayoutGuess, type LayoutQuestion } from './csv-layout.js';
import { CsvRowReader, type ReadRow } from './csv-row-reader.js';
import { CsvRowScanner } from './csv-rows.js';
import { findHeader, guessLayout, type HeaderRow, isHeaderRow, type KnownOfSource } from './layout-guess.js';
import { type BalanceRow, checkRunningBalance, reportBreaks } from './running-balance.js';

/** A CSV file's statements and the layout they were read by. */
export interface ParsedCsv extends ParsedDocument {
  /** Null only when no header was found. */
  readonly layout: LayoutGuess | null;
}

const QUESTIONS: Readonly<Record<LayoutQuestion, string>> = {
  columns: 'no row names the columns (a day and an amount at least, or those of the given layout); state them in the layout',
  decimalMark: 'every amount can be read with "." or with "," as decimal mark; state decimalMark in the layout',
  dateOrder: 'every day can be read day first or month first; state dateOrder in the layout',
  signs: 'the running balance fits only with every sign turned; state signs in the layout',
  currency: 'nothing in the file names its currency; state currency in the layout',
};

/**
 * Reads a bank's CSV. Without `layout` it is guessed; what the file does not settle is an error finding that asks for it, and no row is
 * taken before it is answered: half of the ambiguous days would be right.
 */
export function readCsv(text: string, layout: CsvLayout | null, known: KnownOfSource): ParsedCsv {
  const findings = new FindingList();
  const header = layout === null ? findHeader(text) : headerOf(text, layout);
  if (header === null) {
    findings.error(whereAt(1, 1, null), text.slice(0, text.indexOf('\n') === -1 ? undefined : text.indexOf('\n')), QUESTIONS.columns);
    return answer([], findings, null, { problem: `no CSV header was found: ${QUESTIONS.columns}`, where: whereAt(1, 1, null) });
  }
  const guess: LayoutGuess = layout === null ? guessLayout(text, header, known) : { layout, questions: layout.columns.currency === null && (layout.currency ?? known.currency) === null ? ['currency'] : [] };
  if (guess.questions.length > 0) return ask(guess, findings);
  return new CsvFileReader(text, header.headers, guess, known, findings).read();
}

function headerOf(text: string, layout: CsvLayout): HeaderRow | null {
  const { delimiter } = layout;
  if (!layout.hasHeader) return { delimiter, headers: [] };
  const scanner = new CsvRowScanner(text, delimiter);
  for (let row = scanner.next(); row !== null; row = scanner.next()) {
    if (CsvRowReader.missingColumns(layout.columns, row.cells).length === 0) return { delimiter, headers: row.cells };
  }
  return null;
}

function ask(guess: LayoutGuess, findings: FindingList): ParsedCsv {
  for (const question of guess.questions) findings.error(whereAt(null, null, 'header'), question, QUESTIONS[question]);
  return answer([], findings, guess, null);
}

function answer(statements: readonly BankStatement[], findings: FindingList, layout: LayoutGuess | null, refused: ParsedDocument['refused']): ParsedCsv {
  return { format: 'csv', version: null, refused, statements, remittances: [], entries: [], findings: findings.all() as readonly Finding[], layout };
}

/** Rows of one account in one currency, in the file's order; null marks a row that could not be read. */
interface AccountRows {
  readonly account: string;
  readonly currency: CurrencyCode;
  readonly transactions: StatementTransaction[];
  readonly chain: (BalanceRow | null)[];
}

class CsvFileReader {
  readonly #accounts = new Map<string, AccountRows>();
  #last: AccountRows | null = null;
  #taken = 0;

  constructor(readonly text: string, readonly headers: readonly string[], readonly guess: LayoutGuess, readonly known: KnownOfSource, readonly findings: FindingList) {}

  read(): ParsedCsv {
    const { layout } = this.guess;
    const scanner = new CsvRowScanner(this.text, layout.delimiter);
    const reader = new CsvRowReader(layout, this.headers, this.known, scanner, this.findings);
    let inData = !layout.hasHeader;
    let count = 0;
    for (let row = scanner.next(); row !== null; row = scanner.next()) {
      if (layout.hasHeader && isHeaderRow(row, this.headers)) {
        if (inData) this.findings.warning(whereAt(row.line, 1, 'header'), row.cells.join(layout.delimiter), 'the header stands again here; several exports may have been joined');
        inData = true;
        continue;
      }
      if (!inData) continue;
      count += 1;
      if (count > RECORDS_MAX) return answer([], this.findings, this.guess, { problem: `the file has more than ${RECORDS_MAX} rows`, where: whereAt(row.line, 1, null) });
      this.#keep(reader.read(row));
    }
    return this.#finish();
  }

  #keep(row: ReadRow | null): void {
    if (row === null) {
      // A lost row leaves a gap in whichever account it belonged to.
      this.#last?.chain.push(null);
      return;
    }
    const { currency } = row.transaction.amount;
    const key = `${row.account}\n${currency}`;
    const rows = this.#accounts.get(key) ?? { account: row.account, currency, transactions: [], chain: [] };
    if (rows.transactions.length === 0) this.#accounts.set(key, rows);
    rows.transactions.push(row.transaction);
    rows.chain.push({ amountMinor: row.transaction.amount.minor, balanceMinor: row.balanceMinor, where: row.transaction.where });
    this.#last = rows;
    this.#taken += 1;
  }

  #finish(): ParsedCsv {
    if (this.#taken === 0) this.findings.warning(whereAt(null, null, null), '', 'the file holds no transaction');
    const statements: BankStatement[] = [];
    for (const rows of this.#accounts.values()) {
      const chain = checkRunningBalance(rows.chain);
      if (chain?.signsTurned === true) return ask({ layout: this.guess.layout, questions: ['signs'] }, this.findings);
      const exponent = currencyExponent(rows.currency);
      if (chain !== null) reportBreaks(rows.chain, chain, (minor) => formatMinorUnits(minor, exponent), this.findings);
      if (rows.account === '') this.findings.warning(whereAt(null, null, null), '', 'nothing in the file names the account; state account in the layout or give it with the file');
      statements.push(statementOf(rows, chain?.order ?? 'oldestFirst'));
    }
    return answer(statements, this.findings, this.guess, null);
  }
}

function statementOf(rows: AccountRows, order: 'oldestFirst' | 'newestFirst'): BankStatement {
  const { account, currency, transactions } = rows;
  const asOf = transactions.reduce((latest, { bookedOn }) => (bookedOn > latest ? bookedOn : latest), transactions[0]?.bookedOn ?? ('' as never));
  const chain = order === 'oldestFirst' ? rows.chain : rows.chain.toReversed();
  const ends = order === 'oldestFirst' ? transactions : transactions.toReversed();
  const balances: StatementBalance[] = [];
  const first = chain[0];
  const last = chain.at(-1);
  if (first?.balanceMinor !== null && first?.balanceMinor !== undefined) {
    balances.push({ kind: 'opening', code: 'running', amount: { minor: first.balanceMinor - first.amountMinor, currency }, on: ends[0]?.bookedOn ?? null });
  }
  if (last?.balanceMinor !== null && last?.balanceMinor !== undefined) {
    balances.push({ kind: 'closing', code: 'running', amount: { minor: last.balanceMinor, currency }, on: ends.at(-1)?.bookedOn ?? null });
  }
  return { account, bank: null, currency, asOf, sequence: null, status: 'add', balances, transactions };
}
