import fc from 'fast-check';
import type { ParsedDocument } from '#canonical';
import { readCollected } from '../testing/read-collected.js';
import { Bai2Document } from './bai2-reader.js';

function readBai2(text: string, pieceBytes?: number): ParsedDocument {
  return readCollected('bai2', (sink) => new Bai2Document(sink), Buffer.from(text), pieceBytes);
}

interface Written {
  readonly code: string;
  readonly minor: bigint;
  readonly funds: string;
  readonly bankReference: string;
  readonly customerReference: string;
  readonly text: readonly string[];
}

/** Text as banks send it; no "/" at the end of a line, where it would be a terminator, and no blanks at the ends, which are padding. */
const text = fc.stringMatching(/^[A-Z0-9 ,:.\-/"']{0,40}$/).map((value) => value.replace(/[ /]+$/, '').replace(/^[ /,:]+/, '')).filter((value) => !/\/ *(\d\d,)/.test(value));
const reference = fc.stringMatching(/^[A-Z0-9-]{0,16}$/);
const funds = fc.constantFrom('', '0', '1', '2', 'Z', 'V,260302,0000', 'V,260302,', 'S,1,2,3', 'D,2,0,1,1,2');
const written: fc.Arbitrary<Written> = fc.record({
  code: fc.constantFrom('142', '165', '195', '115', '475', '698', '552'), minor: fc.bigInt({ min: 0n, max: 10n ** 20n }), funds, bankReference: reference, customerReference: reference,
  text: fc.tuple(text, fc.array(text.filter((value) => value !== ''), { maxLength: 3 })).map(([first, more]) => [first, ...more]),
});

function render(details: readonly Written[], separator: string): string {
  const lines: string[] = [];
  let total = 0n;
  for (const { code, minor, funds: type, bankReference, customerReference, text: parts } of details) {
    total += minor;
    lines.push(`16,${code},${minor},${type},${bankReference},${customerReference},${parts[0] === '' ? '/' : parts[0]}`, ...parts.slice(1).map((part) => `88,${part}`));
  }
  const records = lines.length + 2;
  const head = ['01,A,B,260301,0000,1,,,2/', '02,B,A,1,260228,,USD,/', '03,ACCOUNT,USD,/'];
  return [...head, ...lines, `49,${total},${records}/`, `98,${total},1,${records + 2}/`, `99,${total},1,${records + 4}/`].join(separator);
}

/** xorshift: the same mutants in every run. */
function randomOf(seed: number): (bound: number) => number {
  let state = seed * 2_654_435_761 >>> 0 || 1;
  return (bound) => {
    state ^= state << 13; state >>>= 0;
    state ^= state >>> 17;
    state ^= state << 5; state >>>= 0;
    return state % bound;
  };
}

function mutate(source: string, seed: number): string {
  const random = randomOf(seed);
  let mutant = source;
  for (let edit = 0; edit <= seed % 3; edit += 1) {
    const at = random(mutant.length);
    const lines = mutant.split('\n');
    const line = random(lines.length);
    const kind = random(6);
    if (kind === 0) mutant = mutant.slice(0, at) + mutant.slice(at + 1);
    else if (kind === 1) mutant = mutant.slice(0, at) + ',/\n0189-'.charAt(random(8)) + mutant.slice(at);
    else if (kind === 2) mutant = mutant.slice(0, at) + String.fromCharCode(random(256)) + mutant.slice(at + 1);
    else if (kind === 3) mutant = lines.toSpliced(line, 1).join('\n');
    else if (kind === 4) mutant = lines.toSpliced(line, 0, lines[random(lines.length)] ?? '').join('\n');
    else mutant = mutant.slice(0, at);
  }
  return mutant;
}

describe('BAI2, for every file', () => {
  it('reads back exactly what was written', () => {
    fc.assert(fc.property(fc.array(written, { maxLength: 12 }), (details) => {
      const parsed = readBai2(render(details, '\n'));
      expect(parsed.findings).toEqual([]);
      const read = parsed.statements.flatMap(({ transactions }) => transactions);
      expect(read.map(({ code, amount, bankReference, customerReference, memo }) => [code, amount.minor, bankReference ?? '', customerReference ?? '', memo])).toEqual(
        details.map(({ code, minor, bankReference, customerReference, text: parts }) => [
          code, Number(code) < 400 ? minor : -minor, bankReference, customerReference, parts.map((part) => part.trim()).filter((part) => part !== '').join('\n'),
        ]),
      );
    }), { numRuns: 300, seed: 20_260_301 });
  });

  it('never crashes on a mutant, and every line shaped like a transaction is taken or reported', () => {
    const [source = ''] = fc.sample(fc.array(written, { minLength: 8, maxLength: 8 }).map((details) => render(details, '\n')), { numRuns: 1, seed: 7 });
    const magnitudes = (parsed: ParsedDocument): string => parsed.statements
      .flatMap(({ transactions }) => transactions.map(({ amount: { minor } }) => (minor < 0n ? -minor : minor).toString())).sort().join(' ');
    const intact = magnitudes(readBai2(source));
    for (let seed = 1; seed <= 4_000; seed += 1) {
      const mutant = mutate(source, seed);
      const parsed = readBai2(mutant);
      if (magnitudes(parsed) !== intact && parsed.findings.length === 0) throw new Error(`mutant ${seed} changes the money and no finding says so`);
      const taken = parsed.statements.flatMap(({ transactions }) => transactions).map(({ where }) => where.line);
      const accounted = new Set([...taken, ...parsed.findings.map(({ where }) => where.line)]);
      mutant.split(/\r\n?|\n/).forEach((line, index) => {
        if (line.startsWith('16,') && !accounted.has(index + 1)) throw new Error(`mutant ${seed} loses line ${index + 1}: ${line}`);
      });
    }
  });

  it('sees a changed amount: the money differs only when a control total says so', () => {
    const source = render([{ code: '142', minor: 123_456n, funds: '0', bankReference: 'B', customerReference: 'C', text: ['X'] }], '\n');
    for (let digit = 0; digit <= 9; digit += 1) {
      const parsed = readBai2(source.replace('16,142,123456', `16,142,12${digit}456`));
      expect(parsed.findings.length > 0).toBe(digit !== 3);
    }
  });
});
