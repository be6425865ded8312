import { foldText, textPieces, type TextPiece } from './text.js';

/** A number somebody wrote that names something the caller knows. */
export interface ReferenceHit<Target> {
  /** As written, from the first to the last character. */
  readonly quote: string;
  readonly key: string;
  readonly targets: readonly Target[];
  /** Could as well be a date, a year or a short count. */
  readonly weak: boolean;
}

export type ReferenceLookup<Target> = (key: string) => readonly Target[] | undefined;

/** Fewer significant digits name a document only where a reference is expected: in a remittance line. */
export const DIGITS_MIN = 4;
/** Pieces one number may be written in: `2026-03-0012` has three. */
const PIECES_PER_NUMBER_MAX = 4;
/** Documents a range such as `1001-1009` may stand for. */
export const RANGE_MAX = 200;

const NUMBER_SEPARATOR = /^[-/_]$/;
const PREFIX_SEPARATOR = /^[-/_#:. ]{1,3}$/;
const LIST_SEPARATOR = /^ ?[/,+&;] ?$/;
const DIGITS = /^\d+$/;
const GLUED_PREFIX = /^\p{L}+(\d+)$/u;
const AMOUNT = /(?<![\p{L}\p{N}])(?:\d{1,3}(?:[.,]\d{3})+(?:[.,]\d{1,2})?|\d+[.,]\d{1,2})(?![\p{L}\p{N}]|[.,]\d)/gu;
const DATE = /^(?:(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])|(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])(?:19|20)\d\d)$/;
const YEAR = /^(?:19|20)\d\d$/;

/** How a number is compared: without case, accents, separators and leading zeros (also those behind a letter prefix). */
export function referenceKey(text: string): string {
  return foldText(text).replace(/[^\p{L}\p{N}]/gu, '').replace(/^(\p{L}*)0+(?=[\p{L}\p{N}])/u, '$1');
}

/** The keys a document answers to: its whole number, and its digits alone when it is a prefix and enough digits. */
export function documentKeys(number: string): string[] {
  const whole = referenceKey(number);
  const digits = GLUED_PREFIX.exec(whole)?.[1]?.replace(/^0+/, '');
  return digits !== undefined && digits.length >= DIGITS_MIN ? [whole, digits] : [whole];
}

/**
 * Finds every known number in free text. A run of digits counts only as a whole: `100234` is not found in `9100234`, nor in the
 * amount `100,234.00`, nor behind a hyphen in `77-100234`. Lists (`100234/235`) and ranges (`1001-1009`) are followed.
 * Linear in the text: each piece is tried alone and joined with at most three more.
 */
export function findReferences<Target>(text: string, lookup: ReferenceLookup<Target>): ReferenceHit<Target>[] {
  return new ReferenceScan(text, lookup).run();
}

class ReferenceScan<Target> {
  private readonly pieces: TextPiece[];
  private readonly hits: ReferenceHit<Target>[] = [];
  private readonly seen = new Set<string>();
  /** Digits of the number last found, when only a list separator has followed since. */
  private listBase: string | null = null;
  private readonly lookup: ReferenceLookup<Target>;

  constructor(private readonly text: string, lookup: ReferenceLookup<Target>) {
    this.lookup = lookup;
    const amounts = [...text.matchAll(AMOUNT)].map((match) => [match.index, match.index + match[0].length] as const);
    this.pieces = withoutSpans(textPieces(text), amounts);
  }

  run(): ReferenceHit<Target>[] {
    let at = 0;
    while (at < this.pieces.length) at += this.step(at);
    return this.hits;
  }

  /** Tries the longest reading first. @returns how many pieces were used up. */
  private step(at: number): number {
    for (let length = PIECES_PER_NUMBER_MAX; length >= 2; length -= 1) {
      if (this.joins(at, length) && this.take(at, length, this.keyOf(at, length))) return length;
    }
    const piece = this.pieces[at];
    if (piece === undefined) return 1;
    const range = this.rangeAt(at);
    if (range > 0) return range;
    if (this.insideLongerNumber(at)) { this.listBase = null; return 1; }
    if (this.take(at, 1, referenceKey(piece.folded)) || this.takeGluedDigits(at, piece) || this.takeListSuffix(at, piece)) return 1;
    this.listBase = null;
    return 1;
  }

  private gap(at: number): string {
    const left = this.pieces[at];
    const right = this.pieces[at + 1];
    return left === undefined || right === undefined ? '\n' : this.text.slice(left.end, right.start);
  }

  private joins(at: number, length: number): boolean {
    if (at + length > this.pieces.length) return false;
    for (let index = at; index < at + length - 1; index += 1) {
      const leftIsPrefix = index === at && !/\d/.test(this.pieces[index]?.folded ?? '');
      if (!(leftIsPrefix ? PREFIX_SEPARATOR : NUMBER_SEPARATOR).test(this.gap(index))) return false;
    }
    return !this.digitsContinue(at - 1, at) && !this.digitsContinue(at + length - 1, at + length);
  }

  /** True when two neighbouring pieces are digits linked by a hyphen: one longer number. */
  private digitsContinue(left: number, right: number): boolean {
    const first = this.pieces[left];
    const second = this.pieces[right];
    if (first === undefined || second === undefined) return false;
    return this.gap(left) === '-' && /\d$/.test(first.folded) && /^\d/.test(second.folded);
  }

  private insideLongerNumber(at: number): boolean {
    return this.digitsContinue(at - 1, at) || this.digitsContinue(at, at + 1);
  }

  private keyOf(at: number, length: number): string {
    return referenceKey(this.pieces.slice(at, at + length).map((piece) => piece.folded).join(''));
  }

  private quote(at: number, length: number): string {
    return this.text.slice(this.pieces[at]?.start, this.pieces[at + length - 1]?.end);
  }

  private take(at: number, length: number, key: string): boolean {
    if (!isTellingKey(key)) return false;
    const targets = this.lookup(key);
    if (targets === undefined) return false;
    this.add(this.quote(at, length), key, targets);
    this.listBase = /(\d+)$/.exec(key)?.[1] === undefined ? null : key;
    return true;
  }

  private add(quote: string, key: string, targets: readonly Target[]): void {
    if (this.seen.has(key)) return;
    this.seen.add(key);
    this.hits.push({ quote, key, targets, weak: DATE.test(key) || YEAR.test(key) });
  }

  /** `RE100234`: letters of the payer's own glued to the whole number. */
  private takeGluedDigits(at: number, piece: TextPiece): boolean {
    const digits = GLUED_PREFIX.exec(piece.folded)?.[1];
    return digits !== undefined && this.take(at, 1, referenceKey(digits));
  }

  /** `100234/235/41`: the end of a number like the one before. */
  private takeListSuffix(at: number, piece: TextPiece): boolean {
    const base = this.listBase;
    if (base === null || !DIGITS.test(piece.folded) || piece.folded.length < 2 || piece.folded.length >= base.length) return false;
    if (!LIST_SEPARATOR.test(this.gap(at - 1))) return false;
    const key = base.slice(0, -piece.folded.length) + piece.folded;
    const targets = this.lookup(key);
    if (targets === undefined) return false;
    this.add(this.quote(at, 1), key, targets);
    return true;
  }

  /** `1001-1009` where both ends are known: everything known in between. @returns pieces used, 0 when it is no range. */
  private rangeAt(at: number): number {
    const [first, last] = [this.pieces[at], this.pieces[at + 1]];
    if (first === undefined || last === undefined || !/^ ?- ?$/.test(this.gap(at))) return 0;
    if (this.digitsContinue(at - 1, at) || this.digitsContinue(at + 1, at + 2)) return 0;
    const from = GLUED_PREFIX.exec(first.folded)?.[1] ?? first.folded;
    const to = last.folded;
    if (!DIGITS.test(from) || !DIGITS.test(to) || from.length !== to.length || from.length < DIGITS_MIN || from.length > 15) return 0;
    const width = Number(to) - Number(from);
    if (width <= 0 || width > RANGE_MAX || !this.lookup(referenceKey(from)) || !this.lookup(referenceKey(to))) return 0;
    for (let number = Number(from); number <= Number(to); number += 1) {
      const targets = this.lookup(String(number));
      if (targets !== undefined) this.add(this.quote(at, 2), String(number), targets);
    }
    return 2;
  }
}

/** A key that may stand in free text without meaning something else: enough digits, or letters and digits together. */
function isTellingKey(key: string): boolean {
  if (DIGITS.test(key)) return key.length >= DIGITS_MIN;
  return /\d/.test(key) && key.length >= 3;
}

function withoutSpans(pieces: readonly TextPiece[], spans: readonly (readonly [number, number])[]): TextPiece[] {
  const kept: TextPiece[] = [];
  let next = 0;
  for (const piece of pieces) {
    while (next < spans.length && (spans[next]?.[1] ?? 0) <= piece.start) next += 1;
    const span = spans[next];
    if (span === undefined || piece.end <= span[0]) kept.push(piece);
  }
  return kept;
}
