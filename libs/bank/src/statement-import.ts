import { type BankStatement, formatMoney, type LocalDate } from '#canonical';
import { identifyTransactions, type IdentifiedTransaction } from '#documents';
import {
  type AccountKey, type BankAccountRecord, type ReceivedDocumentCounts, insertStatements, lockBankAccounts, mergeTransactions, type NewTransaction, readNonPaymentRules,
  recordBankEvents, stageNothing, toldLines, type Transaction, withdrawDay,
} from '#storage';
import { ACCOUNT_NUMBER_LENGTH_MAX } from './bank-limits.js';
import { ImportFindings, NOWHERE } from './import-findings.js';
import type { ExplainedLine } from './remittance-import.js';
import { firstStatus } from './rules/first-status.js';
import { nonPaymentMatcher, type RuleFacts, type NonPaymentRule } from './rules/non-payment-rules.js';
import { statementSteps, type StatementStep } from './rules/statement-steps.js';
import { type EntryFacts, toldTwice } from './rules/told-twice.js';
import { accountKey, storageProblem } from './rules/storable.js';

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

export function noCounts(): Mutable<ReceivedDocumentCounts> {
  return { statements: 0, testStatements: 0, transactions: 0, created: 0, changed: 0, known: 0, notTaken: 0, withdrawn: 0, accountsMade: 0, remittances: 0, remittanceLines: 0, achEntries: 0, explanationsKnown: 0 };
}

interface PlacedStatement {
  readonly position: number;
  readonly statement: BankStatement;
  readonly lines: readonly IdentifiedTransaction[];
}

/** Brings the statements of one file in, inside the caller's transaction. One instance a file. */
export class StatementImport {
  readonly findings = new ImportFindings();
  readonly counts = noCounts();
  readonly #accounts = new Map<string, BankAccountRecord>();
  #statementIds: ReadonlyMap<number, string> = new Map();
  /** Lines taken that say themselves what they are for. */
  readonly explained: ExplainedLine[] = [];
  #matchRule: (facts: RuleFacts) => NonPaymentRule | null = () => null;

  /** `makesAccounts`: an ACH file may be one we sent, whose accounts are our payers'; only accounts we have are ours then. */
  constructor(readonly transaction: Transaction, readonly file: { readonly id: string; readonly name: string }, private readonly makesAccounts: boolean) {}

  /** Accounts the file speaks of, after {@link run}. */
  get accounts(): readonly BankAccountRecord[] {
    return [...this.#accounts.values()];
  }

  async run(statements: readonly BankStatement[]): Promise<void> {
    const placed = place(statements);
    this.counts.transactions = placed.reduce((sum, { lines }) => sum + lines.length, 0);
    this.#matchRule = nonPaymentMatcher(await readNonPaymentRules(this.transaction));
    const kept = placed.filter((each) => this.#isImported(each));
    await this.#lockAccounts(kept);
    const known = kept.filter((each) => this.#hasAccount(each));
    this.#statementIds = await insertStatements(this.transaction, this.file.id, known.map(({ position, statement }) => ({ bankAccountId: this.#account(statement).id, position, statement })));
    this.counts.statements = known.length;
    for (const step of statementSteps(known.map(({ statement }) => statement.status))) await this.#take(step, known);
  }

  #isImported({ statement, lines }: PlacedStatement): boolean {
    const where = lines[0]?.transaction.where ?? NOWHERE;
    const tooLong = accountKey(statement.account).length > ACCOUNT_NUMBER_LENGTH_MAX;
    if (tooLong) this.findings.error(where, statement.account.slice(0, 80), `the account number has more than ${ACCOUNT_NUMBER_LENGTH_MAX} characters; its statement was not taken`);
    else if (statement.status === 'test') {
      this.counts.testStatements += 1;
      this.findings.warning(where, statement.account, `the statement of ${statement.account} as of ${statement.asOf} is a test: nothing of its ${lines.length} lines was imported`);
    }
    const imported = !tooLong && statement.status !== 'test';
    if (!imported) this.counts.notTaken += lines.length;
    return imported;
  }

  async #lockAccounts(placed: readonly PlacedStatement[]): Promise<void> {
    const keys = (deletes: boolean): AccountKey[] => placed.filter(({ statement }) => (statement.status === 'delete') === deletes)
      .map(({ statement }) => ({ accountNumber: accountKey(statement.account), currency: statement.currency }));
    const { accounts, madeIds } = await lockBankAccounts(this.transaction, this.makesAccounts ? keys(false) : [], this.makesAccounts ? keys(true) : [...keys(true), ...keys(false)]);
    for (const account of accounts) this.#accounts.set(`${account.accountNumber} ${account.currency}`, account);
    for (const account of accounts.filter(({ id }) => madeIds.includes(id))) {
      this.findings.warning(NOWHERE, account.accountNumber, `the account ${account.accountNumber} in ${account.currency} was not known: bank account ${account.id} was made, linked to nothing; link it to a connection before its payments are posted`);
    }
    this.counts.accountsMade = madeIds.length;
    await recordBankEvents(this.transaction, 'bankAccount', 'created', madeIds);
  }

  /** False, and said, for an account nobody knows that is not made: of a deletion, of an ACH file. */
  #hasAccount({ statement, lines }: PlacedStatement): boolean {
    if (this.#accounts.has(keyOf(statement))) return true;
    const where = lines[0]?.transaction.where ?? NOWHERE;
    if (statement.status !== 'delete') this.findings.error(where, statement.account, `the account ${statement.account} in ${statement.currency} is not one of ours: its ${lines.length} lines were not taken. If it is ours, enter it as a bank account and import the file again`);
    else this.findings.warning(where, statement.account, `the bank deletes the statement of ${statement.account} as of ${statement.asOf}, but the account is not known here: there is nothing to take back`);
    this.counts.notTaken += lines.length;
    return false;
  }

  #account(statement: BankStatement): BankAccountRecord {
    const account = this.#accounts.get(keyOf(statement));
    if (account === undefined) throw new Error(`the account ${statement.account} in ${statement.currency} was not locked`);
    return account;
  }

  async #take(step: StatementStep, placed: readonly PlacedStatement[]): Promise<void> {
    const chosen = step.positions.flatMap((position) => placed[position - 1] ?? []);
    if (step.kind === 'delete') {
      await stageNothing(this.transaction);
      this.counts.notTaken += chosen.reduce((sum, { lines }) => sum + lines.length, 0);
    } else await this.#merge(step.kind === 'replace' ? chosen : await this.#recognised(chosen));
    if (step.kind === 'delete' || step.kind === 'replace') for (const each of chosen) await this.#withdraw(each);
  }

  async #merge(placed: readonly PlacedStatement[]): Promise<void> {
    const lines = placed.flatMap((each) => each.lines.flatMap((line) => this.#newLine(each, line)));
    const { created, changed } = await mergeTransactions(this.transaction, lines);
    this.counts.created += created;
    this.counts.changed += changed;
    this.counts.known += lines.length - created - changed;
  }

  /** The lines under the identities that other messages of the bank brought them under; what such messages told in other pieces is left out, and said. A replacing statement speaks for itself. */
  async #recognised(placed: readonly PlacedStatement[]): Promise<readonly PlacedStatement[]> {
    const facts = placed.flatMap(({ statement, lines }) => lines.map((line) => factsOf(line, this.#account(statement).id))).filter(({ bankReference }) => bankReference !== null);
    const question = { receivedDocumentId: this.file.id, final: placed.every(({ statement }) => statement.status !== 'interim') };
    const known = await toldLines(this.transaction, {
      ...question, bankAccountIds: distinct(facts.map(({ bankAccountId }) => bankAccountId)), days: distinct(facts.map(({ bookedOn }) => bookedOn)), bankReferences: distinct(facts.flatMap(({ bankReference }) => bankReference ?? [])),
    });
    if (known.length === 0) return placed;
    const { same, divided } = toldTwice(facts, known);
    return placed.map((each) => ({ ...each, lines: each.lines.flatMap((line) => {
      if (divided.has(line.identity)) return this.#toldInPieces(line);
      return [{ ...line, identity: same.get(line.identity) ?? line.identity }];
    }) }));
  }

  #toldInPieces({ transaction: { where, amount, bankReference } }: IdentifiedTransaction): [] {
    this.counts.known += 1;
    this.findings.warning(where, formatMoney(amount), `another message of the bank told the entry ${bankReference} in other pieces that come to the same sum (one amount here, several there): it was not taken again`);
    return [];
  }

  #newLine({ statement, position }: PlacedStatement, { transaction, identity }: IdentifiedTransaction): NewTransaction[] {
    const problem = storageProblem(transaction);
    if (problem !== null) {
      this.counts.notTaken += 1;
      this.findings.error(transaction.where, formatMoney(transaction.amount), problem);
      return [];
    }
    const { status, because } = firstStatus(transaction, this.#matchRule);
    const bankAccountId = this.#account(statement).id;
    if (transaction.lines.length > 0) this.explained.push({ bankAccountId, identity, transaction });
    return [{ bankAccountId, statementId: this.#statementId(position), identity, transaction, status, because }];
  }

  #statementId(position: number): string {
    const id = this.#statementIds.get(position);
    if (id === undefined) throw new Error(`statement ${position} of document ${this.file.id} was not stored`);
    return id;
  }

  async #withdraw({ statement, position, lines }: PlacedStatement): Promise<void> {
    const verb = statement.status === 'delete' ? 'deleted' : 'replaced';
    const { asOf, account } = statement;
    const because = `the bank ${verb} its statement as of ${asOf} (file "${this.file.name}"), and this line is no longer in it`;
    const withdrawn = await withdrawDay(this.transaction, { bankAccountId: this.#account(statement).id, asOf, statementId: this.#statementId(position), because });
    this.counts.withdrawn += withdrawn.length;
    const where = lines[0]?.transaction.where ?? NOWHERE;
    if (statement.status === 'delete' || withdrawn.length > 0) {
      this.findings.warning(where, account, `the bank ${verb} the statement of ${account} as of ${asOf}: ${withdrawn.length} lines of earlier files were taken back`);
    }
    for (const line of withdrawn.filter(({ undecided }) => !undecided)) {
      this.findings.error(where, line.id, `the bank took back transaction ${line.id}, which is ${line.status} here: its status was left as it is; a person has to look at it`);
    }
  }
}

function place(statements: readonly BankStatement[]): PlacedStatement[] {
  const identified = identifyTransactions(statements);
  let start = 0;
  return statements.map((statement, index) => {
    const lines = identified.slice(start, start + statement.transactions.length);
    start += statement.transactions.length;
    return { position: index + 1, statement, lines };
  });
}

function factsOf({ identity, transaction: { bookedOn, amount, reversal, bankReference } }: IdentifiedTransaction, bankAccountId: string): EntryFacts & { readonly bookedOn: LocalDate } {
  return { bankAccountId, identity, bookedOn, amountMinor: amount.minor, currency: amount.currency, reversal, bankReference };
}

function distinct<Value>(values: readonly Value[]): Value[] {
  return [...new Set(values)];
}

function keyOf(statement: BankStatement): string {
  return `${accountKey(statement.account)} ${statement.currency}`;
}
