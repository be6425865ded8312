import { DISTRIBUTIONS_MAX } from './limits.js';

/** One physical record's content: a range of its line. */
export interface Segment {
  /** The whole line. */
  readonly text: string;
  readonly from: number;
  readonly to: number;
  readonly line: number;
  readonly column: number;
}

/** Index of an amount's or a funds type's sub-fields: how many follow the letter, D apart. */
const FUNDS_FIELDS: Readonly<Record<string, number>> = { '': 0, '0': 0, '1': 0, '2': 0, Z: 0, V: 2, S: 3 };

/** The fields of a 16 record, as written. */
export interface DetailFields {
  readonly type: string;
  readonly amount: string;
  readonly funds: string;
  /** Sub-fields of the funds type: V date and time, S three amounts, D count and pairs. */
  readonly fundsFields: readonly string[];
  readonly bankReference: string;
  readonly customerReference: string;
  /** One entry per physical record that carries text. */
  readonly text: readonly string[];
  /** Why the fields after the amount may be shifted; null when they are sound. */
  readonly problem: string | null;
}

/** Number of sub-fields of a funds type; null when the letter or D's count is unknown. */
export function fundsFieldCount(funds: string, distributionCount: string): number | null {
  if (funds !== 'D') return FUNDS_FIELDS[funds] ?? null;
  const count = /^\d{1,3}$/.test(distributionCount) ? Number(distributionCount) : Number.NaN;
  return count <= DISTRIBUTIONS_MAX ? 1 + 2 * count : null;
}

/** Index where the text of a 16 record starts on its first line; the end of the range when its other fields fill it. */
export function textStartOfDetail(text: string, from: number, to: number): number {
  const fields = new FieldCursor([{ text, from, to, line: 0, column: 0 }]);
  fields.next();
  fields.next();
  const funds = fields.next() ?? '';
  const first = funds === 'D' ? fields.next() ?? '' : '';
  const count = (fundsFieldCount(funds, first) ?? 0) - (funds === 'D' ? 1 : 0);
  for (let skipped = 0; skipped < count + 2; skipped += 1) fields.next();
  return fields.position;
}

/** Reads comma-separated fields that may go on in 88 records, where the "/" of the record before stands for the comma. */
export class FieldCursor {
  position: number;
  #segment = 0;
  #exhausted: boolean;

  constructor(readonly segments: readonly Segment[]) {
    const first = segments[0];
    this.position = first?.from ?? 0;
    this.#exhausted = first === undefined;
  }

  /** The next field; undefined when the records are used up. `stopBefore` may declare the next record to be text. */
  next(stopBefore?: (content: string) => boolean): string | undefined {
    if (this.#exhausted && !this.#advance(stopBefore)) return undefined;
    const segment = this.segments[this.#segment];
    if (segment === undefined) return undefined;
    const comma = segment.text.indexOf(',', this.position);
    const end = comma === -1 || comma >= segment.to ? segment.to : comma;
    const field = segment.text.slice(this.position, end);
    if (end === segment.to) {
      this.#exhausted = true;
      this.position = segment.to;
    } else {
      this.position = end + 1;
    }
    return field;
  }

  /** Everything that is left, one entry per physical record. */
  rest(): string[] {
    const parts: string[] = [];
    const current = this.segments[this.#segment];
    if (!this.#exhausted && current !== undefined) parts.push(current.text.slice(this.position, current.to));
    for (let index = this.#segment + 1; index < this.segments.length; index += 1) {
      const segment = this.segments[index];
      if (segment !== undefined) parts.push(segment.text.slice(segment.from, segment.to));
    }
    return parts;
  }

  #advance(stopBefore?: (content: string) => boolean): boolean {
    const segment = this.segments[this.#segment + 1];
    if (segment === undefined || stopBefore?.(segment.text.slice(segment.from, segment.to)) === true) return false;
    this.#segment += 1;
    this.#exhausted = false;
    this.position = segment.from;
    return true;
  }
}

/** Takes a 16 record and its 88s apart. Never throws: what is odd is said in `problem`. */
export function readDetailFields(segments: readonly Segment[]): DetailFields {
  const cursor = new FieldCursor(segments);
  const type = (cursor.next() ?? '').trim();
  const amount = (cursor.next((content) => !/^[+-]?\d+(,|$)/.test(content)) ?? '').trim();
  const funds = (cursor.next((content) => !/^[012ZVSD]?(,|$)/.test(content)) ?? '').trim().toUpperCase();
  const fundsFields: string[] = [];
  let problem: string | null = null;
  if (funds === 'D') fundsFields.push((cursor.next() ?? '').trim());
  const expected = fundsFieldCount(funds, fundsFields[0] ?? '');
  if (expected === null) problem = funds === 'D' ? `the funds type D announces "${fundsFields[0] ?? ''}" distributions` : `"${funds}" is no funds type (0, 1, 2, S, V, D, Z)`;
  while (fundsFields.length < (expected ?? 0)) {
    const field = cursor.next();
    if (field === undefined) {
      problem = `the record ends inside the fields of funds type ${funds}`;
      break;
    }
    fundsFields.push(field.trim());
  }
  const bankReference = (cursor.next((content) => isText(content, 2)) ?? '').trim();
  const customerReference = (cursor.next((content) => isText(content, 1)) ?? '').trim();
  return { type, amount, funds, fundsFields, bankReference, customerReference, text: cursor.rest(), problem };
}

/** True when an 88 that could still hold `missing` fields before the text can only be text: too few commas, or words where a reference should be. */
function isText(content: string, missing: number): boolean {
  let commas = 0;
  for (let index = content.indexOf(','); index !== -1 && commas < missing; index = content.indexOf(',', index + 1)) commas += 1;
  if (commas < missing) return true;
  return /[ :]/.test(content.slice(0, content.indexOf(',')));
}
