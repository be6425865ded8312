import type { Where } from '#canonical';
import { type FindingList, whereAt } from '../finding-list.js';
import { OFX_NESTING_MAX } from './limits.js';
import type { OfxTokenHandler } from './ofx-tokens.js';
import { OfxRecord } from './record.js';
import { PENDING_ROW } from './transaction.js';

export const STATEMENTS: ReadonlySet<string> = new Set(['STMTRS', 'CCSTMTRS']);
export const ACCOUNTS: ReadonlySet<string> = new Set(['BANKACCTFROM', 'CCACCTFROM']);
export const ROWS: ReadonlySet<string> = new Set(['STMTTRN', PENDING_ROW]);
export const BALANCES: ReadonlySet<string> = new Set(['LEDGERBAL', 'AVAILBAL']);
export const LISTS: ReadonlySet<string> = new Set(['BANKTRANLIST', 'BANKTRANLISTP']);
/** Messages this room does not read: what they hold is no bank line. */
export const UNREAD: Readonly<Record<string, string>> = {
  INVSTMTMSGSRSV1: 'investment statements', INVSTMTRS: 'investment statements', SECLISTMSGSRSV1: 'lists of securities', LOANMSGSRSV1: 'loan statements', TAX1099MSGSRSV1: 'tax forms', BILLPAYMSGSRSV1: 'bill payments',
};
/** Parts of a row that are not about its own money: their values would be taken for the row's. */
const FOREIGN_PARTS = ['ORIGCURRENCY', 'BANKACCTTO', 'CCACCTTO', 'IMAGEDATA', 'LOANPMTINFO', 'BAL', 'BALLIST', 'REWARDINFO'];
/** Aggregates with values of their own. */
const RECORDS: ReadonlySet<string> = new Set([...STATEMENTS, ...ACCOUNTS, ...ROWS, ...BALANCES, ...LISTS, ...FOREIGN_PARTS, 'STATUS', ...Object.keys(UNREAD)]);
/** Every aggregate that is followed; values of those that are no record belong to the record around them, as those of PAYEE to its row. */
const AGGREGATES: ReadonlySet<string> = new Set([
  ...RECORDS, 'OFX', 'SIGNONMSGSRSV1', 'SONRS', 'FI', 'BANKMSGSRSV1', 'CREDITCARDMSGSRSV1', 'STMTTRNRS', 'CCSTMTTRNRS', 'PAYEE', 'CURRENCY',
]);

/** Raised for what makes the rest of a file unreadable. The reader turns it into a refusal. */
export class OfxRefusal extends Error {
  override readonly name = 'OfxRefusal';
  constructor(message: string, readonly where: Where) {
    super(message);
  }
}

/** What {@link OfxStructure} finds, in the file's order. */
export interface OfxContent {
  opened(record: OfxRecord, inside: readonly string[]): void;
  /** A value of a record was read. */
  taken(record: OfxRecord): void;
  closed(record: OfxRecord, inside: readonly string[]): void;
  instruction(content: string): void;
}

interface OpenAggregate {
  readonly name: string;
  readonly record: OfxRecord;
  /** True when the aggregate has its record to itself. */
  readonly owner: boolean;
}

/** Puts tags and texts together to records. End tags of elements may be missing, and those of aggregates too, which is said. */
export class OfxStructure implements OfxTokenHandler {
  readonly #content: OfxContent;
  readonly #findings: FindingList;
  readonly #open: OpenAggregate[] = [];
  readonly #names: string[] = [];
  /** The element that a text belongs to; null behind an end tag. */
  #element: string | null = null;

  constructor(content: OfxContent, findings: FindingList) {
    this.#content = content;
    this.#findings = findings;
  }

  /** Names of the aggregates open now. */
  get open(): readonly string[] {
    return this.#names;
  }

  instruction(content: string): void {
    this.#content.instruction(content);
  }

  declaration(line: number, column: number): void {
    throw new OfxRefusal('a document type or entities are refused: OFX has none', whereAt(line, column, null));
  }

  start(name: string, line: number, column: number): void {
    if (!AGGREGATES.has(name)) {
      this.#element = name;
      return;
    }
    this.#element = null;
    this.#closeFor(name, line, column);
    if (this.#open.length >= OFX_NESTING_MAX) throw new OfxRefusal(`more than ${OFX_NESTING_MAX} elements stand in one another`, whereAt(line, column, name));
    const around = this.#open.at(-1)?.record;
    const owner = RECORDS.has(name) || around === undefined;
    const record = owner || around === undefined ? new OfxRecord(name, line, column) : around;
    if (owner) this.#content.opened(record, this.#names);
    this.#open.push({ name, record, owner });
    this.#names.push(name);
  }

  text(value: string, line: number, column: number, cut: boolean): void {
    const record = this.#open.at(-1)?.record;
    if (record === undefined) return;
    if (this.#element === null) {
      this.#findings.warning(whereAt(line, column, record.name), value, 'this text belongs to no element; it was left out');
      return;
    }
    if (cut) this.#findings.warning(whereAt(line, column, record.name), value, `the value of ${this.#element} is longer than is kept; the rest was left out`);
    record.take(this.#element, { text: value, line, column });
    this.#content.taken(record);
  }

  end(name: string, line: number, column: number): void {
    this.#element = null;
    const index = this.#names.lastIndexOf(name);
    if (index !== -1) this.#closeDownTo(index, line, column);
  }

  /** A row cannot stand in a row, nor a balance or a list in one: an end tag is missing. */
  #closeFor(name: string, line: number, column: number): void {
    const same = this.#names.lastIndexOf(name);
    if (same !== -1) this.#closeDownTo(same, line, column, true);
    if (ROWS.has(name)) this.#closeAbove(LISTS, line, column);
    else if (BALANCES.has(name) || LISTS.has(name)) this.#closeAbove(STATEMENTS, line, column);
    else if (STATEMENTS.has(name)) this.#closeDownTo(this.#names.findIndex((open) => STATEMENTS.has(open)), line, column, true);
  }

  #closeAbove(names: ReadonlySet<string>, line: number, column: number): void {
    const index = this.#names.findLastIndex((open) => names.has(open));
    if (index !== -1 && index + 1 < this.#open.length) this.#closeDownTo(index + 1, line, column, true);
  }

  /** Closes the aggregates from the innermost to `index`; all of them but, unless `unclosed`, the last lack an end tag. */
  #closeDownTo(index: number, line: number, column: number, unclosed = false): void {
    if (index === -1) return;
    while (this.#open.length > index) {
      const aggregate = this.#open.pop();
      if (aggregate === undefined) return;
      const missing = this.#open.length > index || unclosed;
      this.#names.pop();
      if (missing) this.#findings.warning(whereAt(line, column, aggregate.name), aggregate.name, `${aggregate.name} of line ${aggregate.record.line} has no end tag before here; what it holds was taken as it stands`);
      if (aggregate.owner) this.#content.closed(aggregate.record, this.#names);
    }
  }
}
