import type { JsonObject } from '#canonical';
import fc from 'fast-check';
import { coverFormula, uncoverFormula } from './formulas.js';
import { loadLayout, type LoadedLayout } from './index.js';
import { partsOf } from './testing/reading.js';

const RUNS = 60;
const ENCODINGS = ['utf-8', 'utf-8-bom', 'windows-1252', 'iso-8859-1', 'ascii'] as const;
/** Characters every one of the encodings has, and those of the larger ones. */
const ALPHABETS: Readonly<Record<(typeof ENCODINGS)[number], string>> = {
  'ascii': 'aZ09 ,;"\'=+-@\t\r\n|', 'iso-8859-1': 'aZ ,"\'=é\u00a0ÿ\n', 'windows-1252': 'aZ ,"\'=é€–Š\n', 'utf-8': 'aZ ,"\'=é€漢😀\r\n＝', 'utf-8-bom': 'aZ ,"\'=é€漢😀\n',
};

const amount = fc.tuple(fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n }), fc.integer({ min: 0, max: 3 })).map(([units, places]) => {
  const digits = (units < 0n ? -units : units).toString().padStart(places + 1, '0');
  return `${units < 0n ? '-' : ''}${places === 0 ? digits : `${digits.slice(0, -places)}.${digits.slice(-places)}`}`.replace(/^-(?=[0.]+$)/, '');
});
const day = fc.date({ min: new Date('2000-01-01'), max: new Date('2099-12-31'), noInvalidDate: true }).map((date) => date.toISOString().slice(0, 10));
const textOf = (encoding: (typeof ENCODINGS)[number]): fc.Arbitrary<string> => fc.array(fc.constantFrom(...ALPHABETS[encoding]), { maxLength: 12 }).map((characters) => characters.join(''));

/** Details with a list each, as both directions should hand them over. */
const details = (text: fc.Arbitrary<string>): fc.Arbitrary<readonly JsonObject[]> => fc.array(fc.record({
  name: text, amount, day, items: fc.array(fc.record({ note: text, amount }), { maxLength: 3 }),
}), { maxLength: 6 });

const FIELDS = `
  head: { place: header, tag: H, fields: { sequence: { PLACE0, type: integer }, total: { PLACE1, sum: detail.amount } } }
  detail:
    tag: D
    fields: { position: { PLACE2, number: details }, name: { PLACE3, optional: true }, amount: { PLACE4, type: amount, sign: leading }, day: { PLACE5, type: date, format: MM/DD/YYYY } }
    records:
      item: { tag: I, each: items, fields: { note: { PLACE3, optional: true }, amount: { PLACE4, type: amount, sign: leading } } }
  tail: { place: trailer, tag: T, fields: { rows: { PLACE0, count: all }, items: { PLACE1, sum: item.amount } } }
`;
const HEAD = 'layout: test.property\nversion: 1\nsays: Anything.\nsource: This file.\n';
const POSITIONS = ['2-9', '10-29', '2-5', '6-29', '30-49', '50-59'];
const withPlaces = (place: (index: number) => string): string => FIELDS.replaceAll(/PLACE(\d),? ?/g, (_, index: string) => place(Number(index)));

const delimited = (words: string): LoadedLayout => loadLayout(`${HEAD}kind: delimited\n${words}\ntag: { column: 1 }\nrecords:${withPlaces(() => '')}`, 'test.layout.yaml');
const fixed = (words: string): LoadedLayout => loadLayout(`${HEAD}kind: fixed\n${words}\ntag: { at: 1-1 }\nrecords:${withPlaces((index) => `at: ${POSITIONS[index]}, `)}`, 'test.layout.yaml');
const jsonLines = loadLayout(`${HEAD}kind: jsonLines\ntag: { path: kind }\nrecords:${withPlaces(() => '').replace('tag: I, each', 'tag: I, each')}`, 'test.layout.yaml');
const jsonArray = loadLayout(`${HEAD}kind: jsonArray\nrecords:\n  detail:\n    fields: { name: { path: who.name, optional: true }, amount: { type: amount }, day: { type: date } }\n    records:\n      item: { each: items, fields: { note: { optional: true }, amount: { type: amount } } }\n`, 'test.layout.yaml');

/** The content again, from the rows of its file. */
async function readBack(layout: LoadedLayout, bytes: Uint8Array, size: number): Promise<{ readonly details: readonly JsonObject[]; readonly whole: boolean; readonly problems: readonly string[] }> {
  const found: { name: string; amount: string; day: string; items: { note: string; amount: string }[] }[] = [];
  const parts = await partsOf(layout, bytes, size);
  for (const part of parts) {
    if (part.kind !== 'row') continue;
    if (part.record === 'detail') found.push({ name: part.fields['name'] ?? '', amount: part.fields['amount'] ?? '', day: part.fields['day'] ?? '', items: [] });
    if (part.record === 'item') found.at(-1)?.items.push({ note: part.fields['note'] ?? '', amount: part.fields['amount'] ?? '' });
  }
  return { details: found, whole: parts.at(-1)?.kind === 'end', problems: parts.flatMap((part) => (part.kind === 'problem' ? [part.problem] : [])) };
}

const content = (given: readonly JsonObject[]): { readonly file: JsonObject; readonly details: readonly JsonObject[] } => ({ file: { sequence: '7' }, details: given });
const size = fc.integer({ min: 1, max: 200 });

describe('what was rendered is read back as it was', () => {
  it.each(ENCODINGS)('delimited in %s, whatever delimiter, quote and line end', async (encoding) => {
    await fc.assert(fc.asyncProperty(details(textOf(encoding)), fc.constantFrom(',', ';', '\\t', '|'), fc.constantFrom('asNeeded', 'always'), fc.constantFrom('lf', 'crlf'), size, async (given, delimiter, quoting, lineEnd, chunk) => {
      const layout = delimited(`encoding: ${encoding}\ndelimiter: "${delimiter}"\nquoting: ${quoting}\nlineEnd: ${lineEnd}`);
      expect(await readBack(layout, layout.render(content(given)), chunk)).toEqual({ details: given, whole: true, problems: [] });
    }), { numRuns: RUNS });
  });

  it('fixed-width, with and without line ends', async () => {
    const text = fc.array(fc.constantFrom(...'aZ09 ,"=é'), { maxLength: 20 }).map((characters) => characters.join('').trimEnd());
    await fc.assert(fc.asyncProperty(details(text), fc.constantFrom('lf', 'crlf', 'none'), size, async (given, lineEnd, chunk) => {
      const layout = fixed(`encoding: iso-8859-1\nrecordLength: 60\nlineEnd: ${lineEnd}`);
      expect(await readBack(layout, layout.render(content(given)), chunk)).toEqual({ details: given, whole: true, problems: [] });
    }), { numRuns: RUNS });
  });

  it.each([['lines', jsonLines], ['array', jsonArray]] as const)('JSON %s', async (_, layout) => {
    await fc.assert(fc.asyncProperty(details(textOf('utf-8')), size, async (given, chunk) => {
      expect(await readBack(layout, layout.render(content(given)), chunk)).toEqual({ details: given, whole: true, problems: [] });
    }), { numRuns: RUNS });
  });

  it('and every formula keeps its text', () => {
    fc.assert(fc.property(fc.array(fc.constantFrom(...'\'"= +-@\t\r\n＝a'), { maxLength: 6 }).map((characters) => characters.join('')), (text) => {
      expect(uncoverFormula(coverFormula(text))).toBe(text);
      expect(coverFormula(text)).not.toMatch(/^[\s"]*[=+\-@＝]/);
    }));
  });
});

describe('a file that is cut is never taken for whole', () => {
  const layouts: readonly (readonly [string, LoadedLayout])[] = [
    ['delimited', delimited('lineEnd: crlf')], ['delimited, all quoted', delimited('quoting: always')], ['fixed', fixed('recordLength: 60\nencoding: ascii\nreplacement: "?"')],
    ['fixed without line ends', fixed('recordLength: 60\nlineEnd: none\nencoding: ascii\nreplacement: "?"')], ['JSON lines', jsonLines], ['JSON array', jsonArray],
  ];
  it.each(layouts)('%s', async (_, layout) => {
    await fc.assert(fc.asyncProperty(details(fc.array(fc.constantFrom(...'aZ ,"'), { maxLength: 8 }).map((characters) => characters.join(''))), fc.double({ min: 0, max: 0.999, noNaN: true }), async (given, share) => {
      const bytes = layout.render(content(given));
      const cut = Math.floor(bytes.length * share);
      // What is left out must be more than the line end behind the last bracket.
      fc.pre(Buffer.from(bytes.subarray(cut)).toString().trim() !== '');
      const read = await readBack(layout, bytes.subarray(0, cut), 16);
      expect(read.whole).toBe(false);
      expect(read.problems.length).toBeGreaterThan(0);
    }), { numRuns: RUNS });
  });
});

describe('resuming', () => {
  it('gives the rows behind those that were taken, wherever it stopped', async () => {
    const layout = delimited('lineEnd: lf');
    await fc.assert(fc.asyncProperty(details(textOf('utf-8')), fc.nat(8), async (given, skip) => {
      const bytes = layout.render(content(given));
      const isData = (part: { readonly kind: string; readonly record?: string }): boolean => part.kind === 'row' && (part.record === 'detail' || part.record === 'item');
      const all = (await partsOf(layout, bytes)).filter(isData);
      expect((await partsOf(layout, bytes, 9, skip)).filter(isData)).toEqual(all.slice(skip));
    }), { numRuns: RUNS });
  });
});

describe('damaged bytes', () => {
  it('never make a reader throw', async () => {
    const layout = delimited('encoding: utf-8');
    await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), size, async (bytes, chunk) => {
      const parts = await partsOf(layout, bytes, chunk);
      expect(parts.some((part) => part.kind === 'problem')).toBe(true);
      expect(parts.some((part) => part.kind === 'end')).toBe(false);
    }), { numRuns: RUNS });
  });

  it('never cost a row: every line gives one part, in its place', async () => {
    const layout = loadLayout(`${HEAD}kind: delimited\nrecords: { detail: { fields: { id: {}, amount: { type: amount } } } }\n`, 'test.layout.yaml');
    // Anything but line ends, and no quote: it may take the line ends behind it into a cell.
    const line = fc.array(fc.integer({ min: 0, max: 255 }).filter((byte) => byte !== 10 && byte !== 13 && byte !== 34), { minLength: 1, maxLength: 12 });
    await fc.assert(fc.asyncProperty(fc.array(fc.oneof(line, fc.constant([...Buffer.from('1,2.50')])), { maxLength: 30 }), size, async (lines, chunk) => {
      const parts = await partsOf(layout, Buffer.concat([Buffer.from('id,amount\n'), ...lines.map((bytes) => Buffer.from([...bytes, 10]))]), chunk);
      expect(parts.map((part) => (part.kind === 'end' ? part.rows : part.line))).toEqual([...lines.map((_, index) => index + 2), lines.length]);
    }), { numRuns: RUNS });
  });
});
