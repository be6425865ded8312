import { hasBlankGroup } from './prose-amounts.js';
import type { StatedDoubt, StatedReference } from './stated-facts.js';
import type { Token, TokenKind } from './tokens.js';
import { REFERENCE_PREFIXES } from './words.js';

type Label = 'invoice' | 'credit' | 'debit' | 'order' | 'cheque' | 'trace' | 'stranger';
const LABELS: ReadonlySet<TokenKind> = new Set(['invoice', 'credit', 'debit', 'order', 'cheque', 'trace', 'stranger']);
/** Between a label and its number. */
const FILLERS: ReadonlySet<TokenKind> = new Set(['number', 'link', 'payment', 'total', 'date']);
/** Between two numbers of one list. */
const WITHIN_LIST: ReadonlySet<TokenKind> = new Set(['list', 'link', 'date', 'amount', 'number', 'range', 'newline']);

/** The numbers of a sentence. */
export interface FoundReferences {
  readonly tokens: readonly Token[];
  readonly references: readonly StatedReference[];
  /** Cheque or transfer. */
  readonly payment: (StatedReference & { readonly cheque: boolean }) | null;
  readonly doubts: readonly StatedDoubt[];
  /** Indexes of numbers that are surely something else: a customer number, an account. */
  readonly strangers: ReadonlySet<number>;
  /** The label that is open at the end, for a list on the lines below. */
  readonly open: Label | null;
}

/**
 * Which of a sentence's numbers are references: those behind a word that says so (`invoices 1002, 1007 and 1009`), and those whose own
 * letters do (`INV-1001`). A bare number anywhere else is none.
 * @param carried the label the sentence before left open with a colon
 */
export function findReferences(sentence: readonly Token[], carried: Label | null): FoundReferences {
  const finder = new Finder(carried);
  for (const token of sentence) finder.take(token);
  return finder.found(sentence);
}

class Finder {
  readonly #tokens: Token[] = [];
  readonly #references: StatedReference[] = [];
  readonly #doubts: StatedDoubt[] = [];
  readonly #strangers = new Set<number>();
  #payment: FoundReferences['payment'] = null;
  #label: Label | null;
  /** A number must follow: the label was just read. */
  #expecting: boolean;
  #ranging = false;

  constructor(carried: Label | null) {
    this.#label = carried;
    this.#expecting = carried !== null;
  }

  take(token: Token): void {
    if (LABELS.has(token.kind)) {
      this.#label = token.kind as Label;
      this.#expecting = true;
    } else if (token.kind === 'code') return this.#code(token);
    else if (token.kind === 'amount' && this.#label !== null && this.#gluedNumber(token)) return;
    else if (token.kind === 'range' && this.#label !== null && !this.#expecting) this.#ranging = this.#references.at(-1)?.to === this.#tokens.length - 1;
    else if (!this.#keepsLabel(token)) this.#label = null;
    this.#tokens.push(token);
  }

  found(sentence: readonly Token[]): FoundReferences {
    const colon = sentence.at(-1)?.text === ':' || LABELS.has(sentence.at(-1)?.kind ?? 'word');
    const listed = this.#references.length > 0 && sentence[0]?.kind === 'code';
    return { tokens: this.#tokens, references: this.#references, payment: this.#payment, strangers: this.#strangers, doubts: this.#doubts, open: colon || listed ? this.#label : null };
  }

  #keepsLabel(token: Token): boolean {
    if (token.kind === 'mark') return true;
    return this.#expecting ? FILLERS.has(token.kind) : WITHIN_LIST.has(token.kind);
  }

  #code(token: Token): void {
    const ranged = this.#ranging;
    this.#ranging = false;
    const own = kindOfPrefix(token.text);
    const label = this.#label;
    if (label === 'stranger') {
      this.#strangers.add(this.#tokens.length);
      this.#label = null;
    } else if (label === 'cheque' || label === 'trace') {
      this.#payment ??= { ...this.#reference(token, 'other'), cheque: label === 'cheque' };
      this.#label = null;
    } else if (label !== null || own !== null) {
      const reference = this.#reference(token, own ?? kindOfLabel(label));
      if (ranged) this.#rangeDoubt(reference);
      this.#references.push(reference);
      this.#label = label ?? 'invoice';
    }
    this.#expecting = false;
    this.#tokens.push(token);
  }

  #reference(token: Token, kind: StatedReference['kind']): StatedReference {
    return { text: token.text.replace(/^#+|#+$/g, ''), kind, from: this.#tokens.length, to: this.#tokens.length, at: token.at };
  }

  #rangeDoubt(last: StatedReference): void {
    const first = this.#references.at(-1);
    this.#doubts.push({
      severity: 'warning', at: first?.at ?? last.at, value: `${first?.text ?? ''} - ${last.text}`,
      problem: 'a range of numbers: the first and the last were taken; add those between that are meant',
    });
  }

  /** `invoice 77 500,00`: the blank parts the number of the item from its amount. True when the token was dealt with. */
  #gluedNumber(token: Token): boolean {
    const digits = token.digits ?? '';
    if (this.#expecting && hasBlankGroup(digits) && /^\d/.test(token.text) && !token.negative && !this.#tokens.slice(-1).some(({ kind }) => kind === 'total' || kind === 'link' || kind === 'payment')) {
      const blank = digits.indexOf(' ');
      this.#code({ kind: 'code', text: digits.slice(0, blank), at: token.at, digits: null, currency: null, negative: false });
      this.#tokens.push({ ...token, text: token.text.slice(blank + 1), at: token.at + blank + 1, digits: digits.slice(blank + 1) });
      return true;
    }
    const previous = this.#tokens.at(-1);
    const listed = !this.#expecting && previous !== undefined && (previous.kind === 'list' || previous.text === ',') && hasBlankGroup(digits);
    const packed = this.#expecting && token.currency === null && /^\d{1,3}(,\d{3})+$/.test(digits) && previous?.kind !== 'total' && previous?.kind !== 'link';
    if (!listed && !packed) return false;
    this.#doubts.push({ severity: 'error', at: token.at, value: token.text, problem: 'it may be one amount or several numbers; enter what is meant by hand' });
    this.#expecting = false;
    return true;
  }
}

function kindOfLabel(label: Label | null): StatedReference['kind'] {
  if (label === 'order') return 'purchaseOrder';
  return label === 'credit' || label === 'debit' || label === 'invoice' ? label : 'other';
}

/** What the letters before the digits say: `INV-1001`, `RE2024/15`, `CN 7`; null when they say nothing. */
export function kindOfPrefix(text: string): StatedReference['kind'] | null {
  const letters = /^#?(\p{L}{1,5})[-/._#]?\d/u.exec(text)?.[1]?.toUpperCase();
  if (letters === undefined) return null;
  for (const [kind, prefixes] of Object.entries(REFERENCE_PREFIXES) as [Extract<StatedReference['kind'], keyof typeof REFERENCE_PREFIXES>, readonly string[]][]) {
    // A single letter is an apartment or a floor as often as an invoice.
    if (prefixes.includes(letters) && (letters.length > 1 || text.length > 4)) return kind;
  }
  return null;
}
