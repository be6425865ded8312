import type { AchEntry, BankStatement, Finding, LocalDate, Remittance, StatementBalance, StatementTransaction } from '#canonical';

/** A statement without what is in it. */
export type StatementHead = Omit<BankStatement, 'balances' | 'transactions'>;

/**
 * Takes what a reader understands, in the file's order, as soon as it is understood: a file of a gigabyte is never in memory whole.
 * What was given stands only once the reader ends without a refusal.
 */
export interface DocumentSink {
  /** Begins a statement; the one before is closed. */
  openStatement(head: StatementHead): void;
  /** A line of the open statement. */
  transaction(transaction: StatementTransaction): void;
  /** @param asOf replaces the head's, where only the last line of the statement tells its day */
  closeStatement(balances: readonly StatementBalance[], asOf?: LocalDate): void;
  remittance(remittance: Remittance): void;
  entry(entry: AchEntry): void;
  finding(finding: Finding): void;
}

/** Keeps everything; `statements`, `remittances` and `entries` are those of a {@link ParsedDocument}. */
export class CollectingSink implements DocumentSink {
  readonly statements: BankStatement[] = [];
  readonly remittances: Remittance[] = [];
  readonly entries: AchEntry[] = [];
  readonly findings: Finding[] = [];
  #head: StatementHead | null = null;
  #transactions: StatementTransaction[] = [];

  openStatement(head: StatementHead): void {
    this.#head = head;
    this.#transactions = [];
  }

  transaction(transaction: StatementTransaction): void {
    this.#transactions.push(transaction);
  }

  closeStatement(balances: readonly StatementBalance[], asOf?: LocalDate): void {
    if (this.#head === null) throw new RangeError('a statement is closed that was never opened');
    this.statements.push({ ...this.#head, ...(asOf === undefined ? {} : { asOf }), balances, transactions: this.#transactions });
    this.#head = null;
  }

  remittance(remittance: Remittance): void {
    this.remittances.push(remittance);
  }

  entry(entry: AchEntry): void {
    this.entries.push(entry);
  }

  finding(finding: Finding): void {
    this.findings.push(finding);
  }
}
