import { type CurrencyCode, currencyExponent, formatMinorUnits, type Money, type Remittance, type RemittanceLine, type Where } from '#canonical';
import { type FindingList, whereAt } from '../finding-list.js';
import { remittanceSums } from '../remittance-sums.js';
import { type ColumnGap, gapsOf, type LockboxLine, type LockboxValue, readLockboxLine, uncoveredLength } from './fields.js';
import { LOCKBOX_LINES_MAX, LOCKBOX_RECORDS_MAX } from './limits.js';
import type { LockboxField, LockboxMeaning, LockboxProfile } from './profile.js';
import { LockboxTotals } from './totals.js';

/** How well a profile fits a file: control totals that disagree, columns that are not what they should be, cheques their invoices do not come to, characters in no column. */
export interface LockboxFit {
  readonly disagreements: number;
  readonly unread: number;
  readonly unbalanced: number;
  readonly uncovered: number;
}

/** What one reading of a file by one profile hears. */
export interface LockboxHandler {
  line?(line: LockboxLine): void;
  remittance(remittance: Remittance): void;
}

interface OpenCheck {
  readonly line: LockboxLine;
  readonly key: string;
  readonly total: Money;
  readonly lines: RemittanceLine[];
}

/**
 * Reads a lockbox file by one profile: a remittance for each cheque (6) with the invoices (4) behind it, checked against the totals of batch
 * (7), lockbox (8) and file (9).
 */
export class LockboxParse {
  readonly #profile: LockboxProfile;
  readonly #currency: CurrencyCode;
  readonly #fields: ReadonlyMap<string, { readonly fields: readonly LockboxField[]; readonly gaps: readonly ColumnGap[] }>;
  readonly #handler: LockboxHandler;
  readonly #findings: FindingList;
  readonly totals: LockboxTotals;
  #deposit: LockboxLine | null = null;
  #check: OpenCheck | null = null;
  /** Key of a cheque that was not taken: its invoices are not reported once more. */
  #lostCheck: string | null = null;
  #unread = 0;
  #unbalanced = 0;
  #uncovered = 0;

  constructor(profile: LockboxProfile, currency: CurrencyCode, handler: LockboxHandler, findings: FindingList) {
    this.#profile = profile;
    this.#currency = currency;
    this.#fields = new Map(profile.records.map((record) => [record.type, { fields: record.fields, gaps: gapsOf(record.fields) }]));
    this.#handler = handler;
    this.#findings = findings;
    this.totals = new LockboxTotals(currency, findings);
  }

  get fitness(): LockboxFit {
    return { disagreements: this.totals.disagreements, unread: this.#unread, unbalanced: this.#unbalanced, uncovered: this.#uncovered };
  }

  /** @returns false when the file has more records than are read */
  line(text: string, number: number): boolean {
    const written = text.trimEnd();
    if (written === '') return true;
    this.totals.records += 1;
    if (this.totals.records > LOCKBOX_RECORDS_MAX) return false;
    const type = written.charAt(0);
    const record = this.#fields.get(type);
    if (record === undefined) {
      this.#unread += 1;
      this.#findings.error(whereAt(number, 1, null), written, `"${type}" is no record the profile ${this.#profile.name} describes; the line was not taken`);
      return true;
    }
    const line = readLockboxLine(written, number, record.fields);
    this.#uncovered += uncoveredLength(written, record.gaps);
    for (const { problem } of line.values) if (problem !== null) this.#unread += 1;
    this.#handler.line?.(line);
    this.#record(type, line);
    return true;
  }

  end(line: number): void {
    this.#closeCheck();
    this.totals.end(line);
  }

  #record(type: string, line: LockboxLine): void {
    if (type === '4') return this.#invoice(line);
    this.#closeCheck();
    if (type === '5') this.#deposit = line;
    else if (type === '6') this.#openCheck(line);
    else if (type === '7') this.totals.batch(line);
    else if (type === '8') this.totals.lockbox(line);
    else if (type === '9') this.totals.file(line);
  }

  #openCheck(line: LockboxLine): void {
    this.#lostCheck = keyOf(line);
    const amount = line.of('amount');
    const total = this.#money(line, '6', amount);
    if (total === null) {
      this.totals.lost();
      if (amount === null || amount.text === '') this.#findings.error(placeOf(line, '6', 'amount'), line.text, 'the cheque has no amount; the cheque and its invoices were not taken');
      return;
    }
    this.totals.check(total.minor);
    this.#lostCheck = null;
    this.#check = { line, key: keyOf(line), total, lines: [] };
  }

  #invoice(line: LockboxLine): void {
    const key = keyOf(line);
    const check = this.#check;
    if (check === null || check.key !== key) {
      if (this.#lostCheck === key) return;
      this.#findings.error(whereAt(line.number, 2, '4'), line.text, check === null ? 'the invoice follows no cheque; it was not taken' : `the invoice names batch and item ${key}, the cheque above it ${check.key}; it was not taken`);
      return;
    }
    if (check.lines.length >= LOCKBOX_LINES_MAX) {
      this.#findings.error(whereAt(line.number, 1, '4'), line.text, `the cheque has more than ${LOCKBOX_LINES_MAX} invoices; this one was not taken`);
      return;
    }
    const reference = line.textOf('invoice');
    const memo = line.texts('memo');
    const [paid, gross, discount] = [this.#money(line, '4', line.of('invoiceAmount')), this.#money(line, '4', line.of('gross')), this.#money(line, '4', line.of('discount'))];
    if (reference === '' && memo === '' && (paid === null || paid.minor === 0n)) return;
    check.lines.push({
      reference, kind: reference === '' ? 'onAccount' : 'invoice', paid, gross: nothingIfZero(gross), discount: nothingIfZero(discount), adjustments: [], memo: memo === '' ? null : memo, where: placeOf(line, '4', 'invoice'),
    });
  }

  /** A column of money; null when it is blank, or with a finding when it is none. */
  #money(line: LockboxLine, record: string, value: LockboxValue | null): Money | null {
    if (value === null || value.text === '') return null;
    const where = whereAt(line.number, value.field.from, record);
    const exponent = currencyExponent(this.#currency);
    const shift = exponent - (value.field.decimals ?? exponent);
    if (value.integer !== null && shift === 0) return { minor: value.integer, currency: this.#currency };
    const unit = 10n ** BigInt(Math.abs(shift));
    if (value.integer === null || (shift < 0 && value.integer % unit !== 0n)) {
      const consequence = record === '6' ? 'the cheque and its invoices were not taken' : 'the invoice is without this amount';
      this.#findings.error(where, value.text, `${value.field.meaning}: ${value.problem ?? `finer than ${this.#currency} has units`}; ${consequence}`);
      return null;
    }
    return { minor: shift < 0 ? value.integer / unit : value.integer * unit, currency: this.#currency };
  }

  #closeCheck(): void {
    const check = this.#check;
    this.#check = null;
    if (check === null) return;
    const { line, lines, total } = check;
    const where = placeOf(line, '6', 'amount');
    const reference = withoutPadding(line.textOf('checkNumber'));
    if (reference === '') this.#findings.warning(placeOf(line, '6', 'checkNumber'), line.text, 'the cheque has no number: only its amount ties it to a bank line');
    for (const { problem, field } of line.values) {
      if (problem !== null && field.meaning === 'checkDate') this.#findings.warning(placeOf(line, '6', 'checkDate'), problem, `the day of the cheque cannot be read: ${problem}`);
    }
    const sums = remittanceSums(lines, total, this.#currency);
    this.#sayGap(reference, total, sums.lines.minor, lines, where);
    this.#handler.remittance({
      payer: { name: textOrNull(line.textOf('payer')), id: payerId(line) }, payee: textOrNull(line.textOf('payee')), reference: textOrNull(reference), method: 'CHK', total, currency: this.#currency,
      paidOn: this.#deposit?.of('depositedOn')?.day ?? line.of('checkDate')?.day ?? null, lines,
      sums, where,
    });
  }

  #sayGap(reference: string, total: Money, sum: bigint, lines: readonly RemittanceLine[], where: Where): void {
    const gap = total.minor - sum;
    if (gap === 0n) return;
    this.#unbalanced += 1;
    const text = (minor: bigint): string => formatMinorUnits(minor, currencyExponent(this.#currency));
    const [cheque, written] = [`cheque ${reference} of ${text(total.minor)}`, text(total.minor)];
    if (lines.length === 0) this.#findings.warning(where, written, `${cheque}: no invoice is named`);
    else if (lines.every(({ paid }) => paid === null)) this.#findings.warning(where, written, `${cheque}: its ${lines.length} invoices are named without amounts`);
    else this.#findings.warning(where, written, `${cheque}: its invoices come to ${text(sum)}, a gap of ${text(gap)}`);
  }
}

function keyOf(line: LockboxLine): string {
  return `${line.textOf('batch')}/${line.textOf('item')}`;
}

function placeOf(line: LockboxLine, record: string, meaning: LockboxMeaning): Where {
  return whereAt(line.number, line.of(meaning)?.field.from ?? 1, record);
}

/** Routing number and account printed on the cheque: what tells one payer's cheques from another's. */
function payerId(line: LockboxLine): string | null {
  const [bank, account] = [line.textOf('routingNumber'), line.textOf('account')];
  return /^0*$/.test(account) ? null : `${bank}/${account}`;
}

/** Numbers are padded with zeros to the width of their column. */
function withoutPadding(text: string): string {
  return text.replace(/^0+/, '');
}

function nothingIfZero(money: Money | null): Money | null {
  return money === null || money.minor === 0n ? null : money;
}

function textOrNull(text: string): string | null {
  return text === '' ? null : text;
}
