import { type CurrencyCode, isCurrencyCode, type LocalDate, type StatementBalance } from '#canonical';
import type { DocumentSink, StatementHead } from '../document-sink.js';
import type { FindingList } from '../finding-list.js';
import { HeldStatement } from '../held-statement.js';
import { parseOfxAmount, parseOfxDay } from './ofx-values.js';
import type { OfxRecord } from './record.js';
import { readOfxTransaction } from './transaction.js';

/** What the source says of a file that does not. */
export interface OfxSource {
  readonly account: string | null;
  readonly currency: CurrencyCode | null;
}

/** One STMTRS or CCSTMTRS: rows and balances of one account. */
export class OfxStatement {
  readonly #record: OfxRecord;
  readonly #source: OfxSource;
  readonly #findings: FindingList;
  readonly #statement: HeldStatement;
  readonly #balances: StatementBalance[] = [];
  readonly #ids = new Set<string>();
  #account: OfxRecord | null = null;
  #asOf: LocalDate | null = null;
  #balanceOn: LocalDate | null = null;
  #currencyChecked = false;
  #currency: CurrencyCode | null = null;

  /** @param record takes the values of the statement itself: CURDEF */
  constructor(record: OfxRecord, source: OfxSource, sink: DocumentSink, findings: FindingList) {
    this.#record = record;
    this.#source = source;
    this.#findings = findings;
    this.#statement = new HeldStatement(sink, () => this.#head());
  }

  account(record: OfxRecord): void {
    this.#account ??= record;
  }

  /** BANKTRANLIST: DTEND is the day of the statement. */
  period(record: OfxRecord): void {
    this.#asOf ??= parseOfxDay(record.text('DTEND'));
  }

  row(record: OfxRecord): void {
    const transaction = readOfxTransaction(record, this.#currencyOf(), this.#findings);
    if (transaction === null) return;
    const id = transaction.bankReference;
    if (id === null) this.#findings.warning(record.where, record.text('TRNAMT'), 'the row has no FITID: should the bank send it again, only its content tells that it is the same');
    else if (this.#ids.has(id)) this.#findings.warning(record.whereOf('FITID'), id, `the bank gives the id ${id} to more than one row of this account; every row was taken`);
    else this.#ids.add(id);
    this.#openEarly();
    this.#statement.transaction(transaction, this.#asOf);
  }

  /** DTEND and the account stand before the rows nearly always: none of them need wait then. */
  #openEarly(): void {
    if (this.#asOf === null || this.#account === null || this.#statement.openedAsOf !== null) return;
    if (this.#head() !== null) this.#statement.open(this.#asOf);
  }

  balance(record: OfxRecord): void {
    const currency = this.#currencyOf();
    const written = record.text('BALAMT');
    const amount = currency === null ? 'the statement names no currency (CURDEF)' : parseOfxAmount(written, currency);
    if (typeof amount === 'string') {
      this.#findings.error(record.whereOf('BALAMT'), written, `the balance ${record.name} cannot be read: ${amount}; it was not taken`);
      return;
    }
    const on = parseOfxDay(record.text('DTASOF'));
    if (record.name === 'LEDGERBAL') this.#balanceOn = on;
    this.#balances.push({ kind: record.name === 'LEDGERBAL' ? 'closing' : 'available', code: record.name, amount, on });
  }

  finish(): void {
    const statement = this.#statement;
    const asOf = statement.openedAsOf ?? this.#asOf ?? this.#balanceOn ?? statement.latest;
    const { held } = statement;
    if (asOf === null || !statement.open(asOf)) {
      this.#findings.error(this.#record.where, `${held} rows`, `the statement ${this.#missing() ?? 'has no day: no DTEND, no balance and no row'}; its rows were not taken`);
    }
    statement.close(this.#balances);
  }

  #currencyOf(): CurrencyCode | null {
    if (this.#currencyChecked) return this.#currency;
    const written = this.#record.text('CURDEF').toUpperCase();
    this.#currencyChecked = true;
    if (written === '') this.#currency = this.#source.currency;
    else if (isCurrencyCode(written)) this.#currency = written;
    else this.#findings.error(this.#record.whereOf('CURDEF'), written, 'this is no ISO 4217 currency code; amounts in it are not taken');
    return this.#currency;
  }

  #missing(): string | null {
    if (this.#number() === null) return 'names no account (ACCTID)';
    return this.#currencyOf() === null ? 'names no currency (CURDEF)' : null;
  }

  #number(): string | null {
    return this.#account?.textOrNull('ACCTID') ?? this.#source.account;
  }

  #head(): Omit<StatementHead, 'asOf'> | null {
    const account = this.#number();
    const currency = this.#currencyOf();
    if (account === null || currency === null) return null;
    return { account, bank: this.#account?.textOrNull('BANKID') ?? null, currency, sequence: null, status: 'add' };
  }
}
