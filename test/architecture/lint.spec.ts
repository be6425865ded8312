import { plantTree } from './planted-tree.js';

const many = (count: number, line: (index: number) => string): string => Array.from({ length: count }, (_, index) => line(index)).join('\n');

/** The rule, and a file that breaks it. */
const MISTAKES: readonly (readonly [rule: string, text: string])[] = [
  ['no-explicit-any', 'export const loose = (value: any): unknown => value;'],
  ['no-non-null-assertion', 'export const sure = (value: string | null): string => value!;'],
  ['max-lines', many(401, (index) => `export const value${index} = ${index};`)],
  ['max-lines-per-function', `export function long(add: (n: number) => void): void {\n${many(71, (index) => `  add(${index});`)}\n}`],
  ['complexity', `export function maze(n: number): number {\n${many(21, (index) => `  if (n === ${index}) return ${index + 1};`)}\n  return 0;\n}`],
  ['eqeqeq', 'export const same = (left: unknown, right: unknown): boolean => left == right;'],
  ['no-restricted-globals', 'export const amount = (text: string): number => parseFloat(text);'],
];

describe('the lint', () => {
  it.each(MISTAKES)('stops at %s', async (rule, text) => {
    const planted = await plantTree({ 'libs/one/src/mistake.ts': text });
    try {
      const { code, output } = planted.run('lint');
      expect(output).toContain(`(${rule})`);
      expect(code).toBe(1);
    } finally {
      await planted.remove();
    }
  });

  it('lets a file at the bounds pass', async () => {
    const planted = await plantTree({ 'libs/one/src/fine.ts': many(399, (index) => `export const value${index} = ${index};`) });
    try {
      expect(planted.run('lint').code).toBe(0);
    } finally {
      await planted.remove();
    }
  });
});
