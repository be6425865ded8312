import type { Random } from './random.js';

/** Cuts a text format into fields, changes, moves or loses some, and joins it again: grammar-aware mutants of every format made of lines. */
export function mutateFields(random: Random, seed: Uint8Array, mark: RegExp, values: readonly string[]): Uint8Array {
  const lines = Buffer.from(seed).toString('utf8').split('\n');
  for (let edits = 1 + random.below(3); edits > 0; edits -= 1) {
    const at = random.below(lines.length);
    const line = lines[at] ?? '';
    const kind = random.below(6);
    if (kind === 0) lines.splice(at, 1);
    else if (kind === 1) lines.splice(at, 0, lines[random.below(lines.length)] ?? '');
    else if (kind === 2) lines.splice(random.below(lines.length), 0, ...lines.splice(at, 1 + random.below(3)));
    else lines[at] = mutateLine(random, line, mark, values);
  }
  return Buffer.from(lines.join('\n'));
}

/** `mark` must hold its match in a group, so that splitting keeps it. */
function mutateLine(random: Random, line: string, mark: RegExp, values: readonly string[]): string {
  const parts = line.split(mark);
  const field = 2 * random.below((parts.length + 1) / 2);
  const kind = random.below(5);
  if (kind === 0) parts.splice(field, 2);
  else if (kind === 1) parts.splice(field, 0, random.pick(values), parts[1] ?? '');
  else if (kind === 2) parts[field] = parts[2 * random.below((parts.length + 1) / 2)] ?? '';
  else parts[field] = random.pick(values);
  return parts.join('');
}
