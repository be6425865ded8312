import type { Json } from '#canonical';
import { PATH_STEPS_MAX } from './limits.js';

/**
 * A place in a source record, written as static text so that lineage is known without running:
 * `entity.id`, `item.items[0].line`, `["@odata.etag"]`. A leading `/` starts at the record instead of the list row: `/tranDate`.
 */
export interface Path {
  readonly text: string;
  readonly fromRecord: boolean;
  readonly steps: readonly (string | number)[];
}

/** In a list of plain texts the row has no fields; this path is the row. */
const ROW_ITSELF = '.';
const STEP = /\.?([^.[\]"/]+)|\[(\d{1,6})\]|\.?\["((?:[^"\\]|\\.)+)"\]/y;
const PLAIN_KEY = /^[^.[\]"/\s][^.[\]"]*$/;

/** True for keys that name something every object inherits. No path may contain one, so a plain property read cannot leave the record. */
export function isInheritedName(key: string): boolean {
  return key in Object.prototype || key === 'prototype';
}

/** The path, or a sentence saying what is wrong with the text. */
export function parsePath(text: string): Path | string {
  if (text === ROW_ITSELF) return { text, fromRecord: false, steps: [] };
  const fromRecord = text.startsWith('/');
  const steps: (string | number)[] = [];
  STEP.lastIndex = fromRecord ? 1 : 0;
  const start = STEP.lastIndex;
  while (STEP.lastIndex < text.length) {
    const at = STEP.lastIndex;
    const match = STEP.exec(text);
    if (match === null || (match[0].startsWith('.') ? at === start : at !== start && match[1] !== undefined)) {
      return `"${text}" is not a path: write names joined by dots, [0] for a list position, ["a.b"] for a name with dots`;
    }
    const step = match[2] === undefined ? match[1] ?? (match[3] ?? '').replace(/\\(.)/g, '$1') : Number(match[2]);
    if (typeof step === 'string' && isInheritedName(step)) return `"${text}" names "${step}", which every object inherits`;
    steps.push(step);
  }
  if (steps.length === 0) return 'the path is empty';
  if (steps.length > PATH_STEPS_MAX) return `"${text.slice(0, 60)}" has more than ${PATH_STEPS_MAX} steps`;
  return { text, fromRecord, steps };
}

/** One step as path text, to be appended to `parent`: what one would write in `from` to claim it. */
export function childPathText(parent: string, key: string | number): string {
  if (typeof key === 'number') return `${parent}[${key}]`;
  if (!isPlainKey(key)) return `${parent}["${key.replace(/["\\]/g, '\\$&')}"]`;
  return parent === '' ? key : `${parent}.${key}`;
}

/** Vendors' field names repeat in every record, so what was found about them is kept; bounded, because records may invent names. */
const plainKeys = new Map<string, boolean>();
const PLAIN_KEYS_MAX = 5_000;
const KEPT_KEY_LENGTH_MAX = 64;

function isPlainKey(key: string): boolean {
  const known = plainKeys.get(key);
  if (known !== undefined) return known;
  const plain = PLAIN_KEY.test(key) && !isInheritedName(key);
  if (key.length > KEPT_KEY_LENGTH_MAX) return plain;
  if (plainKeys.size >= PLAIN_KEYS_MAX) plainKeys.clear();
  plainKeys.set(key, plain);
  return plain;
}

/** Reads one step; a name on a list or a position on an object leads nowhere. */
export function stepInto(value: Json | undefined, step: string | number): Json | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (Array.isArray(value)) return typeof step === 'number' ? (value as readonly Json[])[step] : undefined;
  return typeof step === 'string' ? (value as { readonly [key: string]: Json })[step] : undefined;
}

/** A function that reads the path: from the row, or from the record for a path that starts with `/`. */
export type PathReader = (row: Json, record: Json) => Json | undefined;

/** Paths of one and two steps are nearly all there are, and get code without a loop. */
export function compilePath(path: Path): PathReader {
  const { steps, fromRecord } = path;
  const [first = '', second = ''] = steps;
  if (!fromRecord && steps.length === 1) return (row) => stepInto(row, first);
  if (!fromRecord && steps.length === 2) return (row) => stepInto(stepInto(row, first), second);
  return (row, record) => {
    let value: Json | undefined = fromRecord ? record : row;
    for (const step of steps) value = stepInto(value, step);
    return value;
  };
}
