import type { Invoice, Journal, JournalLine, Mark, Master, OpenItem, Settlement, Transaction } from './records.js';
import { assertTransactions } from './invariants.js';
import { Table, UndoLog } from './table.js';

/** The first RecId of an environment, as installations of the product have it. */
const FIRST_REC_ID = 5_637_144_576n;
/** RecIds are handed out to servers in blocks (reference 3.7): a later record may have a lower id. */
const BLOCK_SIZE = 250n;

/** Who writes: each has a block of RecIds of its own. */
export type Writer = 'installation' | 'service' | 'batch' | 'person';

export const companyKey = (dataAreaId: string, ...parts: readonly string[]): string => [dataAreaId, ...parts].join('\u0000').toLowerCase();

/** The environment's records, and the only way to change them. */
export class Book {
  private readonly undo = new UndoLog();
  /** CustomersV3, PaymentTerms...: masters by collection. */
  private readonly masters = new Map<string, Table<Master>>();
  readonly transactions = new Table<Transaction>(this.undo, {
    invoice: (record) => companyKey(record.dataAreaId, record.invoice), voucher: (record) => companyKey(record.dataAreaId, record.voucher), account: (record) => companyKey(record.dataAreaId, record.account),
  });
  readonly opens = new Table<OpenItem>(this.undo, { transaction: (record) => String(record.transaction) });
  readonly settlements = new Table<Settlement>(this.undo, { transaction: (record) => String(record.transaction), group: (record) => String(record.group) });
  readonly invoices = new Table<Invoice>(this.undo, { number: (record) => companyKey(record.dataAreaId, record.number) });
  readonly journals = new Table<Journal>(this.undo, { batch: (record) => companyKey(record.dataAreaId, record.batch) }, true);
  readonly lines = new Table<JournalLine>(this.undo, { batch: (record) => companyKey(record.dataAreaId, record.batch) }, true);
  readonly marks = new Table<Mark>(this.undo, { line: (record) => lineKey(record.company, record.batch, record.lineNumber), batch: (record) => companyKey(record.company, record.batch), transaction: (record) => String(record.transaction) });
  /** Closed periods, `2026-09` of a company. */
  readonly closedPeriods = new Set<string>();
  private readonly blocks = new Map<Writer, { next: bigint; left: bigint }>();
  private nextBlock = FIRST_REC_ID;
  private readonly sequences = new Map<string, number>();
  private touched = new Set<bigint>();
  private depth = 0;
  /** Who is writing now. */
  writer: Writer = 'installation';

  master(collection: string): Table<Master> {
    let table = this.masters.get(collection);
    if (table === undefined) {
      table = new Table<Master>(this.undo);
      this.masters.set(collection, table);
    }
    return table;
  }

  /** A RecId from the writer's block; ids of records that were taken back are not given again. */
  nextRecId(): bigint {
    let block = this.blocks.get(this.writer);
    if (block === undefined || block.left === 0n) {
      block = { next: this.nextBlock, left: BLOCK_SIZE };
      this.nextBlock += BLOCK_SIZE;
      this.blocks.set(this.writer, block);
    }
    const recId = block.next;
    block.next += 1n;
    block.left -= 1n;
    return recId;
  }

  /** The next number of a number sequence: `000123`. A number is used up even when its record is taken back. */
  nextNumber(sequence: string, prefix: string, digits = 6): string {
    const next = (this.sequences.get(sequence) ?? 0) + 1;
    this.sequences.set(sequence, next);
    return `${prefix}${String(next).padStart(digits, '0')}`;
  }

  /** Notes that a transaction's balance moved: it is proved when the unit of work ends. */
  touch(transaction: bigint): void {
    this.touched.add(transaction);
  }

  /**
   * A unit of work by one writer: all or nothing, and every balance it moved is proved before it counts.
   * @throws BookInvariantError when the sandbox's own book does not add up; nothing is kept then
   */
  write<T>(writer: Writer, work: () => T): T {
    const before = this.writer;
    this.writer = writer;
    this.depth += 1;
    try {
      return this.undo.transaction(() => {
        const result = work();
        if (this.depth === 1) assertTransactions(this, this.touched);
        return result;
      });
    } finally {
      this.depth -= 1;
      this.writer = before;
      if (this.depth === 0) this.touched = new Set();
    }
  }
}

export function lineKey(company: string, batch: string, lineNumber: bigint): string {
  return companyKey(company, batch, String(lineNumber));
}
