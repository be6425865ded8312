import { type BankStatement, type CurrencyCode, currencyExponent, formatMinorUnits, type LocalDate, type StatementTransaction } from '#canonical';
import type { DocumentSink } from '../document-sink.js';
import { type FindingList, whereAt } from '../finding-list.js';
import { RECORDS_MAX } from '../limits.js';
import type { TableEnd, TableReading } from '../table/table-reading.js';
import { cellsOf, type TableRow } from '../table/table-row.js';
import type { CsvLayout } from './csv-layout.js';
import { CsvRowReader, type ReadRow } from './csv-row-reader.js';
import { isHeaderRow, type KnownOfSource } from './layout-guess.js';
import { RunningBalance } from './running-balance.js';

/** Rows of one account in one currency. */
interface AccountRows {
  readonly account: string;
  readonly currency: CurrencyCode;
  readonly balance: RunningBalance;
  asOf: LocalDate;
  /** Null for the account whose transactions go to the sink as they are read: the file's first. */
  readonly held: StatementTransaction[] | null;
}

/**
 * Reads the rows of a statement in any table. The first account's transactions are handed on at once, which is the whole file nearly
 * always; those of further accounts wait until the first is closed, because nobody knows when its last row comes.
 */
export class StatementTable implements TableReading {
  readonly #accounts = new Map<string, AccountRows>();
  readonly #reader: CsvRowReader;
  #last: AccountRows | null = null;
  #inData: boolean;
  #count = 0;
  #beyond: TableEnd['refused'] = null;

  constructor(readonly headers: readonly string[], readonly layout: CsvLayout, known: KnownOfSource, readonly sink: DocumentSink, readonly findings: FindingList) {
    this.#reader = new CsvRowReader(layout, headers, known, findings);
    this.#inData = !layout.hasHeader;
  }

  take(row: TableRow): boolean {
    if (this.layout.hasHeader && isHeaderRow(row, this.headers)) {
      if (this.#inData) this.findings.warning(whereAt(row.line, 1, 'header'), cellsOf(row).join(this.layout.delimiter), 'the header stands again here; several exports may have been joined');
      this.#inData = true;
      return true;
    }
    if (!this.#inData) return true;
    this.#count += 1;
    if (this.#count > RECORDS_MAX) {
      this.#beyond = { problem: `the file has more than ${RECORDS_MAX} rows`, where: whereAt(row.line, 1, null) };
      return false;
    }
    const read = this.#reader.read(row);
    // A lost row leaves a gap in whichever account it belonged to.
    if (read === null) this.#last?.balance.gap();
    else this.#keep(read);
    return true;
  }

  end(): TableEnd {
    if (this.#beyond !== null) return { refused: this.#beyond, questions: [] };
    if (this.#accounts.size === 0) this.findings.warning(whereAt(null, null, null), '', 'the file holds no transaction');
    const turned = [...this.#accounts.values()].some(({ balance }) => balance.signsTurned);
    for (const rows of this.#accounts.values()) this.#close(rows, turned);
    return { refused: null, questions: turned ? ['signs'] : [] };
  }

  #keep({ transaction, account, balanceMinor }: ReadRow): void {
    const { currency, minor } = transaction.amount;
    const last = this.#last;
    const rows = last !== null && last.account === account && last.currency === currency ? last : this.#rowsOf(account, currency, transaction.bookedOn);
    if (rows.held === null) this.sink.transaction(transaction);
    else rows.held.push(transaction);
    if (transaction.bookedOn > rows.asOf) rows.asOf = transaction.bookedOn;
    rows.balance.add({ amountMinor: minor, balanceMinor, bookedOn: transaction.bookedOn, where: transaction.where });
    this.#last = rows;
  }

  #rowsOf(account: string, currency: CurrencyCode, bookedOn: LocalDate): AccountRows {
    const key = `${account}\n${currency}`;
    const known = this.#accounts.get(key);
    if (known !== undefined) return known;
    const first = this.#accounts.size === 0;
    const rows: AccountRows = { account, currency, balance: new RunningBalance(), asOf: bookedOn, held: first ? null : [] };
    this.#accounts.set(key, rows);
    if (first) this.sink.openStatement(headOf(rows));
    return rows;
  }

  #close(rows: AccountRows, turned: boolean): void {
    const exponent = currencyExponent(rows.currency);
    if (!turned) rows.balance.report((minor) => formatMinorUnits(minor, exponent), this.findings);
    if (rows.account === '') this.findings.warning(whereAt(null, null, null), '', 'nothing in the file names the account; state account in the layout or give it with the file');
    if (rows.held !== null) {
      this.sink.openStatement(headOf(rows));
      for (const transaction of rows.held) this.sink.transaction(transaction);
    }
    this.sink.closeStatement(rows.balance.ends(rows.currency), rows.asOf);
  }
}

function headOf({ account, currency, asOf }: AccountRows): Omit<BankStatement, 'balances' | 'transactions'> {
  return { account, bank: null, currency, asOf, sequence: null, status: 'add' };
}
