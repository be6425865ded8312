import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connectors } from '#connectors';
import { coverageJson, coverageMarkdown, coverageOf, coverageSummary, type CoverageRow } from '#connector-kit/testing';
import { COVERAGE_FOLDER, readCoverage } from '../conformance/kept-coverage.js';

const MARKDOWN = join('test', 'golden', 'coverage.md');
const JSON_FILE = join('connectors', 'coverage.json');
const README = 'README.md';
const [BEGIN, END] = ['<!-- coverage -->', '<!-- /coverage -->'];
const UPDATES = process.env['UPDATE_GOLDEN'] === '1';

/**
 * The published matrix. Each connector's part is written by its conformance run and compared there with what that run proved;
 * here the parts are put together, and nothing that was not run is called proven.
 */
const parts = new Map(readdirSync(COVERAGE_FOLDER).toSorted().map((file) => [file.replace(/\.json$/, ''), readCoverage(join(COVERAGE_FOLDER, file))]));
const rows: readonly CoverageRow[] = [...parts.values()].flat();

/** Exactly this text in the file; `UPDATE_GOLDEN=1` writes it. */
function keeps(file: string, text: string): void {
  if (UPDATES) writeFileSync(file, text);
  expect(existsSync(file) ? readFileSync(file, 'utf8') : '').toBe(text);
}

/** A text with the matrix between its markers; as it is where it has none. */
function withMatrix(text: string): string {
  const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (begin < 0 && end < 0) return text;
  if (begin < 0 || end < begin) throw new Error(`${README}: ${BEGIN} and ${END} must stand in this order`);
  return `${text.slice(0, begin + BEGIN.length)}\n\n${coverageSummary(rows)}\n${text.slice(end)}`;
}

describe('the coverage matrix', () => {
  it('has every connector of this build, by its own capabilities', () => {
    for (const connector of connectors) {
      const declared = coverageOf(connector).map(({ subject, ability, how, offered }) => ({ subject, ability, how, offered }));
      expect(parts.get(connector.id)?.map(({ subject, ability, how, offered }) => ({ subject, ability, how, offered }))).toEqual(declared);
    }
  });

  it('calls nothing proven without sentences, and publishes nothing broken', () => {
    expect(rows.filter((row) => row.state === 'broken' || (row.state === 'proven') !== (row.offered && row.sentencesHeld > 0 && (row.because === null || /^needs [^;]+$/.test(row.because))))).toEqual([]);
  });

  it('is what is checked in, as a table and as JSON', () => {
    keeps(MARKDOWN, coverageMarkdown(rows));
    keeps(JSON_FILE, coverageJson(rows));
  });

  it('is what the README shows between its markers, where it has them', () => {
    keeps(README, withMatrix(readFileSync(README, 'utf8')));
    expect(withMatrix(`a ${BEGIN} old ${END} b`)).toBe(`a ${BEGIN}\n\n${coverageSummary(rows)}\n${END} b`);
    expect(() => withMatrix(`${END} ${BEGIN}`)).toThrow('in this order');
  });
});
