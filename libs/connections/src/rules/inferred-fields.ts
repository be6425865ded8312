import type { Json, JsonObject } from '#canonical';

/** What a field of a source looks like, from the records of one page. */
export interface InferredField {
  /** As a mapping names it: `entity.id`, `lines[].amount`. */
  readonly path: string;
  /** What its values look like, most frequent first. */
  readonly kinds: readonly FieldKind[];
  /** Records it has a value in. */
  readonly present: number;
  /** One value, shortened. */
  readonly example: string;
}
export const FIELD_KINDS = ['text', 'integer', 'decimal', 'day', 'instant', 'flag', 'empty'] as const;
export type FieldKind = (typeof FIELD_KINDS)[number];

/** Fields of one record that are looked at; what lies deeper or beyond is left out. */
export const INFERRED_FIELDS_MAX = 1_000;
const DEPTH_MAX = 8;
const EXAMPLE_CHARACTERS_MAX = 80;

/** Looks at every field of the records. Dates of any common way to write them count as `day` or `instant`; which is which only a mapping says. */
export function inferFields(records: readonly JsonObject[]): readonly InferredField[] {
  const found = new Map<string, { kinds: Map<FieldKind, number>; present: Set<number>; example: string }>();
  records.forEach((record, index) => walk(record, '', 0, (path, value) => {
    if (!found.has(path) && found.size >= INFERRED_FIELDS_MAX) return;
    const field = found.get(path) ?? { kinds: new Map(), present: new Set(), example: '' };
    const kind = kindOf(value);
    field.kinds.set(kind, (field.kinds.get(kind) ?? 0) + 1);
    if (kind !== 'empty') {
      field.present.add(index);
      if (field.example === '') field.example = String(value).slice(0, EXAMPLE_CHARACTERS_MAX);
    }
    found.set(path, field);
  }));
  return [...found].map(([path, { kinds, present, example }]) => ({
    path, present: present.size, example, kinds: [...kinds].toSorted(([, left], [, right]) => right - left).map(([kind]) => kind).filter((kind, _at, all) => kind !== 'empty' || all.length === 1),
  }));
}

function walk(value: Json, path: string, depth: number, see: (path: string, value: string | number | boolean | null) => void): void {
  if (typeof value !== 'object' || value === null) return see(path, value);
  if (depth >= DEPTH_MAX) return;
  if (Array.isArray(value)) value.forEach((entry: Json) => { walk(entry, `${path}[]`, depth + 1, see); });
  else for (const [name, entry] of Object.entries(value)) walk(entry, path === '' ? name : `${path}.${name}`, depth + 1, see);
}

const DAY = /^(?:\d{4}-\d{2}-\d{2}|\d{1,2}[./-]\d{1,2}[./-](?:\d{4}|\d{2})|\d{8})$/;
const INSTANT = /^(?:\d{4}-\d{2}-\d{2}[T ]|\d{1,2}[./-]\d{1,2}[./-]\d{4} )\d{1,2}:\d{2}/;
const PLAUSIBLE_YEAR = /^(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])$/;

function kindOf(value: string | number | boolean | null): FieldKind {
  if (value === null || value === '') return 'empty';
  if (typeof value === 'boolean' || /^(?:true|false|T|F|Yes|No)$/.test(String(value))) return 'flag';
  const text = String(value);
  if (INSTANT.test(text)) return 'instant';
  // Eight digits are a number unless they could be read as a date.
  if (DAY.test(text) && (!/^\d{8}$/.test(text) || PLAUSIBLE_YEAR.test(text))) return 'day';
  if (/^-?\d+$/.test(text)) return 'integer';
  return /^-?\d+[.,]\d+$/.test(text) ? 'decimal' : 'text';
}
