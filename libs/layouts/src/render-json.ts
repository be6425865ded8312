import { stringifyKeepingNumberText, type Json } from '#canonical';
import type { LayoutTable } from './layout-table.js';
import type { RenderedRow } from './render-rows.js';

/** An object that is still being filled. */
type Growing = { [key: string]: Json | Growing | Growing[] };

/** One object for each header, detail and trailer; groups become lists inside it. Every value is text: no amount may become a float. */
export function renderJson(table: LayoutTable, rows: readonly RenderedRow[]): string {
  const objects: Growing[] = [];
  const open: Growing[] = [];
  for (const { record, texts, depth } of rows) {
    const object: Growing = {};
    if (table.tag !== null && 'path' in table.tag) object[table.tag.path] = record.tag;
    for (const [index, field] of record.fields.entries()) {
      const text = texts[index] ?? '';
      if (text !== '' || !field.optional) place(object, field.path, text);
    }
    const parent = depth === 0 ? undefined : open[depth - 1];
    if (parent === undefined) objects.push(object);
    else listAt(parent, record.each?.steps ?? []).push(object);
    open.splice(depth, open.length, object);
  }
  const texts = objects.map((object) => stringifyKeepingNumberText(object as Json));
  if (table.kind === 'jsonLines') return texts.map((text) => text + table.lineEnd).join('');
  return texts.length === 0 ? `[]${table.lineEnd}` : `[${table.lineEnd}${texts.join(`,${table.lineEnd}`)}${table.lineEnd}]${table.lineEnd}`;
}

function place(object: Growing, path: readonly string[], text: string): void {
  const last = path.at(-1) ?? '';
  objectAt(object, path.slice(0, -1))[last] = text;
}

function objectAt(object: Growing, path: readonly string[]): Growing {
  let inner = object;
  for (const step of path) {
    const next = inner[step];
    const found: Growing = typeof next === 'object' && next !== null && !Array.isArray(next) ? next as Growing : {};
    inner[step] = found;
    inner = found;
  }
  return inner;
}

function listAt(object: Growing, path: readonly string[]): Growing[] {
  const holder = objectAt(object, path.slice(0, -1));
  const last = path.at(-1) ?? '';
  const list = Array.isArray(holder[last]) ? holder[last] as Growing[] : [];
  holder[last] = list;
  return list;
}
