import { formatMoney, type LocalDate, type Money, type Remittance, type RemittanceLine, type Where } from '#canonical';
import type { FindingList } from '../finding-list.js';
import { remittanceSums } from '../remittance-sums.js';
import { PROSE_LINES_MAX } from './limits.js';
import { type AmountReading, linesOf, type ReadDeduction, type ReadItem, referenceKey } from './line-builder.js';
import { type AmountStyle, amountStyle, currencyFinding, type KnownCurrency, readAmount } from './prose-amounts.js';
import { readProseDate } from './prose-dates.js';
import { readSentence } from './sentence-reader.js';
import { sentencesOf } from './sentences.js';
import type { StatedFacts } from './stated-facts.js';
import { type PlacedLine, PlacedText } from './text-place.js';
import type { Token } from './tokens.js';

/** What the reader of a text knows of its sender. */
export interface KnownOfText extends KnownCurrency {
  readonly payer: string | null;
}

/**
 * Sentences that explain a payment, as a remittance; null when they name no item and no total. Nothing is guessed: an amount whose role is
 * open, a number that is asked about, a deduction without an amount are findings with their place.
 */
export function readProse(lines: readonly PlacedLine[], known: KnownOfText, findings: FindingList): Remittance | null {
  const placed = new PlacedText(lines);
  const facts: StatedFacts[] = [];
  const amounts: Token[] = [];
  let open: ReturnType<typeof readSentence>['open'] = null;
  let count = 0;
  for (const sentence of sentencesOf(placed.text)) {
    const read = readSentence(sentence, open);
    open = read.open;
    facts.push(read.facts);
    count += read.facts.items.length + read.facts.deductions.length;
    for (const token of sentence.tokens) if (token.kind === 'amount') amounts.push(token);
    if (count > PROSE_LINES_MAX) {
      findings.error(placed.whereAt(sentence.tokens[0]?.at ?? 0), '', `the text names more than ${PROSE_LINES_MAX} items; what follows was not read`);
      break;
    }
  }
  return new ProseBuilder(placed, amountStyle(amounts, known), known, findings).build(facts);
}

class ProseBuilder {
  constructor(private readonly placed: PlacedText, private readonly style: AmountStyle, private readonly known: KnownOfText, private readonly findings: FindingList) {}

  build(facts: readonly StatedFacts[]): Remittance | null {
    const said = facts.some(({ items, deductions, totals, onAccount }) => items.length > 0 || totals.length > 0 || (onAccount !== null && onAccount.amount !== null) || deductions.some(({ amount }) => amount !== null));
    for (const { doubts } of facts) for (const { severity, at, value, problem, weak } of doubts) if (said || weak !== true) this.findings[severity](this.placed.whereAt(at), value, problem);
    if (!said) return null;
    const deductions = facts.flatMap((sentence) => sentence.deductions.map((deduction): ReadDeduction => ({ ...deduction, amount: this.#money(deduction.amount), where: this.placed.whereAt(deduction.at) })));
    const { items, extras } = this.#mentions(facts);
    const stated = this.#distinct(facts.flatMap((sentence) => sentence.totals));
    const totals = stated.length === 0 && items.length === 1 ? this.#distinct(facts.flatMap((sentence) => sentence.implied)) : stated;
    const chosen = this.#choose(items, extras, deductions, totals);
    const lines = [...chosen.lines, ...this.#onAccount(facts, chosen)];
    this.#sayUnsure(deductions, chosen.lines);
    return this.#remittance(facts, lines, chosen.total);
  }

  #money(token: Token | null): Money | null {
    if (token === null) return null;
    const read = readAmount(token, this.style);
    if (typeof read !== 'string') return read;
    this.findings.error(this.placed.whereAt(token.at), token.text, `the amount was not taken: ${read}`);
    return null;
  }

  #distinct(tokens: readonly Token[]): { money: Money; where: Where }[] {
    const totals = new Map<bigint, { money: Money; where: Where }>();
    for (const token of tokens) {
      const money = this.#money(token);
      if (money !== null && !totals.has(money.minor)) totals.set(money.minor, { money, where: this.placed.whereAt(token.at) });
    }
    return [...totals.values()];
  }

  /** The first mention of every number; further ones that name an amount are extras. */
  #mentions(facts: readonly StatedFacts[]): { items: ReadItem[]; extras: ReadItem[] } {
    const items = new Map<string, ReadItem>();
    const extras: ReadItem[] = [];
    for (const { reference, amount } of facts.flatMap((sentence) => sentence.items)) {
      const item: ReadItem = { reference: reference.text, kind: reference.kind, amount: this.#money(amount), where: this.placed.whereAt(reference.at) };
      const key = referenceKey(reference.text);
      const before = items.get(key);
      if (before === undefined || (before.amount === null && item.amount !== null)) items.set(key, { ...item, where: before?.where ?? item.where, kind: before?.kind ?? item.kind });
      else if (item.amount !== null) extras.push(item);
    }
    return { items: [...items.values()], extras };
  }

  /** Of what the words leave open, the reading that comes to a stated total; without one, what is certain. */
  #choose(items: readonly ReadItem[], extras: readonly ReadItem[], deductions: readonly ReadDeduction[], totals: readonly { money: Money; where: Where }[]): { lines: RemittanceLine[]; total: Money | null } {
    const readings: AmountReading[] = ['open', 'gross', 'paid'];
    for (const taken of extras.length === 0 ? [items] : [items, [...items, ...extras]]) {
      for (const reading of readings) {
        const lines = linesOf(taken, deductions, reading);
        if (lines.length === 0 || lines.some(({ paid }) => paid === null)) continue;
        const total = totals.find(({ money }) => remittanceSums(lines, money, this.style.currency).difference?.minor === 0n);
        if (total === undefined) continue;
        this.#sayTotals(totals, total.money);
        if (taken === items) this.#sayExtras(items, extras);
        return { lines, total: total.money };
      }
    }
    const total = totals[0]?.money ?? null;
    this.#sayTotals(totals, total);
    this.#sayExtras(items, extras);
    return { lines: linesOf(items, deductions, 'open'), total };
  }

  #sayTotals(totals: readonly { money: Money; where: Where }[], chosen: Money | null): void {
    for (const { money, where } of totals) {
      if (chosen === null || money.minor === chosen.minor) continue;
      this.findings.warning(where, formatMoney(money), `the text states ${formatMoney(money)} and ${formatMoney(chosen)} as amounts of the payment; ${formatMoney(chosen)} was taken as its total`);
    }
  }

  #sayExtras(items: readonly ReadItem[], extras: readonly ReadItem[]): void {
    for (const extra of extras) {
      const first = items.find(({ reference }) => referenceKey(reference) === referenceKey(extra.reference));
      if (first?.amount === null || first?.amount === undefined || extra.amount === null || first.amount.minor === extra.amount.minor) continue;
      this.findings.error(extra.where, formatMoney(extra.amount), `${extra.reference} is named with ${formatMoney(first.amount)} before and with ${formatMoney(extra.amount)} here; the first was taken, decide which is right`);
    }
  }

  /** What was taken with less than certainty. */
  #sayUnsure(deductions: readonly ReadDeduction[], lines: readonly RemittanceLine[]): void {
    for (const { amount, text, where } of deductions) {
      if (amount === null) this.findings.warning(where, text, 'a deduction without an amount: the line was taken without one; ask the payer or enter it');
    }
    for (const { reference, paid, gross, where } of lines) {
      if (paid === null && gross !== null) this.findings.warning(where, formatMoney(gross), `the text does not say whether ${formatMoney(gross)} for ${reference} is before or after the deduction, and no total settles it; enter what was paid`);
    }
  }

  #onAccount(facts: readonly StatedFacts[], { lines, total }: { lines: readonly RemittanceLine[]; total: Money | null }): RemittanceLine[] {
    const stated = facts.find(({ onAccount }) => onAccount !== null)?.onAccount;
    if (stated === undefined || stated === null) return [];
    if (stated.amount === null && lines.length > 0) return [];
    const paid = this.#money(stated.amount) ?? total;
    return [{ reference: '', kind: 'onAccount', paid, gross: null, discount: null, adjustments: [], memo: null, where: this.placed.whereAt(stated.at) }];
  }

  #paidOn(facts: readonly StatedFacts[]): LocalDate | null {
    const days = new Set<LocalDate>();
    for (const token of facts.flatMap(({ dates }) => dates)) {
      const day = readProseDate(token.text);
      if (day === 'open') this.findings.warning(this.placed.whereAt(token.at), token.text, 'day and month cannot be told apart; the day of the payment was left out');
      else if (day !== null) days.add(day);
    }
    return days.size === 1 ? [...days][0] ?? null : null;
  }

  #remittance(facts: readonly StatedFacts[], lines: readonly RemittanceLine[], total: Money | null): Remittance {
    const { currency, assumed, because } = this.style;
    const sums = remittanceSums(lines, total, currency);
    const where = lines[0]?.where ?? this.placed.whereAt(0);
    const amounts = total !== null || lines.some(({ paid, gross }) => paid !== null || gross !== null);
    if (assumed && amounts) this.findings.warning(where, '', currencyFinding('the text', currency, because));
    const payment = facts.find((sentence) => sentence.payment !== null);
    return {
      payer: { name: this.known.payer, id: null }, payee: null, reference: payment?.payment?.text ?? null, method: payment?.cheque === true ? 'CHK' : null,
      total, currency, paidOn: this.#paidOn(facts), lines, sums, where,
    };
  }
}
