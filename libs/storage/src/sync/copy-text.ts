import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import type { Transaction } from '../database.js';

const NEEDS_ESCAPE = /[\\\n\r\t]/;

/** One field of COPY's text format. */
export function copyField(value: string | null): string {
  if (value === null) return '\\N';
  if (!NEEDS_ESCAPE.test(value)) return value;
  return value.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\r', '\\r').replaceAll('\t', '\\t');
}

export function copyLine(fields: readonly (string | null)[]): string {
  let line = copyField(fields[0] ?? null);
  for (let index = 1; index < fields.length; index += 1) line += `\t${copyField(fields[index] ?? null)}`;
  return `${line}\n`;
}

/** Streams lines into `COPY target FROM STDIN` and waits until the server has them all. */
export async function copyLines(transaction: Transaction, target: string, lines: readonly string[]): Promise<void> {
  if (lines.length === 0) return;
  const sink = transaction.copyInto(`COPY ${target} FROM STDIN`);
  const done = finished(sink);
  if (!sink.write(lines.join(''))) await Promise.race([once(sink, 'drain'), done]);
  sink.end();
  await done;
}
