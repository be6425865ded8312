import { formatMoney, type LocalDate, type Money, type Payer, type RemittanceLine, type StatementTransaction, sumMoney, type TransactionParticulars } from '#canonical';
import type { FindingList } from '../finding-list.js';
import { MEMO_LENGTH_MAX } from '../limits.js';
import { type XmlElement, XmlError } from '../xml/index.js';
import { type BankCode, bankCodeOf } from './bank-code.js';
import { amountOf, dayIn, directionOf, isTrue, placeOf, signed } from './camt-values.js';
import { isPending } from './entry-status.js';
import { ENTRY_DETAILS_MAX, PARTS_MAX } from './limits.js';
import { NOBODY, type Parties, payerOf } from './parties.js';
import { joinMemo } from './remittance-text.js';
import { chargesOf, particularsOf, provided, readDetail, type TransactionDetail } from './transaction-detail.js';

/** What an entry needs to know of its statement. */
export interface EntryContext {
  readonly account: string;
  /** Day of an entry that has none of its own. */
  readonly asOf: LocalDate | null;
}

/** A booked or pending entry, read. */
export interface ReadEntry {
  readonly amount: Money;
  readonly transactions: readonly StatementTransaction[];
}

/** Facts of the entry that all its transactions have. */
interface EntryFacts {
  readonly amount: Money;
  readonly direction: 1n | -1n;
  readonly bookedOn: LocalDate;
  readonly valueOn: LocalDate | null;
  readonly pending: boolean;
  readonly reversal: boolean;
  readonly bankReference: string | null;
  readonly bankCode: BankCode;
}

/** Gathers one `Ntry` while it is read: its own elements as a tree, its transactions one by one. */
export class EntryReader {
  readonly #details: TransactionDetail[] = [];
  readonly #batches: XmlElement[] = [];

  constructor(private readonly entry: XmlElement, private readonly findings: FindingList) {}

  /** An element directly in the entry. @throws XmlError beyond {@link PARTS_MAX} */
  add(element: XmlElement): void {
    if (this.entry.children.length >= PARTS_MAX) throw tooMany(element);
    this.entry.children.push(element);
  }

  /** An element of its `NtryDtls`. @throws XmlError beyond {@link ENTRY_DETAILS_MAX} */
  addDetail(element: XmlElement): void {
    if (element.name === 'Btch' && this.#batches.push(element) > PARTS_MAX) throw tooMany(element);
    if (element.name !== 'TxDtls') return;
    if (this.#details.length >= ENTRY_DETAILS_MAX) throw new XmlError(`an entry has more than ${ENTRY_DETAILS_MAX} transactions`, element.line, element.column);
    this.#details.push(readDetail(element, this.findings));
  }

  /** The entry as transactions; null, with an error that says why, when its money or day cannot be read. */
  read(context: EntryContext): ReadEntry | null {
    const facts = this.#factsOf(context);
    if (facts === null) return null;
    this.#checkBatches();
    const [only, second] = this.#details;
    if (only === undefined) return { amount: facts.amount, transactions: [this.#plain(facts)] };
    if (second === undefined) {
      this.#checkOnly(facts, only);
      return { amount: facts.amount, transactions: [this.#transaction(facts, only, facts.amount, context, true)] };
    }
    const parts = this.#partsOf(facts);
    if (parts === null) return { amount: facts.amount, transactions: [this.#whole(facts, context)] };
    return { amount: facts.amount, transactions: this.#details.map((detail, index) => this.#transaction(facts, detail, parts[index] ?? facts.amount, context, false)) };
  }

  #factsOf(context: EntryContext): EntryFacts | null {
    const { entry, findings } = this;
    const element = entry.at('Amt');
    const amount = element === null ? 'the entry has no amount' : amountOf(element);
    if (typeof amount === 'string') return this.#lost(element ?? entry, 'Ntry/Amt', element?.text.trim() ?? '', amount);
    const direction = directionOf(entry);
    if (direction === null) return this.#lost(entry.at('CdtDbtInd') ?? entry, 'Ntry/CdtDbtInd', entry.textAt('CdtDbtInd') ?? '', 'the entry does not say whether it is a credit (CRDT) or a debit (DBIT)');
    const pending = isPending(entry, findings);
    const bookedOn = this.#bookingDay(context, pending);
    if (bookedOn === null) return null;
    return {
      amount: signed(amount, direction), direction, bookedOn, valueOn: this.#valueDay(), pending, reversal: isTrue(entry.textAt('RvslInd')),
      bankReference: entry.textAt('AcctSvcrRef'), bankCode: bankCodeOf(entry.at('BkTxCd')),
    };
  }

  #lost(element: XmlElement, path: string, value: string, problem: string): null {
    this.findings.error(placeOf(element, path), value, `${problem}; the entry was not taken`);
    return null;
  }

  #bookingDay(context: EntryContext, pending: boolean): LocalDate | null {
    const element = this.entry.at('BookgDt');
    const day = dayIn(element);
    if (day !== null) return day;
    if (element !== null) return this.#lost(element, 'Ntry/BookgDt', element.textAt('Dt') ?? element.textAt('DtTm') ?? '', 'the booking day is no day of the calendar (YYYY-MM-DD)');
    const other = dayIn(this.entry.at('ValDt')) ?? context.asOf;
    if (other === null) return this.#lost(this.entry, 'Ntry', '', 'neither the entry nor its statement has a day');
    if (!pending) this.findings.warning(placeOf(this.entry, 'Ntry'), other, 'the entry has no booking day; its value day or the day of the statement was taken');
    return other;
  }

  #valueDay(): LocalDate | null {
    const element = this.entry.at('ValDt');
    const day = dayIn(element);
    if (element !== null && day === null) this.findings.warning(placeOf(element, 'Ntry/ValDt'), element.textAt('Dt') ?? element.textAt('DtTm') ?? '', 'the value day is no day of the calendar (YYYY-MM-DD); it was left out');
    return day;
  }

  /** The bank's own count of a batch, where it also sends what is in it. */
  #checkBatches(): void {
    const [batch] = this.#batches;
    if (batch === undefined || this.#batches.length > 1 || this.#details.length === 0) return;
    const count = batch.textAt('NbOfTxs');
    if (count !== null && count !== String(this.#details.length)) {
      this.findings.warning(placeOf(batch, 'Ntry/NtryDtls/Btch/NbOfTxs'), count, `number of transactions of the batch: declared ${count}, found ${this.#details.length}`);
    }
  }

  #checkOnly(facts: EntryFacts, detail: TransactionDetail): void {
    const stated = detail.amounts.find(({ currency }) => currency === facts.amount.currency);
    if (stated === undefined || stated.minor === magnitude(facts.amount.minor)) return;
    this.findings.warning(detail.where, formatMoney(stated), `the entry's only transaction is of ${formatMoney(stated)}, the entry of ${formatMoney(facts.amount)} ${facts.amount.currency}; the entry's amount was taken`);
  }

  /** Signed amounts of the transactions, when there is one for each and they give the entry; else null and why. */
  #partsOf(facts: EntryFacts): Money[] | null {
    const { currency } = facts.amount;
    const parts = this.#details.map(({ amounts, direction }) => {
      const amount = amounts.find((each) => each.currency === currency);
      return amount === undefined ? null : signed(amount, direction ?? facts.direction);
    });
    const known = parts.filter((part) => part !== null);
    const place = placeOf(this.entry, 'Ntry');
    if (known.length < parts.length) {
      const missing = parts.length - known.length;
      this.findings.warning(place, String(missing), `${missing} of the ${parts.length} transactions of this entry state no amount in ${currency}; it was kept as one, with what they are for as its lines`);
      return null;
    }
    const sum = sumMoney(known, currency);
    if (sum.minor === facts.amount.minor) return known;
    const remainder = { minor: facts.amount.minor - sum.minor, currency };
    this.findings.warning(place, formatMoney(facts.amount), `the ${parts.length} transactions of this entry come to ${formatMoney(sum)}, the entry to ${formatMoney(facts.amount)} ${currency}: ${formatMoney(remainder)} is unexplained${this.#chargesSay(remainder)}; it was kept as one, with the transactions as its lines`);
    return null;
  }

  #chargesSay(remainder: Money): string {
    const charges = chargesOf(this.entry.at('Chrgs'), 'Ntry/Chrgs', this.findings).map(({ amount }) => amount).filter(({ currency }) => currency === remainder.currency);
    return charges.length > 0 && magnitude(sumMoney(charges, remainder.currency).minor) === magnitude(remainder.minor) ? ', which is what the bank charged' : '';
  }

  #plain(facts: EntryFacts): StatementTransaction {
    return this.#make(facts, { memo: this.entry.textAt('AddtlNtryInf') ?? '', ...particularsFor(facts.amount, particularsOf(this.entry, 'Ntry', this.findings)) });
  }

  #transaction(facts: EntryFacts, detail: TransactionDetail, amount: Money, context: EntryContext, only: boolean): StatementTransaction {
    const direction = amount.minor < 0n ? -1n : 1n;
    const undoes = facts.reversal || (detail.particulars?.returned ?? null) !== null;
    const { bankCode, particulars, where, structuredReferences, endToEndId, customerReference, checkNumber } = detail;
    const payer = payerOf(detail.parties, direction, undoes, context.account);
    this.#checkLines(amount, detail);
    return this.#make({ ...facts, amount, bankReference: detail.bankReference ?? facts.bankReference, bankCode: bankCode ?? facts.bankCode, reversal: undoes }, {
      customerReference, endToEndId, checkNumber, payer, structuredReferences, lines: detail.lines,
      // The bank's words for a batch are not those of one payment in it.
      memo: joinMemo([detail.memo, only ? this.entry.textAt('AddtlNtryInf') : null, paidBy(detail.parties, payer)]), where: only ? placeOf(this.entry, 'Ntry') : where,
      ...particularsFor(amount, particulars),
    });
  }

  /** What the payer says he pays against what he paid. */
  #checkLines(amount: Money, { lines, where }: TransactionDetail): void {
    const paid = lines.map((line) => line.paid).filter((each) => each !== null);
    if (paid.length === 0 || paid.length < lines.length || paid.some(({ currency }) => currency !== amount.currency)) return;
    const sum = sumMoney(paid, amount.currency);
    if (sum.minor === magnitude(amount.minor)) return;
    this.findings.warning(where, formatMoney(sum), `the remittance of this payment comes to ${formatMoney(sum)}, the payment to ${formatMoney({ minor: magnitude(amount.minor), currency: amount.currency })} ${amount.currency}`);
  }

  /** A batch that cannot be divided: one transaction, and a line for each that is in it. */
  #whole(facts: EntryFacts, context: EntryContext): StatementTransaction {
    const details = this.#details;
    const payers = details.map(({ parties }) => payerOf(parties, facts.direction, facts.reversal, context.account));
    const [payer = NOBODY] = payers;
    return this.#make(facts, {
      customerReference: provided(this.#batches[0]?.textAt('PmtInfId') ?? null),
      endToEndId: same(details.map(({ endToEndId }) => endToEndId)), payer: same(payers.map(({ name, account }) => `${name}\n${account}`)) === null ? NOBODY : payer,
      structuredReferences: details.flatMap(({ structuredReferences }) => structuredReferences), lines: details.flatMap((detail) => linesOfDetail(facts, detail)),
      memo: joinMemo([...details.map(({ memo }) => memo), this.entry.textAt('AddtlNtryInf')]),
    });
  }

  #make(facts: EntryFacts, more: Partial<StatementTransaction>): StatementTransaction {
    const memo = more.memo ?? '';
    const where = more.where ?? placeOf(this.entry, 'Ntry');
    if (memo.length > MEMO_LENGTH_MAX) this.findings.warning(where, memo, `the text has ${memo.length} characters; it was cut to ${MEMO_LENGTH_MAX}`);
    const { amount, bookedOn, valueOn, pending, reversal, bankReference, bankCode: { code, kind } } = facts;
    return {
      bookedOn, valueOn, amount, code, kind, reversal, pending, bankReference, customerReference: null, endToEndId: null, checkNumber: null, payer: NOBODY, structuredReferences: [], lines: [],
      ...more, memo: memo.slice(0, MEMO_LENGTH_MAX), where,
    };
  }
}

/** What a transaction of an undivided batch is for; its amount, where it states one, as paid. */
function linesOfDetail({ amount: { currency } }: EntryFacts, { lines, amounts, structuredReferences, endToEndId, memo, where }: TransactionDetail): RemittanceLine[] {
  if (lines.length > 0) return [...lines];
  const paid = amounts.find((each) => each.currency === currency) ?? null;
  return [{ reference: structuredReferences[0] ?? endToEndId ?? '', kind: 'other', paid, gross: null, discount: null, adjustments: [], memo: memo === '' ? null : memo, where }];
}

/** An original amount that only repeats the amount says nothing. */
function particularsFor(amount: Money, particulars: TransactionParticulars | null): { readonly particulars?: TransactionParticulars } {
  if (particulars === null) return {};
  const repeats = particulars.original?.amount.currency === amount.currency && particulars.original.exchangeRate === null;
  return { particulars: repeats ? { ...particulars, original: null } : particulars };
}

/** Who paid for the payer, where the payer is an ultimate debtor. */
function paidBy({ debtor, ultimateDebtor }: Parties, payer: Payer): string | null {
  return payer.name !== null && payer.name === ultimateDebtor.name && debtor.name !== null ? `paid by ${debtor.name}` : null;
}

function same(values: readonly (string | null)[]): string | null {
  return new Set(values).size === 1 ? values[0] ?? null : null;
}

function tooMany({ line, column }: XmlElement): XmlError {
  return new XmlError(`an entry has more than ${PARTS_MAX} elements beside its transactions`, line, column);
}

function magnitude(minor: bigint): bigint {
  return minor < 0n ? -minor : minor;
}
