import { type BankStatement, type CurrencyCode, isCurrencyCode, type LocalDate, type ParsedDocument, type StatementBalance, type StatementTransaction, type Where } from '#canonical';
import { FindingList, whereAt } from '../finding-list.js';
import { CONTINUATIONS_MAX, RECORDS_MAX } from '../limits.js';
import { parseShortDay } from '../short-day.js';
import { AccountSummaryReader, tokensOf } from './account-summary.js';
import { ControlTotals } from './control-totals.js';
import type { Segment } from './detail-fields.js';
import { Bai2LimitError, RecordScanner } from './record-scanner.js';
import { readTransaction } from './transaction.js';

const DEFAULT_CURRENCY = 'USD';
const STATUSES: Readonly<Record<string, BankStatement['status']>> = { '1': 'add', '2': 'delete', '3': 'replace', '4': 'test' };
const KNOWN_VERSIONS: ReadonlySet<string> = new Set(['2', '3']);

interface Group {
  readonly bank: string | null;
  readonly status: BankStatement['status'];
  readonly asOf: LocalDate | null;
  readonly currency: CurrencyCode | null;
  readonly totals: ControlTotals;
}

interface Account {
  readonly number: string;
  readonly currency: CurrencyCode | null;
  readonly balances: readonly StatementBalance[];
  readonly transactions: StatementTransaction[];
  readonly totals: ControlTotals;
}

/** Reads a BAI2 file. One instance a file; {@link readBai2} is the door. */
class Bai2Reader {
  readonly #scanner: RecordScanner;
  readonly #findings = new FindingList();
  readonly #statements: BankStatement[] = [];
  readonly #file = new ControlTotals();
  #version: string | null = null;
  #fileId: string | null = null;
  #fileClosed = false;
  #records = 0;
  #group: Group | null = null;
  #account: Account | null = null;
  /** The record that 88s continue, not interpreted before the next record arrives. */
  #pending: { readonly code: string; readonly segments: Segment[]; readonly where: Where } | null = null;

  constructor(text: string) {
    this.#scanner = new RecordScanner(text);
  }

  read(): ParsedDocument {
    try {
      while (this.#scanner.next()) this.#readRecord();
    } catch (error) {
      if (!(error instanceof Bai2LimitError)) throw error;
      const where = whereAt(error.line, null, null);
      return { format: 'bai2', version: this.#version, refused: { problem: error.message, where }, statements: [], remittances: [], entries: [], findings: this.#findings.all() };
    }
    this.#finish();
    return { format: 'bai2', version: this.#version, refused: null, statements: this.#statements, remittances: [], entries: [], findings: this.#findings.all() };
  }

  #here(): Where {
    return whereAt(this.#scanner.line, this.#scanner.column, this.#scanner.code === '' ? null : this.#scanner.code);
  }

  #content(): string {
    return this.#scanner.text.slice(this.#scanner.from, this.#scanner.to);
  }

  #readRecord(): void {
    this.#records += 1;
    if (this.#records > RECORDS_MAX) throw new Bai2LimitError(`the file has more than ${RECORDS_MAX} records`, this.#scanner.line);
    const { code } = this.#scanner;
    if (this.#scanner.suspicious) {
      this.#findings.warning(this.#here(), this.#content(), 'the text holds something shaped like a record; it was kept as text, because text comes from the payer');
    }
    if (code === '88' || code === '') this.#continue();
    else {
      this.#flush();
      this.#begin(code);
    }
  }

  #begin(code: string): void {
    const segment = this.#segment();
    const where = this.#here();
    if (code === '49') return this.#closeAccount(where);
    if (code === '98') return this.#closeGroup(where);
    if (code === '99') return this.#closeFile(where);
    if (code === '01' || code === '02') this.#leave(code, where);
    if (code === '03') this.#leaveAccount(where);
    this.#pending = { code, segments: [segment], where };
  }

  #segment(): Segment {
    const { from, to, line } = this.#scanner;
    return { from, to, line, column: this.#scanner.columnOf(from) };
  }

  #continue(): void {
    const pending = this.#pending;
    const wrapped = this.#scanner.code === '';
    if (pending === null || (wrapped && pending.code !== '16')) {
      this.#findings.error(this.#here(), this.#content(), wrapped ? 'this line is no BAI2 record and continues no text; it was not taken' : 'an 88 record continues nothing; it was not taken');
      if (!wrapped) this.#count();
      return;
    }
    if (pending.segments.length >= CONTINUATIONS_MAX) throw new Bai2LimitError(`a record has more than ${CONTINUATIONS_MAX} continuations`, this.#scanner.line);
    pending.segments.push(this.#segment());
    if (!wrapped) {
      // The other records count their continuations when they are opened.
      if (pending.code === '16') this.#count();
      return;
    }
    const unknown = /^\d\d[,/]/.test(this.#content());
    const problem = unknown ? 'this record code is not of BAI2; the line was kept as text of the transaction above' : 'the line has no 88; it was kept as text of the transaction above';
    if (unknown) this.#findings.error(this.#here(), this.#content(), problem);
    else this.#findings.warning(this.#here(), this.#content(), problem);
  }

  /** Counts one physical record where its trailer will. */
  #count(): void {
    (this.#account?.totals ?? this.#group?.totals ?? this.#file).records += 1;
  }

  #flush(): void {
    const pending = this.#pending;
    this.#pending = null;
    if (pending === null) return;
    const source = this.#scanner.text;
    if (pending.code === '01') this.#openFile(source, pending.segments, pending.where);
    else if (pending.code === '02') this.#openGroup(source, pending.segments, pending.where);
    else if (pending.code === '03') this.#openAccount(source, pending.segments, pending.where);
    else this.#addTransaction(source, pending.segments, pending.where);
  }

  #openFile(source: string, segments: readonly Segment[], where: Where): void {
    this.#file.records += segments.length;
    const fields = tokensOf(source, segments).map((token) => token.text);
    this.#fileId = fields[4] === undefined || fields[4] === '' ? null : fields[4];
    this.#version = fields[7] === undefined || fields[7] === '' ? null : fields[7];
    if (this.#version === null || !KNOWN_VERSIONS.has(this.#version)) {
      this.#findings.warning(where, this.#version ?? '', 'the file header names no known version (2, or 3 of BTRS); it was read as version 2');
    }
  }

  #openGroup(source: string, segments: readonly Segment[], where: Where): void {
    const tokens = tokensOf(source, segments);
    const [, bank = '', status = '', day = '', , currency = ''] = tokens.map((token) => token.text);
    const totals = new ControlTotals();
    totals.records = segments.length;
    const asOf = parseShortDay(day);
    const place = (index: number): Where => whereAt(where.line, tokens[index]?.column ?? where.column, '02');
    if (asOf === null) this.#findings.error(place(3), day, 'the group has no as-of day (YYMMDD); its transactions have no day and are not taken');
    const known = STATUSES[status];
    if (known === undefined) {
      this.#findings.warning(place(2), status, 'the group status is not 1 (update), 2 (deletion), 3 (correction) or 4 (test); it was read as a test, so that nothing is booked');
    }
    this.#group = { bank: bank === '' ? null : bank, status: known ?? 'test', asOf, currency: this.#currency(currency, DEFAULT_CURRENCY, place(5)), totals };
  }

  #currency(code: string, inherited: CurrencyCode | null, where: Where): CurrencyCode | null {
    if (code === '') return inherited;
    if (isCurrencyCode(code.toUpperCase())) return code.toUpperCase();
    this.#findings.error(where, code, 'this is no ISO 4217 currency code; amounts below it are not taken');
    return null;
  }

  #openAccount(source: string, segments: readonly Segment[], where: Where): void {
    const tokens = tokensOf(source, segments);
    const group = this.#group;
    const totals = new ControlTotals();
    totals.records = segments.length;
    const number = tokens[0]?.text ?? '';
    if (group === null) this.#findings.error(where, number, 'an account outside a group has no day; it was not taken');
    if (number === '') this.#findings.error(where, '', 'the account has no number; its transactions are not taken');
    const currency = this.#currency(tokens[1]?.text ?? '', group?.currency ?? null, whereAt(where.line, tokens[1]?.column ?? null, '03'));
    const balances = new AccountSummaryReader(tokens, 2, currency, group?.asOf ?? null, totals, this.#findings).read();
    this.#account = { number, currency, balances, transactions: [], totals };
  }

  #addTransaction(source: string, segments: readonly Segment[], where: Where): void {
    const account = this.#account;
    const totals = account?.totals ?? this.#group?.totals ?? this.#file;
    totals.records += 1;
    const asOf = this.#group?.asOf ?? null;
    const context = account === null || account.number === '' || asOf === null || account.currency === null ? null : { asOf, currency: account.currency };
    const transaction = readTransaction(source, segments, where, context, totals, this.#findings);
    if (transaction !== null) account?.transactions.push(transaction);
  }

  /** Takes the account's statement over, whatever became of its trailer. */
  #emitAccount(): void {
    const account = this.#account;
    const group = this.#group;
    this.#account = null;
    if (account === null) return;
    (group?.totals ?? this.#file).include(account.totals);
    if (group === null || group.asOf === null || account.currency === null || account.number === '') return;
    const { bank, status, asOf } = group;
    const { number, currency, balances, transactions } = account;
    this.#statements.push({ account: number, bank, currency, asOf, sequence: this.#fileId, status, balances, transactions });
  }

  #emitGroup(): void {
    const group = this.#group;
    this.#group = null;
    if (group !== null) this.#file.include(group.totals);
  }

  #trailerFields(): string[] {
    return this.#content().split(',');
  }

  #closeAccount(where: Where): void {
    const account = this.#account;
    this.#count();
    if (account === null) {
      this.#findings.warning(where, this.#content(), 'a 49 record closes no account');
      return;
    }
    account.totals.compare(this.#trailerFields(), '49', where, this.#findings);
    this.#emitAccount();
  }

  #closeGroup(where: Where): void {
    this.#leaveAccount(where);
    const group = this.#group;
    this.#count();
    if (group === null) {
      this.#findings.warning(where, this.#content(), 'a 98 record closes no group');
      return;
    }
    group.totals.compare(this.#trailerFields(), '98', where, this.#findings);
    this.#emitGroup();
  }

  #closeFile(where: Where): void {
    this.#leave('99', where);
    this.#count();
    this.#file.compare(this.#trailerFields(), '99', where, this.#findings);
    this.#fileClosed = true;
  }

  #leaveAccount(where: Where): void {
    if (this.#account === null) return;
    this.#findings.warning(where, this.#account.number, `the account ${this.#account.number} was not closed by a 49 record: its totals could not be checked`);
    this.#emitAccount();
  }

  #leave(next: string, where: Where): void {
    this.#leaveAccount(where);
    if (this.#group !== null) {
      this.#findings.warning(where, next, 'the group before was not closed by a 98 record: its totals could not be checked');
      this.#emitGroup();
    }
    if (next !== '01' || this.#records === 1) return;
    if (!this.#fileClosed) this.#findings.warning(where, next, 'the file before was not closed by a 99 record: its totals could not be checked');
    this.#resetFile();
  }

  /** Several files may stand in one, one after the other. */
  #resetFile(): void {
    Object.assign(this.#file, new ControlTotals());
    this.#fileClosed = false;
  }

  #finish(): void {
    this.#flush();
    if (this.#fileClosed && this.#account === null && this.#group === null) return;
    const where = whereAt(this.#scanner.line, null, null);
    this.#leave('99', where);
    if (!this.#fileClosed) this.#findings.error(where, '', 'the file ends without a 99 record: the end may be missing; ask the bank to send it again');
  }
}

/**
 * Reads BAI2 (manual of 10/2005; BTRS version 3 has the same shape). Never throws on content: what cannot be taken is a finding with line
 * and column, and control totals and counts that do not agree are warnings naming both figures.
 */
export function readBai2(text: string): ParsedDocument {
  return new Bai2Reader(text).read();
}
