import type { Json, JsonObject } from '#canonical';
import type { ValuePath } from './layout-table.js';

const PATH = /^(\/\/|\/|\.\.\/)?([A-Za-z][A-Za-z0-9]*(?:\.[A-Za-z][A-Za-z0-9]*)*|\.)$/;
const ROOTS: Readonly<Record<string, ValuePath['root']>> = { '//': 'file', '/': 'detail', '../': 'parent', '': 'item' };

/** The path, or a sentence saying what is wrong with it. */
export function parseValuePath(text: string): ValuePath | string {
  const match = PATH.exec(text);
  const root = match === null ? undefined : ROOTS[match[1] ?? ''];
  if (match === null || root === undefined) return `"${text}" is not a path: write amount, customer.id, ../amount (the parent's), /amount (the detail's) or //currency (the file's)`;
  return { root, steps: match[2] === '.' ? [] : (match[2] ?? '').split('.'), text };
}

/** Where a record's values are taken from when a file is rendered. */
export interface ValueScope {
  readonly item: Json;
  readonly parent: Json;
  readonly detail: Json;
  readonly file: JsonObject;
}

/** The value at the path; null when it is not there. Never what an object inherits. */
export function valueAt(path: ValuePath, scope: ValueScope): Json {
  let value: Json = scope[path.root];
  for (const step of path.steps) {
    if (value === null || typeof value !== 'object' || Array.isArray(value) || !Object.hasOwn(value, step)) return null;
    value = (value as JsonObject)[step] ?? null;
  }
  return value;
}
