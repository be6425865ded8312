import { type CurrencyCode, formatMoney, type Money, MONEY_DIGITS_MAX, type StatementBalance, type Where } from '#canonical';
import { type FindingList } from '../finding-list.js';
import type { XmlElement } from '../xml/index.js';
import { amountOrFinding, directionOf, placeOf, signed } from './camt-values.js';

/** What a statement's entries come to, for the bank's own figures to be held against. */
export class Footing {
  /** Entries read, pending ones too, and those that could not be. */
  entries = 0;
  #credits = 0;
  #debits = 0;
  #creditMinor = 0n;
  #debitMinor = 0n;
  #bookedMinor = 0n;
  /** Amounts of two currencies have no sum. */
  #mixed = false;
  /** An entry was not taken: its error has been said, sums would only repeat it. */
  #incomplete = false;

  constructor(readonly currency: CurrencyCode) {}

  add(amount: Money, pending: boolean): void {
    this.entries += 1;
    if (amount.currency !== this.currency) this.#mixed = true;
    if (amount.minor < 0n) {
      this.#debits += 1;
      this.#debitMinor -= amount.minor;
    } else {
      this.#credits += 1;
      this.#creditMinor += amount.minor;
    }
    if (!pending) this.#bookedMinor += amount.minor;
  }

  /** An entry that is there and was not taken. */
  addLost(): void {
    this.entries += 1;
    this.#incomplete = true;
  }

  /** The page before of the same statement. */
  include(page: Footing): void {
    this.entries += page.entries;
    this.#bookedMinor += page.#bookedMinor;
    this.#mixed ||= page.#mixed || page.currency !== this.currency;
    this.#incomplete ||= page.#incomplete;
  }

  /** Opening balance and booked entries against the closing balance. */
  checkBalances(opening: StatementBalance | null, closing: StatementBalance | null, where: Where, findings: FindingList): void {
    if (opening === null || closing === null || this.#incomplete) return;
    const { currency } = this;
    if (opening.amount.currency !== currency || closing.amount.currency !== currency || this.#mixed) {
      const pair = `${opening.amount.currency} and ${closing.amount.currency}`;
      findings.warning(where, pair, `balances (${pair}) and entries of the ${currency} account are not all in one currency: whether the statement adds up could not be checked`);
      return;
    }
    const expected = opening.amount.minor + this.#bookedMinor;
    if (expected === closing.amount.minor) return;
    const [sum, gap] = [expected, closing.amount.minor - expected].map((minor) => formatMoney({ minor, currency }));
    findings.warning(where, formatMoney(closing.amount), `opening balance ${formatMoney(opening.amount)} and booked entries give ${sum} ${currency}, the closing balance is ${formatMoney(closing.amount)}: the gap is ${gap}`);
  }

  /** `TxsSummry`: the bank's counts and sums of all entries, of the credits and of the debits. */
  checkSummary(summary: XmlElement | null, findings: FindingList): void {
    if (summary === null) return;
    this.#checkTotals(summary.at('TtlNtries'), this.entries, this.#creditMinor + this.#debitMinor, findings);
    if (this.#incomplete) return;
    this.#checkTotals(summary.at('TtlCdtNtries'), this.#credits, this.#creditMinor, findings);
    this.#checkTotals(summary.at('TtlDbtNtries'), this.#debits, this.#debitMinor, findings);
    this.#checkNet(summary.at('TtlNtries'), findings);
  }

  #checkTotals(totals: XmlElement | null, count: number, minor: bigint, findings: FindingList): void {
    if (totals === null) return;
    const path = `TxsSummry/${totals.name}`;
    const declared = totals.textAt('NbOfNtries');
    if (declared !== null && declared.replace(/^0+(?=\d)/, '') !== String(count)) findings.warning(placeOf(totals, `${path}/NbOfNtries`), declared, `number of entries: declared ${declared}, found ${count}`);
    const sum = totals.at('Sum');
    if (sum === null || this.#mixed || this.#incomplete) return;
    const computed = formatMoney({ minor, currency: this.currency });
    if (decimal(sum.text) !== decimal(computed)) findings.warning(placeOf(sum, `${path}/Sum`), sum.text.trim(), `sum of entries: declared ${sum.text.trim()}, computed ${computed} ${this.currency}`);
  }

  /** The net amount stands in `TtlNtries` itself up to version 03, in `TtlNetNtry` from 04 on. */
  #checkNet(totals: XmlElement | null, findings: FindingList): void {
    const net = totals?.at('TtlNetNtry') ?? totals ?? null;
    const element = net?.at('TtlNetNtryAmt') ?? net?.at('Amt') ?? null;
    const direction = net === null ? null : directionOf(net);
    if (net === null || element === null || direction === null || this.#mixed) return;
    const computed = formatMoney({ minor: this.#creditMinor - this.#debitMinor, currency: this.currency });
    const declared = `${direction === -1n ? '-' : ''}${element.text.trim()}`;
    if (decimal(declared) !== decimal(computed)) findings.warning(placeOf(element, `TxsSummry/TtlNtries/${element.name}`), declared, `net sum of entries: declared ${declared}, computed ${computed} ${this.currency}`);
  }
}

/** A balance of the statement; null, with a warning, when it cannot be read. */
export function balanceOf(element: XmlElement, findings: FindingList): { readonly code: string; readonly amount: Money } | null {
  const code = element.textAt('Tp', 'CdOrPrtry', 'Cd') ?? element.textAt('Tp', 'CdOrPrtry', 'Prtry') ?? element.textAt('Tp', 'Cd') ?? '';
  const amount = amountOrFinding(element.at('Amt'), 'Bal/Amt', findings);
  const direction = directionOf(element);
  if (amount !== null && direction !== null) return { code, amount: signed(amount, direction) };
  if (amount !== null || element.at('Amt') === null) findings.warning(placeOf(element, 'Bal'), element.textAt('CdtDbtInd') ?? '', 'the balance has no amount or does not say whether it is a credit (CRDT) or a debit (DBIT); it was left out');
  return null;
}

/** Decimal text without the zeros that change nothing. */
function decimal(text: string): string {
  if (text.length > MONEY_DIGITS_MAX) return text;
  const [, sign = '', whole = '', fraction = ''] = /^\s*([+-]?)0*(\d*)(?:\.(\d*?)0*)?\s*$/.exec(text) ?? [];
  const digits = `${whole === '' ? '0' : whole}${fraction === '' ? '' : `.${fraction}`}`;
  return /^[0.]*$/.test(digits) ? '0' : `${sign === '-' ? '-' : ''}${digits}`;
}
