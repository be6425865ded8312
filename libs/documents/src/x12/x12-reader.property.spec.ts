import * as fc from 'fast-check';
import { formatMinorUnits } from '#canonical';
import { CollectingSink } from '../document-sink.js';
import { interchange, type Writing } from './testing/interchange.js';
import { X12Document } from './x12-reader.js';

interface Item {
  readonly kind: 'item' | 'beside';
  readonly gross: number;
  readonly discount: number;
  readonly adjustments: readonly number[];
}

const items: fc.Arbitrary<readonly Item[]> = fc.array(fc.record({
  kind: fc.constantFrom('item', 'item', 'beside'), gross: fc.integer({ min: -99_999, max: 9_999_999 }), discount: fc.integer({ min: 0, max: 999 }),
  adjustments: fc.array(fc.integer({ min: -5_000, max: 5_000 }), { maxLength: 3 }),
}), { minLength: 1, maxLength: 12 });
const writings: fc.Arbitrary<Writing> = fc.record({
  element: fc.constantFrom('*', '|', '^', '\xa6'), terminator: fc.constantFrom('~', '\\', '\n', '\r', '\r\n', "'"), after: fc.constantFrom('', '\n', '\r\n', '\n  '), before: fc.constantFrom('', ' '), padded: fc.boolean(),
  lastTerminator: fc.boolean(),
});

const text = (cents: number): string => formatMinorUnits(BigInt(cents), 2);
const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
const net = ({ kind, gross, discount, adjustments }: Item): number => (kind === 'beside' ? gross : gross - discount + sum(adjustments));

/** Every entity holds one item, or one adjustment that stands beside the items. */
function segmentsOf(list: readonly Item[]): string[] {
  const loops = list.flatMap((item, index) => [`ENT*${index + 1}`, ...(item.kind === 'beside'
    ? [`ADX*${text(item.gross)}*53*CM*${index}`]
    : [`RMR*IV*${index}**${text(net(item))}*${text(item.gross)}*${text(item.discount)}`, ...item.adjustments.map((amount) => `ADX*${text(amount)}*01`)])]);
  return [`BPR*C*${text(sum(list.map(net)))}*C*ACH`, 'TRN*1*T1', ...loops];
}

function read(source: string, pieceLength: number): CollectingSink {
  const sink = new CollectingSink();
  const document = new X12Document(sink);
  const bytes = Buffer.from(source, 'latin1');
  for (let start = 0; start < bytes.length; start += pieceLength) document.push(bytes.subarray(start, start + pieceLength));
  expect(document.end().refused).toBeNull();
  return sink;
}

describe('any balanced 820', () => {
  it('gives its items exactly and without a finding, however it is written and cut', () => {
    fc.assert(fc.property(items, writings, fc.integer({ min: 1, max: 400 }), (list, writing, pieceLength) => {
      const { remittances, findings } = read(interchange(segmentsOf(list), writing), pieceLength);
      expect(findings).toEqual([]);
      expect(remittances[0]?.lines.map(({ kind, paid, gross, adjustments }) => [kind, paid?.minor, gross?.minor ?? null, adjustments.length])).toEqual(
        list.map((item) => (item.kind === 'beside' ? ['adjustment', BigInt(item.gross), null, 1] : ['invoice', BigInt(net(item)), BigInt(item.gross), item.adjustments.length])),
      );
      expect(remittances[0]?.sums.difference?.minor).toBe(0n);
    }), { numRuns: 150 });
  });

  it('cannot lose or change an amount in silence', () => {
    fc.assert(fc.property(items, fc.nat(), fc.integer({ min: 1, max: 9 }), (list, where, by) => {
      const segments = segmentsOf(list);
      const source = interchange(segments);
      const places = [...source.matchAll(/\d(?=[*~])/g)].filter(({ index }) => /(?:BPR\*C|RMR\*IV\*\d+\*|ADX)\*-?\d+\.\d$/.test(source.slice(0, index)));
      const place = places[where % places.length]?.index ?? 0;
      const digit = String((Number(source.charAt(place)) + by) % 10);
      expect(read(source.slice(0, place) + digit + source.slice(place + 1), 64).findings.length).toBeGreaterThan(0);
    }), { numRuns: 100 });
  });
});
