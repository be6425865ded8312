import { foldText, textPieces } from './text.js';

/** A customer a name may mean, and how alike the two are: 1 = the same words, 0 = nothing in common. */
export interface NameMatch {
  readonly customerId: string;
  readonly similarity: number;
  /** The legal forms were written on both sides and differ: `Acme Inc` is not `Acme LLC`. */
  readonly otherLegalForm: boolean;
}

/** Legal forms as they are written without dots; they tell twins apart but say nothing about likeness. */
const LEGAL_FORMS = new Set((
  'INC INCORPORATED LLC LLP LP LTD LIMITED PLC CORP CORPORATION CO COMPANY GMBH MBH AG KG OHG UG SE SA SAS SARL SRL SPA BV NV AB OY OYJ AS ASA APS '
  + 'PTY PTE PVT KK SL SLU SRO DOO SPZOO SP ZOO OOO ZAO LTDA EIRL CV EV'
).split(' '));
const LEGAL_FORM_MEANS: Readonly<Record<string, string>> = { INCORPORATED: 'INC', LIMITED: 'LTD', CORPORATION: 'CORP', COMPANY: 'CO' };

/** Entries looked at closely for one question. */
const CANDIDATES_MAX = 40;
/** Words and letter triples shared by more entries than this are too common to fetch by. */
const POSTINGS_MAX = 2_500;
/** Letter triples a question fetches by, rarest first. */
const TRIGRAMS_ASKED = 10;
const TRIGRAM_SLOTS = 2 ** 16;
/** A bank's field ends inside a name; shorter beginnings say too little. */
const TRUNCATED_LENGTH_MIN = 10;
/** Words of a memo that are compared with names. */
const MEMO_WORDS_MAX = 60;

interface Entry {
  readonly customerId: string;
  readonly words: readonly string[];
  readonly compact: string;
  readonly legalForm: string;
  readonly trigrams: Uint16Array;
}

/** Names of customers, found by words (weighted by rarity), letter triples (typing errors) and beginnings (fields cut by banks). */
export class NameIndex {
  private readonly entries: Entry[] = [];
  private readonly byCompact = new Map<string, number[]>();
  private readonly byWord = new Map<string, number[]>();
  private readonly byTrigram: (number[] | undefined)[] = Array.from({ length: TRIGRAM_SLOTS });
  private readonly wordTrigrams = new Map<string, Uint16Array>();
  private readonly answers = new Map<string, readonly NameMatch[]>();

  add(customerId: string, name: string): void {
    const { words, legalForm } = readName(name);
    if (words.length === 0) return;
    const compact = words.join('');
    const entry: Entry = { customerId, words, compact, legalForm, trigrams: trigramsOf(compact) };
    const number = this.entries.push(entry) - 1;
    append(this.byCompact, compact, number);
    for (const word of new Set(words)) append(this.byWord, word, number);
    for (const trigram of entry.trigrams) {
      const postings = this.byTrigram[trigram];
      if (postings === undefined) this.byTrigram[trigram] = [number]; else postings.push(number);
    }
  }

  /** The likeliest customers for a payer's name, best first, at most `limit`. */
  find(name: string, limit: number): readonly NameMatch[] {
    const asked = readName(name);
    if (asked.words.length === 0) return [];
    const key = `${asked.words.join(' ')}|${asked.legalForm}|${limit}`;
    const known = this.answers.get(key);
    if (known !== undefined) return known;
    const compact = asked.words.join('');
    const question: Entry = { customerId: '', words: asked.words, compact, legalForm: asked.legalForm, trigrams: trigramsOf(compact) };
    const answer = best(this.candidates(question).map((number) => this.compare(question, number)), limit);
    this.answers.set(key, answer);
    return answer;
  }

  /** Customers whose whole name (two words, or one rare word) stands in a memo. */
  findInText(text: string, limit: number): readonly NameMatch[] {
    const words = new Set(readName(text).words.filter((word) => !/^\d+$/.test(word)).slice(0, MEMO_WORDS_MAX));
    const numbers = new Set<number>();
    for (const word of words) {
      const postings = this.byWord.get(word);
      if (postings !== undefined && postings.length <= CANDIDATES_MAX) postings.forEach((number) => numbers.add(number));
    }
    const found: NameMatch[] = [];
    for (const number of numbers) {
      const entry = this.entries[number];
      if (entry !== undefined && entry.compact.length >= 5 && entry.words.every((word) => words.has(word))) {
        found.push({ customerId: entry.customerId, similarity: entry.words.length > 1 ? 0.9 : 0.75, otherLegalForm: false });
      }
    }
    return best(found, limit);
  }

  private rarity(word: string): number {
    return Math.log(1 + this.entries.length / (1 + (this.byWord.get(word)?.length ?? 0)));
  }

  private candidates(question: Entry): number[] {
    const scores = new Map<number, number>();
    const same = this.byCompact.get(question.compact);
    same?.slice(0, CANDIDATES_MAX).forEach((number) => scores.set(number, Number.MAX_VALUE));
    for (const word of new Set(question.words)) {
      const postings = this.byWord.get(word);
      if (postings === undefined || postings.length > POSTINGS_MAX) continue;
      const rarity = this.rarity(word);
      for (const number of postings) scores.set(number, (scores.get(number) ?? 0) + rarity);
    }
    if (same === undefined) this.addTrigramCandidates(question, scores);
    return [...scores].sort((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, CANDIDATES_MAX).map(([number]) => number);
  }

  private addTrigramCandidates(question: Entry, scores: Map<number, number>): void {
    const lists = [...question.trigrams].flatMap((trigram) => {
      const postings = this.byTrigram[trigram];
      return postings !== undefined && postings.length <= POSTINGS_MAX ? [postings] : [];
    });
    lists.sort((a, b) => a.length - b.length);
    for (const postings of lists.slice(0, TRIGRAMS_ASKED)) {
      for (const number of postings) scores.set(number, (scores.get(number) ?? 0) + 1);
    }
  }

  private compare(question: Entry, number: number): NameMatch {
    const entry = this.entries[number];
    if (entry === undefined) return { customerId: '', similarity: 0, otherLegalForm: false };
    const otherLegalForm = question.legalForm !== '' && entry.legalForm !== '' && question.legalForm !== entry.legalForm;
    return { customerId: entry.customerId, similarity: this.similarity(question, entry), otherLegalForm };
  }

  private similarity(question: Entry, entry: Entry): number {
    if (question.compact === entry.compact) return 1;
    const cut = question.compact.length >= TRUNCATED_LENGTH_MIN && entry.compact.startsWith(question.compact) ? 0.92 : 0;
    return Math.max(cut, this.wordSimilarity(question, entry), 0.95 * dice(question.trigrams, entry.trigrams));
  }

  /** Shared rarity over all rarity; a word cut short or mistyped counts in part. Order does not matter. */
  private wordSimilarity(question: Entry, entry: Entry): number {
    let [shared, asked, held] = [0, 0, 0];
    for (const word of entry.words) held += this.rarity(word);
    for (const word of question.words) {
      const rarity = this.rarity(word);
      asked += rarity;
      shared += rarity * this.bestWordLikeness(word, entry.words);
    }
    return Math.min(0.98, shared / Math.max(asked + held - shared, Number.EPSILON));
  }

  private bestWordLikeness(word: string, words: readonly string[]): number {
    let likeness = 0;
    for (const other of words) {
      if (word === other) return 1;
      const [short, long] = word.length < other.length ? [word, other] : [other, word];
      if (short.length >= 3 && long.startsWith(short)) likeness = Math.max(likeness, 0.8);
      else if (short.length >= 4 && long.length - short.length <= 2 && dice(this.trigramsOfWord(word), this.trigramsOfWord(other)) >= 0.6) likeness = Math.max(likeness, 0.75);
    }
    return likeness;
  }

  private trigramsOfWord(word: string): Uint16Array {
    const known = this.wordTrigrams.get(word);
    if (known !== undefined) return known;
    const trigrams = trigramsOf(word);
    this.wordTrigrams.set(word, trigrams);
    return trigrams;
  }
}

/** A customer's best name counts once. */
function best(matches: readonly NameMatch[], limit: number): NameMatch[] {
  const byCustomer = new Map<string, NameMatch>();
  for (const match of matches) {
    const known = byCustomer.get(match.customerId);
    if (known === undefined || known.similarity < match.similarity || (known.otherLegalForm && known.similarity === match.similarity)) {
      byCustomer.set(match.customerId, match);
    }
  }
  return [...byCustomer.values()].filter((match) => match.similarity > 0)
    .sort((a, b) => b.similarity - a.similarity || Number(a.otherLegalForm) - Number(b.otherLegalForm) || (a.customerId < b.customerId ? -1 : 1))
    .slice(0, limit);
}

/** The words that matter and the legal form. A name of nothing but legal forms keeps them as its words. */
export function readName(name: string): { words: string[]; legalForm: string } {
  const folded = foldText(name).replaceAll('&', ' AND ').replace(/(?<=\b\p{L})\.(?=\p{L}\b)/gu, '').replaceAll("'", '');
  const all = textPieces(folded).map((piece) => piece.folded);
  const words = all.filter((word, index) => index === 0 || !LEGAL_FORMS.has(word));
  const form = all.slice(1).findLast((word) => LEGAL_FORMS.has(word)) ?? '';
  return { words, legalForm: LEGAL_FORM_MEANS[form] ?? form };
}

/** Sorted distinct codes of the letter triples, the ends included. By insertion: a name has two dozen. */
function trigramsOf(compact: string): Uint16Array {
  const codes: number[] = [];
  let [first, second] = [32, compact.charCodeAt(0)];
  for (let index = 1; index <= compact.length; index += 1) {
    const third = index < compact.length ? compact.charCodeAt(index) : 32;
    const code = (first * 961 + second * 31 + third) % TRIGRAM_SLOTS;
    let at = codes.length;
    while (at > 0 && (codes[at - 1] ?? 0) > code) at -= 1;
    if (codes[at - 1] !== code) codes.splice(at, 0, code);
    [first, second] = [second, third];
  }
  return Uint16Array.from(codes);
}

function dice(left: Uint16Array, right: Uint16Array): number {
  let [at, other, shared] = [0, 0, 0];
  while (at < left.length && other < right.length) {
    const [a, b] = [left[at] ?? 0, right[other] ?? 0];
    if (a === b) { shared += 1; at += 1; other += 1; } else if (a < b) at += 1; else other += 1;
  }
  return (2 * shared) / Math.max(left.length + right.length, 1);
}

function append(map: Map<string, number[]>, key: string, number: number): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [number]); else list.push(number);
}
