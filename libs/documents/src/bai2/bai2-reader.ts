import { type BankStatement, type CurrencyCode, type DocumentFormat, type DocumentRefusal, isCurrencyCode, type LocalDate, type StatementBalance, type Where } from '#canonical';
import type { DocumentReader, DocumentStart, OpenDocument, ReadEnd } from '../document-reader.js';
import type { DocumentSink } from '../document-sink.js';
import { FindingList, whereAt } from '../finding-list.js';
import { LineStream, LineTooLongError } from '../line-stream.js';
import { parseShortDay } from '../short-day.js';
import { AccountSummaryReader, tokensOf } from './account-summary.js';
import { ControlTotals } from './control-totals.js';
import type { Segment } from './detail-fields.js';
import { BAI2_BYTES_MAX, BAI2_RECORDS_MAX, CONTINUATIONS_MAX, RECORD_LENGTH_MAX } from './limits.js';
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
  readonly totals: ControlTotals;
  /** Day and currency of its transactions; null when something is unknown: no statement is made then. */
  readonly context: { readonly asOf: LocalDate; readonly currency: CurrencyCode } | null;
}

/** A record that 88s may continue, not interpreted before the next record arrives. */
interface PendingRecord {
  readonly code: string;
  readonly segments: Segment[];
  readonly where: Where;
  /** Characters of its lines so far, and the last of them. */
  length: number;
  line: number;
}

/** Reads one BAI2 file as its bytes arrive: in memory are a line and a record. */
export class Bai2Document implements OpenDocument {
  readonly #scanner = new RecordScanner();
  readonly #lines = new LineStream((line, number) => { this.#readLine(line, number); });
  readonly #findings = new FindingList();
  readonly #sink: DocumentSink;
  readonly #file = new ControlTotals();
  #refused: DocumentRefusal | null = null;
  #version: string | null = null;
  #fileId: string | null = null;
  #fileClosed = false;
  #records = 0;
  #group: Group | null = null;
  #account: Account | null = null;
  #pending: PendingRecord | null = null;

  constructor(sink: DocumentSink) {
    this.#sink = sink;
  }

  push(bytes: Uint8Array): void {
    this.#guarded(() => { this.#lines.push(bytes); });
  }

  end(): ReadEnd {
    this.#guarded(() => {
      this.#lines.end();
      this.#finish();
    });
    for (const finding of this.#findings.all()) this.#sink.finding(finding);
    return { version: this.#version, refused: this.#refused, layout: null };
  }

  #guarded(work: () => void): void {
    if (this.#refused !== null) return;
    try {
      work();
    } catch (error) {
      if (!(error instanceof Bai2LimitError) && !(error instanceof LineTooLongError)) throw error;
      this.#refused = { problem: error.message, where: whereAt(error.line, null, null) };
    }
  }

  #readLine(line: string, number: number): void {
    this.#scanner.feed(line, number);
    while (this.#scanner.next()) this.#readRecord();
  }

  #here(): Where {
    return whereAt(this.#scanner.line, this.#scanner.column, this.#scanner.code === '' ? null : this.#scanner.code);
  }

  #content(): string {
    return this.#scanner.text.slice(this.#scanner.from, this.#scanner.to);
  }

  #readRecord(): void {
    this.#records += 1;
    if (this.#records > BAI2_RECORDS_MAX) throw new Bai2LimitError(`the file has more than ${BAI2_RECORDS_MAX} records; split it by day or account`, this.#scanner.line);
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
    this.#pending = { code, segments: [segment], where, length: segment.text.length, line: segment.line };
  }

  #segment(): Segment {
    const { text, from, to, line } = this.#scanner;
    return { text, from, to, line, column: from + 1 };
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
    this.#extend(pending, this.#segment());
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

  #extend(pending: PendingRecord, segment: Segment): void {
    if (segment.line !== pending.line) pending.length += segment.text.length;
    if (pending.length > RECORD_LENGTH_MAX) throw new Bai2LimitError(`a record and its continuations stand on more than ${RECORD_LENGTH_MAX} characters`, segment.line);
    pending.line = segment.line;
    pending.segments.push(segment);
  }

  /** Counts one physical record where its trailer will. */
  #count(): void {
    (this.#account?.totals ?? this.#group?.totals ?? this.#file).records += 1;
  }

  #flush(): void {
    const pending = this.#pending;
    this.#pending = null;
    if (pending === null) return;
    if (pending.code === '01') this.#openFile(pending.segments, pending.where);
    else if (pending.code === '02') this.#openGroup(pending.segments, pending.where);
    else if (pending.code === '03') this.#openAccount(pending.segments, pending.where);
    else this.#addTransaction(pending.segments, pending.where);
  }

  #openFile(segments: readonly Segment[], where: Where): void {
    this.#file.records += segments.length;
    const fields = tokensOf(segments).map((token) => token.text);
    this.#fileId = fields[4] === undefined || fields[4] === '' ? null : fields[4];
    this.#version = fields[7] === undefined || fields[7] === '' ? null : fields[7];
    if (this.#version === null || !KNOWN_VERSIONS.has(this.#version)) {
      this.#findings.warning(where, this.#version ?? '', 'the file header names no known version (2, or 3 of BTRS); it was read as version 2');
    }
  }

  #openGroup(segments: readonly Segment[], where: Where): void {
    const tokens = tokensOf(segments);
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

  #openAccount(segments: readonly Segment[], where: Where): void {
    const tokens = tokensOf(segments);
    const group = this.#group;
    const totals = new ControlTotals();
    totals.records = segments.length;
    const number = tokens[0]?.text ?? '';
    if (group === null) this.#findings.error(where, number, 'an account outside a group has no day; it was not taken');
    if (number === '') this.#findings.error(where, '', 'the account has no number; its transactions are not taken');
    const currency = this.#currency(tokens[1]?.text ?? '', group?.currency ?? null, whereAt(where.line, tokens[1]?.column ?? null, '03'));
    const balances = new AccountSummaryReader(tokens, 2, currency, group?.asOf ?? null, totals, this.#findings).read();
    const asOf = group?.asOf ?? null;
    const context = asOf === null || currency === null || number === '' ? null : { asOf, currency };
    this.#account = { number, currency, balances, totals, context };
    if (group === null || context === null) return;
    this.#sink.openStatement({ account: number, bank: group.bank, currency: context.currency, asOf: context.asOf, sequence: this.#fileId, status: group.status });
  }

  #addTransaction(segments: readonly Segment[], where: Where): void {
    const account = this.#account;
    const totals = account?.totals ?? this.#group?.totals ?? this.#file;
    totals.records += 1;
    const transaction = readTransaction(segments, where, account?.context ?? null, totals, this.#findings);
    if (transaction !== null) this.#sink.transaction(transaction);
  }

  /** Ends the account's statement, whatever became of its trailer. */
  #endAccount(): void {
    const account = this.#account;
    this.#account = null;
    if (account === null) return;
    (this.#group?.totals ?? this.#file).include(account.totals);
    if (account.context !== null) this.#sink.closeStatement(account.balances);
  }

  #endGroup(): void {
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
    this.#endAccount();
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
    this.#endGroup();
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
    this.#endAccount();
  }

  #leave(next: string, where: Where): void {
    this.#leaveAccount(where);
    if (this.#group !== null) {
      this.#findings.warning(where, next, 'the group before was not closed by a 98 record: its totals could not be checked');
      this.#endGroup();
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
    const where = whereAt(Math.max(1, this.#lines.lines), null, null);
    this.#leave('99', where);
    if (!this.#fileClosed) this.#findings.error(where, '', 'the file ends without a 99 record: the end may be missing; ask the bank to send it again');
  }
}

/** A file header, and a second record behind it on the same line or the next. */
const START = /^\s*01,[^\n]*(?:\/[ \t]*|\n\s*)(?:02|03|16|88|98|99)[,/]/;

function recognise({ text }: DocumentStart): DocumentFormat | null {
  return START.test(text) ? 'bai2' : null;
}

/**
 * Reads BAI2 (manual of 10/2005; BTRS version 3 has the same shape). Never throws on content: what cannot be taken is a finding with line
 * and column, and control totals and counts that do not agree are warnings naming both figures.
 */
export const BAI2_READER: DocumentReader = { formats: ['bai2'], bytesMax: BAI2_BYTES_MAX, recognise, open: (_format, sink) => new Bai2Document(sink) };
