import type { LocalDate, StatementBalance, StatementTransaction } from '#canonical';
import type { DocumentSink, StatementHead } from './document-sink.js';

/** Rows of one statement held back until the file says of which day it is; later ones are handed on as they come. */
export const HELD_TRANSACTIONS_MAX = 5_000;

/**
 * A statement of a format that names its day behind its rows. Rows wait for it, {@link HELD_TRANSACTIONS_MAX} at most; then the statement is
 * opened as of the latest row.
 */
export class HeldStatement {
  readonly #sink: DocumentSink;
  #held: StatementTransaction[] = [];
  #openedAsOf: LocalDate | null = null;
  #latest: LocalDate | null = null;

  /** @param head the rest of the statement's head, asked for when the statement is opened; null when it lacks something */
  constructor(sink: DocumentSink, private readonly head: () => Omit<StatementHead, 'asOf'> | null) {
    this.#sink = sink;
  }

  /** The latest booking day so far. */
  get latest(): LocalDate | null {
    return this.#latest;
  }

  get held(): number {
    return this.#held.length;
  }

  /** The day the statement was opened as of; null while it waits. */
  get openedAsOf(): LocalDate | null {
    return this.#openedAsOf;
  }

  /** @param asOf the day, where the file has said it already */
  transaction(transaction: StatementTransaction, asOf: LocalDate | null): void {
    if (this.#latest === null || transaction.bookedOn > this.#latest) this.#latest = transaction.bookedOn;
    if (this.#openedAsOf !== null) return this.#sink.transaction(transaction);
    this.#held.push(transaction);
    if (this.#held.length >= HELD_TRANSACTIONS_MAX) this.open(asOf ?? this.#latest);
  }

  /** Opens the statement unless it is open. @returns false when its head is not complete; its rows are dropped then */
  open(asOf: LocalDate): boolean {
    if (this.#openedAsOf !== null) return true;
    const head = this.head();
    const rows = this.#held;
    this.#held = [];
    if (head === null) return false;
    this.#sink.openStatement({ ...head, asOf });
    for (const row of rows) this.#sink.transaction(row);
    this.#openedAsOf = asOf;
    return true;
  }

  /** Ends the statement; nothing when it was never opened. */
  close(balances: readonly StatementBalance[]): void {
    if (this.#openedAsOf !== null) this.#sink.closeStatement(balances);
  }
}
