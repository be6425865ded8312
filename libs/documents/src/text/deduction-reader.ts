import { REASON_LENGTH_MAX } from './limits.js';
import type { StatedDeduction, StatedItem, StatedReference } from './stated-facts.js';
import type { Token } from './tokens.js';

/** Tokens of a sentence that speak of what was taken off: from the word that says so to where the sentence turns to something else. */
export interface DeductionRegion {
  readonly from: number;
  readonly to: number;
  readonly fromGross: boolean;
}

const REGION_STARTS = new Set(['less', 'deducted', 'discount']);

/** The regions of a sentence in order. */
export function deductionRegions(tokens: readonly Token[], references: readonly StatedReference[]): DeductionRegion[] {
  const regions: DeductionRegion[] = [];
  for (let index = 0; index < tokens.length; index += 1) {
    const token = tokens[index];
    if (token === undefined || !REGION_STARTS.has(token.kind)) continue;
    const to = regionEnd(tokens, references, index + 1);
    regions.push({ from: index, to, fromGross: token.kind !== 'deducted' });
    index = to - 1;
  }
  return regions;
}

function regionEnd(tokens: readonly Token[], references: readonly StatedReference[], from: number): number {
  for (let index = from; index < tokens.length; index += 1) {
    const token = tokens[index];
    if (token === undefined || token.kind === 'payment' || token.kind === 'total') return index;
    const parts = token.kind === 'list' || token.text === ',' || token.text === '&';
    if (!parts) continue;
    const next = references.find((reference) => reference.from > index);
    const between = next === undefined ? [] : tokens.slice(index + 1, next.from);
    if (next !== undefined && (next.kind === 'invoice' || next.kind === 'purchaseOrder') && between.every(({ kind }) => kind === 'invoice' || kind === 'order' || kind === 'number')) return index;
  }
  return tokens.length;
}

/** What a region says: amounts taken off, and credits taken against the payment. */
export interface ReadRegion {
  readonly deductions: readonly StatedDeduction[];
  readonly credits: readonly StatedItem[];
}

/** Reads a region part by part (`less 20.00 freight, 10.00 damage and credit note CN-5`). */
export function readRegion(tokens: readonly Token[], region: DeductionRegion, references: readonly StatedReference[], target: string | null, stray: Token | null): ReadRegion {
  const inside = references.filter(({ from }) => from >= region.from && from < region.to);
  const itemIn = (from: number, to: number): string | undefined => inside.find((reference) => (reference.kind === 'invoice' || reference.kind === 'purchaseOrder') && reference.from >= from && reference.from < to)?.text;
  const named = itemIn(region.from, region.to) ?? target;
  const deductions: StatedDeduction[] = [];
  const credits: StatedItem[] = [];
  const start = tokens[region.from];
  for (const [from, to] of partsOf(tokens, region)) {
    const part = tokens.slice(from, to);
    const amounts = part.filter(({ kind }) => kind === 'amount');
    const credit = inside.find((reference) => reference.kind === 'credit' && reference.from >= from && reference.from < to);
    if (credit !== undefined) {
      credits.push({ reference: credit, amount: amounts[0] ?? null });
      continue;
    }
    const own = inside.find((reference) => (reference.kind === 'debit' || reference.kind === 'other') && reference.from >= from && reference.from < to);
    const rest = { discount: part.some(({ kind }) => kind === 'discount'), reference: own?.text ?? null, target: itemIn(from, to) ?? named, fromGross: region.fromGross };
    for (const amount of amounts) deductions.push({ ...rest, amount, text: reasonOf(part), at: amount.at });
  }
  if (deductions.length === 0 && credits.length === 0 && start !== undefined) {
    const part = tokens.slice(region.from, region.to);
    const discount = part.some(({ kind }) => kind === 'discount');
    deductions.push({ amount: stray, text: reasonOf(tokens.slice(0, region.to).every(({ kind }) => kind !== 'because') ? part : tokens), discount, reference: null, target: named, fromGross: region.fromGross, at: stray?.at ?? start.at });
  }
  return { deductions, credits };
}

/** Parts between commas and `and`, each with an amount or a number of its own; others belong to the part before. */
function partsOf(tokens: readonly Token[], { from, to }: DeductionRegion): [from: number, to: number][] {
  const parts: [number, number][] = [];
  let start = from;
  let filled = false;
  for (let index = from; index < to; index += 1) {
    const token = tokens[index];
    const separator = token?.kind === 'list' || token?.text === ',' || token?.text === '&';
    if (separator && filled && tokens.slice(index, to).some(({ kind }) => kind === 'amount' || kind === 'code')) {
      parts.push([start, index]);
      start = index + 1;
      filled = false;
    }
    if (token?.kind === 'amount' || token?.kind === 'code') filled = true;
  }
  return [...parts, [start, to]];
}

const REASON_KINDS = new Set(['word', 'discount', 'percent', 'link', 'list', 'negated', 'order', 'total']);

/** The payer's own words for it: those behind `due to` where he says so, else every word of the part that is no number. */
function reasonOf(part: readonly Token[]): string {
  const because = part.findIndex(({ kind }) => kind === 'because');
  const words = part.slice(because === -1 ? 1 : because + 1).filter(({ kind }) => REASON_KINDS.has(kind));
  const first = part[0];
  if (because === -1 && first !== undefined && REASON_KINDS.has(first.kind)) words.unshift(first);
  while (words[0] !== undefined && (words[0].kind === 'link' || words[0].kind === 'list')) words.shift();
  while (words.at(-1)?.kind === 'link' || words.at(-1)?.kind === 'list') words.pop();
  return words.map(({ text }) => text).join(' ').slice(0, REASON_LENGTH_MAX);
}
