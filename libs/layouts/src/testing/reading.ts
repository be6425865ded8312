import type { LayoutPart } from '#connector-kit';
import type { LoadedLayout } from '../layout.js';

export async function* inChunks(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}

/** Every part of a file that arrives in chunks of `size` bytes. */
export async function partsOf(layout: LoadedLayout, bytes: Uint8Array | string, size = 7, skipRows = 0): Promise<readonly LayoutPart[]> {
  const parts: LayoutPart[] = [];
  for await (const part of layout.read(inChunks(typeof bytes === 'string' ? Buffer.from(bytes) : bytes, size), { skipRows })) parts.push(part);
  return parts;
}

/** A part in one line: `2 detail {"a":"1"}`, `3:2 "x" problem`, `end 2`. */
export function say(part: LayoutPart): string {
  if (part.kind === 'end') return `end ${part.rows}`;
  if (part.kind === 'row') return `${part.line} ${part.record} ${JSON.stringify(part.fields)}`;
  return `${part.line}${part.column === null ? '' : `:${part.column}`} ${JSON.stringify(part.value)} ${part.problem}`;
}

export async function told(layout: LoadedLayout, bytes: Uint8Array | string, size = 7): Promise<readonly string[]> {
  return (await partsOf(layout, bytes, size)).map(say);
}
