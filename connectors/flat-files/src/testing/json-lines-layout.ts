import type { JsonObject } from '#canonical';
import { LayoutError, type Layout, type LayoutContent, type LayoutPart } from '#connector-kit';

/**
 * The smallest layout there is, so that these specs need no other room: one JSON object a line, and a last line that counts them.
 * A line that is no JSON object is a problem in its place; without its last line a file is not whole.
 */
export function jsonLinesLayout(name: string): Layout {
  return { name, detailsMax: null, read: readLines, render };
}

async function* readLines(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<LayoutPart> {
  let [line, rows] = [0, 0];
  for await (const text of linesOf(bytes)) {
    line += 1;
    const row = objectOf(text);
    if (row === null) yield { kind: 'problem', line, column: 1, value: text, problem: 'is no JSON object' };
    else if (typeof row['rows'] === 'number' && row['rows'] === rows) yield { kind: 'end', rows };
    else if (row['rows'] === undefined) {
      rows += 1;
      yield { kind: 'row', record: 'detail', line, fields: Object.fromEntries(Object.entries(row).map(([field, value]) => [field, typeof value === 'string' ? value : JSON.stringify(value)])) };
    }
  }
}

async function* linesOf(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let left = '';
  for await (const piece of bytes) {
    try {
      left += decoder.decode(piece, { stream: true });
    } catch {
      throw new LayoutError('the file is not UTF-8');
    }
    const lines = left.split('\n');
    left = lines.pop() ?? '';
    yield* lines;
  }
  if (left !== '') yield left;
}

function objectOf(text: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value as JsonObject : null;
  } catch {
    return null;
  }
}

function render({ details }: LayoutContent): Uint8Array {
  return Buffer.from([...details.map((detail) => JSON.stringify(detail)), JSON.stringify({ rows: details.length }), ''].join('\n'));
}
