import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { READ_TRANSFORMS, WRITE_TRANSFORMS } from './index.js';
import type { TransformWords } from './transform.js';

/** Rows as the README must show them: name, arguments (optional ones in brackets), sentence. */
function rowsOf(table: Readonly<Record<string, TransformWords>>): readonly string[] {
  return Object.entries(table).map(([name, words]) => {
    const taken = Object.entries(words.takes).map(([argument, rule]) => (rule.required ? `\`${argument}\`` : `[\`${argument}\`]`));
    return `| \`${name}\` | ${taken.join(' ')} | ${words.says} |`;
  });
}

describe('the README', () => {
  const readme = readFileSync(resolve(import.meta.dirname, '../README.md'), 'utf8');

  it.each([['read', rowsOf(READ_TRANSFORMS)], ['write', rowsOf(WRITE_TRANSFORMS)]])('shows the %s transforms as the code has them', (_direction, rows) => {
    expect(readme).toContain(rows.join('\n'));
  });
});
