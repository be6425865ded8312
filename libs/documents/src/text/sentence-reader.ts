import { deductionRegions, readRegion } from './deduction-reader.js';
import { findReferences, type FoundReferences } from './reference-finder.js';
import type { Sentence } from './sentences.js';
import type { StatedDeduction, StatedDoubt, StatedFacts, StatedItem, StatedReference } from './stated-facts.js';
import type { Token } from './tokens.js';

/** A sentence's facts, and the label a list below it stands under. */
export interface ReadSentence {
  readonly facts: StatedFacts;
  readonly open: FoundReferences['open'];
}

const NOTHING: StatedFacts = { items: [], deductions: [], totals: [], implied: [], dates: [], payment: null, cheque: false, onAccount: null, doubts: [] };

/** What a sentence says of a payment. What it names and this reader does not understand is a doubt, never silence. */
export function readSentence({ tokens: raw, question }: Sentence, carried: FoundReferences['open']): ReadSentence {
  const found = findReferences(withoutVainWords(raw), carried);
  const refusal = whyNotTaken(found, question);
  if (refusal !== null) {
    const doubts = found.references.map(({ at, text }): StatedDoubt => ({ severity: 'warning', at, value: text, problem: refusal }));
    return { facts: { ...NOTHING, doubts: [...found.doubts, ...doubts] }, open: found.open };
  }
  return { facts: new SentenceReader(found).read(), open: found.open };
}

/** `without deduction`, `ohne Skonto`: nothing was taken off. */
function withoutVainWords(tokens: readonly Token[]): Token[] {
  return tokens.filter((token, index) => {
    const next = tokens[index + 1];
    const previous = tokens[index - 1];
    if (token.kind === 'negated' && (next?.kind === 'deducted' || next?.kind === 'discount')) return false;
    return !((token.kind === 'deducted' || token.kind === 'discount') && previous?.kind === 'negated');
  });
}

function whyNotTaken({ tokens, references }: FoundReferences, question: boolean): string | null {
  if (references.length === 0) return null;
  if (question || tokens.some(({ kind }) => kind === 'request')) return 'the text asks about it and does not say that it is paid; it was not taken';
  const negated = tokens.findIndex(({ kind }) => kind === 'negated');
  const reason = tokens.findIndex(({ kind }) => kind === 'less' || kind === 'deducted' || kind === 'because' || kind === 'discount');
  if (negated === -1 || (reason !== -1 && reason < negated)) return null;
  return 'the text says that it is not paid, or only in part; it was not taken';
}

interface PlacedAmount {
  readonly token: Token;
  readonly index: number;
}

/** How a sentence puts its amounts: before the items (`leads`), one for each (`even`). */
interface PairStyle {
  readonly leads: boolean;
  readonly even: boolean;
}

/** Marks and kinds that may stand between an item and its amount. */
const BETWEEN = new Set(['link', 'number', 'date', 'total']);
const BEFORE_ITEM = new Set(['link', 'number', 'invoice', 'credit', 'debit', 'order', 'payment', 'date']);

class SentenceReader {
  readonly #tokens: readonly Token[];
  readonly #references: readonly StatedReference[];
  readonly #amountOf = new Map<StatedReference, Token>();
  readonly #used = new Set<Token>();
  /** Amounts of several items together, before something is taken off. */
  readonly #open: Token[] = [];
  readonly #implied: Token[] = [];

  constructor(private readonly found: FoundReferences) {
    this.#tokens = found.tokens;
    this.#references = found.references;
  }

  read(): StatedFacts {
    const regions = deductionRegions(this.#tokens, this.#references);
    const inRegion = (index: number): boolean => regions.some(({ from, to }) => index >= from && index < to);
    const items = this.#references.filter(({ from }) => !inRegion(from));
    const totals = this.#pair(items, inRegion);
    const stray = this.#strayAmount(inRegion);
    const deductions: StatedDeduction[] = [];
    const credits: StatedItem[] = [];
    for (const region of regions) {
      const read = readRegion(this.#tokens, region, this.#references, this.#targetOf(region.from, items), stray);
      for (const { amount } of [...read.deductions, ...read.credits]) if (amount !== null) this.#used.add(amount);
      // "discount" alone, as in "please note our discount terms", takes nothing off.
      if (this.#tokens[region.from]?.kind !== 'discount' || read.deductions.some(({ amount }) => amount !== null)) deductions.push(...read.deductions);
      credits.push(...read.credits);
    }
    const inDeduction = regions.flatMap(({ from, to }) => this.#references.filter((reference) => reference.from >= from && reference.from < to && reference.kind !== 'credit'));
    const targets = inDeduction.filter(({ kind }) => kind === 'invoice' || kind === 'purchaseOrder');
    const free = this.#freeTotals(inRegion);
    return {
      items: [...items, ...targets].map((reference) => ({ reference, amount: this.#amountOf.get(reference) ?? null })).concat(credits),
      deductions, totals: [...totals, ...free], implied: this.#implied, dates: this.#dates(), payment: this.found.payment, cheque: this.found.payment?.cheque ?? false,
      onAccount: this.#onAccount(), doubts: [...this.found.doubts, ...this.#unread(inRegion)],
    };
  }

  /** Gives items their amounts; answers amounts that several items share or that are the whole payment too. */
  #pair(items: readonly StatedReference[], inRegion: (index: number) => boolean): Token[] {
    const amounts = this.#tokens.flatMap((token, index) => (token.kind === 'amount' && !inRegion(index) ? [{ token, index }] : []));
    const leads = (amounts[0]?.index ?? Number.POSITIVE_INFINITY) < (items[0]?.from ?? Number.POSITIVE_INFINITY);
    const style = { leads, even: items.length === amounts.length };
    return items.flatMap((reference, place) => this.#pairOne(items, place, reference, amounts, style));
  }

  #pairOne(items: readonly StatedReference[], place: number, reference: StatedReference, amounts: readonly PlacedAmount[], style: PairStyle): Token[] {
    const [previous, following] = [items[place - 1], items[place + 1]];
    const near = this.#nearest(previous, reference, following, amounts, style);
    if (near === null) return [];
    const { chosen, backward } = near;
    this.#used.add(chosen.token);
    const shared = backward ? this.#sharesWithNext(reference, following) : previous !== undefined && !this.#amountOf.has(previous) && this.#sharesWithNext(previous, reference);
    // "Invoice 55 of 1,500.00 less 50.00": the payment is what is left.
    const reduced = !backward && this.#tokens.slice(chosen.index + 1).some(({ kind }) => kind === 'less' || kind === 'discount');
    if (!shared) this.#amountOf.set(reference, chosen.token);
    if (shared && reduced) this.#open.push(chosen.token);
    if (items.length === 1 && amounts.length === 1 && !reduced && this.#tokens.some(({ kind }) => kind === 'payment')) this.#implied.push(chosen.token);
    return shared && !reduced ? [chosen.token] : [];
  }

  /** The amount that stands with an item: behind it (`1001 (40.00)`) or before it (`40.00 for 1001`). */
  #nearest(previous: StatedReference | undefined, reference: StatedReference, following: StatedReference | undefined, amounts: readonly PlacedAmount[], { leads, even }: PairStyle): { chosen: PlacedAmount; backward: boolean } | null {
    const after = amounts.find(({ index, token }) => index > reference.to && index < (following?.from ?? this.#tokens.length) && !this.#used.has(token));
    const before = amounts.findLast(({ index, token }) => index < reference.from && index > (previous?.to ?? -1) && !this.#used.has(token));
    const forward = after !== undefined && this.#links(reference.to + 1, after.index, BETWEEN, even && !leads ? /^[(:=,–—|-]$/ : /^[(:=–—|-]$/);
    const backward = before !== undefined && this.#links(before.index + 1, reference.from, BEFORE_ITEM, /^[):=–—|#-]$/) && (!forward || (leads && even));
    if (backward) return { chosen: before, backward };
    return forward ? { chosen: after, backward } : null;
  }

  #links(from: number, to: number, kinds: ReadonlySet<string>, marks: RegExp): boolean {
    return this.#tokens.slice(from, to).every(({ kind, text }) => (kind === 'mark' ? marks.test(text) : kinds.has(kind)));
  }

  /** `4,500.00 for invoices 1001 and 1002`: one amount for the list. */
  #sharesWithNext(reference: StatedReference, next: StatedReference | undefined): boolean {
    return next !== undefined && this.#tokens.slice(reference.to + 1, next.from).every(({ kind, text }) => kind !== 'amount' && (kind !== 'mark' || /^[,&/+]$/.test(text)));
  }

  /** An amount of the sentence that belongs to no item, when it is the only one: `von Rechnung 77 haben wir 20 EUR gekürzt`. */
  #strayAmount(inRegion: (index: number) => boolean): Token | null {
    const free = this.#tokens.filter((token, index) => token.kind === 'amount' && !inRegion(index) && !this.#used.has(token));
    const verb = this.#tokens.find(({ kind }) => kind === 'deducted');
    const [only] = free;
    return free.length === 1 && only !== undefined && verb !== undefined && only.at < verb.at && !this.#tokens.some(({ kind }) => kind === 'payment') ? only : null;
  }

  /** The item a deduction at `from` is taken off: the one right before it that has an amount, or the only one of the sentence. */
  #targetOf(from: number, items: readonly StatedReference[]): string | null {
    const candidates = new Set(items.filter(({ kind }) => kind === 'invoice' || kind === 'purchaseOrder').map(({ text }) => text));
    if (candidates.size === 1) return [...candidates][0] ?? null;
    const last = items.findLast(({ to }) => to < from);
    const amount = last === undefined ? undefined : this.#amountOf.get(last);
    const adjacent = amount !== undefined && this.#tokens.slice(this.#tokens.indexOf(amount) + 1, from).every(({ text }) => /^[),]$/.test(text));
    return adjacent ? last?.text ?? null : null;
  }

  #freeTotals(inRegion: (index: number) => boolean): Token[] {
    if (!this.#tokens.some(({ kind }) => kind === 'payment' || kind === 'total')) return [];
    const free = this.#tokens.filter((token, index) => token.kind === 'amount' && !inRegion(index) && !this.#used.has(token) && !token.negative);
    if (free.length !== 1 || (this.#references.length > 0 && this.#tokens.some(({ kind }) => kind === 'onAccount'))) return [];
    for (const token of free) this.#used.add(token);
    return free;
  }

  #onAccount(): StatedFacts['onAccount'] {
    const word = this.#tokens.find(({ kind }) => kind === 'onAccount');
    if (word === undefined) return null;
    const amount = this.#tokens.find((token) => token.kind === 'amount' && !this.#used.has(token)) ?? null;
    if (amount !== null) this.#used.add(amount);
    return { amount, at: word.at };
  }

  /** Days of the payment: those that do not stand with an item. */
  #dates(): Token[] {
    if (!this.#tokens.some(({ kind }) => kind === 'payment' || kind === 'cheque' || kind === 'trace')) return [];
    return this.#tokens.filter((token, index) => {
      if (token.kind !== 'date') return false;
      const before = this.#references.findLast(({ to }) => to < index);
      return before === undefined || !this.#links(before.to + 1, index, new Set(['link']), /^[(,]$/);
    });
  }

  /** Amounts and numbers that were understood as nothing. */
  #unread(inRegion: (index: number) => boolean): StatedDoubt[] {
    const relevant = this.#references.length > 0 || this.#tokens.some(({ kind }) => kind === 'payment' || kind === 'total');
    return this.#tokens.flatMap((token, index): StatedDoubt[] => {
      const doubt = { severity: 'warning', at: token.at, value: token.text, weak: !relevant } as const;
      if (token.kind === 'amount' && (this.#open.includes(token) || !this.#used.has(token)) && !inRegion(index)) return [{ ...doubt, problem: 'the text does not say clearly what this amount is for; it was not taken' }];
      const named = this.#references.some(({ from }) => from === index) || this.found.payment?.from === index || this.found.strangers.has(index);
      if (!relevant || token.kind !== 'code' || named || !/\d{3}/.test(token.text)) return [];
      return [{ ...doubt, problem: 'the text does not say what this number is (write "invoice" before it); it was not taken' }];
    });
  }
}
