import { type CurrencyCode, formatMoney, formatMinorUnits, currencyExponent, type LocalDate, type StatementBalance, type StatementTransaction } from '#canonical';
import type { DocumentSink, StatementHead } from '../document-sink.js';
import { type FindingList, whereAt } from '../finding-list.js';
import { HeldStatement } from '../held-statement.js';
import { parseShortDay } from '../short-day.js';
import { type BalanceField, readBalance } from './amounts.js';
import type { TaggedField } from './field-scanner.js';
import { compareMovements, Movements } from './movements.js';
import { readOwnAccount } from './own-account.js';

/** What the envelope and the source say of a message before its first field. */
export interface MessageStart {
  readonly line: number;
  readonly bank: string | null;
  readonly interim: boolean;
  /** Currency and account of the source, for a message that names none. */
  readonly currency: CurrencyCode | null;
  readonly account: string | null;
}

/** Closing balance of a part whose statement goes on in the next message (:62M:). */
export interface OpenPart {
  readonly account: string;
  readonly closing: BalanceField;
}

/**
 * One message: a statement, or a part of one. Its lines are held until the closing balance says of which day it is, up to
 * {@link HELD_TRANSACTIONS_MAX}; from then on they are handed on as they come.
 */
export class StatementMessage {
  readonly #start: MessageStart;
  readonly #statement: HeldStatement;
  readonly #findings: FindingList;
  readonly #balances: StatementBalance[] = [];
  readonly #movements = new Movements();
  #interim: boolean;
  #account: string | null;
  #bank: string | null;
  #sequence: string | null = null;
  #asOf: LocalDate | null = null;
  #opening: BalanceField | null = null;
  #closing: BalanceField | null = null;
  #closingTag: 'F' | 'M' | null = null;
  currency: CurrencyCode | null;

  constructor(start: MessageStart, sink: DocumentSink, findings: FindingList) {
    this.#start = start;
    this.#statement = new HeldStatement(sink, () => this.#head());
    this.#findings = findings;
    this.#interim = start.interim;
    this.#bank = start.bank;
    this.#account = start.account;
    this.currency = start.currency;
  }

  /** True behind :62:, where a :61: cannot stand and an :86: speaks of the statement. */
  get closed(): boolean {
    return this.#closingTag !== null;
  }

  account(field: TaggedField): void {
    const { account, bank, currency } = readOwnAccount(field.lines[0] ?? '');
    this.#account = account === '' ? this.#start.account : account;
    this.#bank = bank ?? this.#bank;
    this.currency ??= currency;
  }

  sequence(field: TaggedField): void {
    const written = (field.lines[0] ?? '').trim();
    this.#sequence = written === '' ? null : written;
  }

  /** :34F: names the currency of an interim report. */
  floorLimit(field: TaggedField): void {
    this.#interim = true;
    const currency = /^([A-Z]{3})/.exec(field.lines[0] ?? '')?.[1];
    if (currency !== undefined && this.#opening === null) this.#takeCurrency(currency, field);
  }

  /** :13D: or :13:, when an interim report was made. */
  madeAt(field: TaggedField): void {
    this.#interim = true;
    this.#asOf = parseShortDay((field.lines[0] ?? '').slice(0, 6)) ?? this.#asOf;
  }

  /** Declared number and sum of the debits or credits of an interim report: `1EUR2,30`. */
  declaredTotal(field: TaggedField): void {
    this.#movements.declareFromField(field, this.#findings);
  }

  /** Text about the whole statement; ING writes control totals there. */
  information(field: TaggedField): void {
    this.#movements.declareFromText(field);
  }

  balance(field: TaggedField, openPart: OpenPart | null): void {
    const tag = field.tag;
    const where = whereAt(field.line, 1, `:${tag}:`);
    const read = readBalance(field.lines[0] ?? '', this.#opening?.amount.currency ?? this.currency);
    if ((tag.startsWith('60') && this.#opening !== null) || (tag.startsWith('62') && this.#closing !== null)) {
      this.#findings.error(where, field.lines[0] ?? '', 'the message has such a balance already; this one was not taken: a message may be missing its beginning');
      return;
    }
    if (tag.startsWith('62')) this.#closingTag = tag === '62M' ? 'M' : 'F';
    if (typeof read === 'string') {
      this.#findings.error(where, field.lines[0] ?? '', `the balance cannot be read: ${read}; it was not taken, and the statement was not checked against it`);
      return;
    }
    if (this.#opening !== null && read.amount.currency !== this.#opening.amount.currency) {
      this.#findings.error(where, read.amount.currency, `the balance is in ${read.amount.currency}, the statement in ${this.#opening.amount.currency}; it was not taken`);
      return;
    }
    this.#balances.push({ kind: tag.startsWith('60') ? 'opening' : tag.startsWith('62') ? 'closing' : tag === '64' ? 'available' : 'other', code: tag, amount: read.amount, on: read.on });
    if (tag.startsWith('60')) this.#open(read, openPart, tag, field);
    if (tag.startsWith('62')) this.#close(read, field);
  }

  #open(read: BalanceField, openPart: OpenPart | null, tag: string, field: TaggedField): void {
    this.#opening = read;
    this.currency = read.amount.currency;
    this.#interim = false;
    if (tag !== '60M' || openPart === null || openPart.account !== this.#account) return;
    const { closing } = openPart;
    if (closing.amount.currency === read.amount.currency && closing.amount.minor === read.amount.minor) return;
    this.#findings.warning(whereAt(field.line, 1, ':60M:'), field.lines[0] ?? '',
      `this part opens with ${formatMoney(read.amount)} ${read.amount.currency}, the part before closed with ${formatMoney(closing.amount)} ${closing.amount.currency}: a part may be missing`);
  }

  #close(read: BalanceField, field: TaggedField): void {
    this.#closing = read;
    this.#asOf = read.on;
    const opening = this.#opening;
    if (opening === null) {
      this.#findings.warning(whereAt(field.line, 1, `:${field.tag}:`), '', 'the statement has no opening balance that could be read: it could not be checked');
      return;
    }
    const computed = opening.amount.minor + this.#movements.sum;
    if (computed === read.amount.minor) return;
    const text = (minor: bigint): string => formatMinorUnits(minor, currencyExponent(read.amount.currency));
    const hint = this.#movements.complete ? '' : '; a row above could not be read';
    this.#findings.warning(whereAt(field.line, 1, `:${field.tag}:`), field.lines[0] ?? '',
      `the statement does not foot: opening ${text(opening.amount.minor)} and movements ${text(this.#movements.sum)} come to ${text(computed)}, the closing balance is ${text(read.amount.minor)}, `
      + `a gap of ${text(read.amount.minor - computed)}${hint}`);
  }

  #takeCurrency(written: string, field: TaggedField): void {
    const read = readBalance(`C000101${written}0,`, null);
    if (typeof read === 'string') this.#findings.error(whereAt(field.line, 1, `:${field.tag}:`), written, read);
    else this.currency = written;
  }

  /** A row that could not be read: what is declared or closed cannot agree any more. */
  lost(): void {
    this.#movements.complete = false;
  }

  transaction(transaction: StatementTransaction): void {
    this.#movements.add(transaction);
    this.#statement.transaction(transaction, this.#asOf);
  }

  /** Hands the statement on. @returns the part that goes on in the next message, or null. */
  finish(endLine: number): OpenPart | null {
    const where = whereAt(endLine, null, null);
    const statement = this.#statement;
    compareMovements(this.#movements, this.currency, where, this.#findings);
    if (!this.#interim && this.#closingTag === null) {
      this.#findings.warning(where, '', `the statement that begins on line ${this.#start.line} has no closing balance (:62F:): it could not be checked and may be cut`);
    }
    const asOf = this.#asOf ?? statement.latest ?? this.#opening?.on ?? null;
    const { held, openedAsOf } = statement;
    if (openedAsOf !== null && asOf !== null && openedAsOf !== asOf) {
      this.#findings.warning(where, asOf, `the statement was so long that it was handed on as of ${openedAsOf} before its closing balance said ${asOf}`);
    }
    if (asOf === null || !statement.open(asOf)) {
      const problem = this.#missing() ?? 'has no day: no balance and no row';
      this.#findings.error(whereAt(this.#start.line, 1, ':20:'), `${held} rows`, `the message ${problem}; its rows were not taken`);
    }
    statement.close(this.#balances);
    return this.#closingTag === 'M' && this.#closing !== null && this.#account !== null ? { account: this.#account, closing: this.#closing } : null;
  }

  #missing(): string | null {
    if (this.#account === null || this.#account === '') return 'names no account (:25:)';
    return this.currency === null ? 'names no currency' : null;
  }

  #head(): Omit<StatementHead, 'asOf'> | null {
    if (this.#account === null || this.#account === '' || this.currency === null) return null;
    return { account: this.#account, bank: this.#bank, currency: this.currency, sequence: this.#sequence, status: this.#interim ? 'interim' : 'add' };
  }
}
