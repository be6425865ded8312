import { ENTITY_NAMES, OPERATIONS } from '#canonical';
import type { CoverageRow } from './coverage.js';

const READ_ABILITIES = ['read', 'delta', 'delete'] as const;
const LETTER = { read: 'R', delta: 'C', delete: 'D' } as const;
const MARK_PARTLY = '\\*';
const SENTENCE = /^sentence (\d+): /;

/**
 * The matrix on one screen: a line a connector, first what is read, then what is done, and below every reason once. The full table, a line an
 * ability, is {@link coverageMarkdown}. Byte-stable for equal rows.
 */
export function coverageSummary(rows: readonly CoverageRow[]): string {
  const connectors = [...new Set(rows.map(({ connector }) => connector))];
  const of = (connector: string): readonly CoverageRow[] => rows.filter((row) => row.connector === connector);
  return [
    'Read: **R**ecords, **C**hanges since the last read, **D**eletions. `·` where that is absent.', '',
    ...table(['connector', ...ENTITY_NAMES], connectors.map((connector) => [connector, ...ENTITY_NAMES.map((entity) => readCell(of(connector), entity))])), '',
    'Done: by calls (`native`, or in several `steps`), by `file`, by a person (`manual`), or not at all (`none`). Invoice terms: what of a booked invoice can be changed.', '',
    ...table(['connector', ...OPERATIONS, 'invoice terms', 'bank feed'], connectors.map((connector) => [connector, ...[...OPERATIONS, 'invoiceChange', 'bankFeed'].map((subject) => doneCell(of(connector), subject))])), '',
    `${MARK_PARTLY} not every sentence of the contract could be played. Why, and the reason for every gap:`, '',
    ...connectors.flatMap((connector) => reasonLines(connector, of(connector))), '',
  ].join('\n');
}

function readCell(rows: readonly CoverageRow[], entity: string): string {
  const cells = READ_ABILITIES.map((ability) => {
    const row = rows.find((each) => each.subject === entity && each.ability === ability);
    return row?.offered === true ? `${LETTER[ability]}${row.state === 'proven' ? '' : MARK_PARTLY}` : '·';
  });
  return cells.every((cell) => cell === '·') ? '·' : cells.join(' ');
}

function doneCell(rows: readonly CoverageRow[], subject: string): string {
  const row = rows.find((each) => each.subject === subject);
  if (row === undefined) return 'none';
  return row.offered && row.state !== 'proven' ? `${row.how}${MARK_PARTLY}` : row.how;
}

/** One reason is said once, with everything it is a reason for. */
function reasonLines(connector: string, rows: readonly CoverageRow[]): readonly string[] {
  const subjects = new Map<string, Set<string>>();
  for (const { subject, ability, because } of rows) {
    for (const reason of because?.split(/; (?=sentence \d+: )/) ?? []) {
      const text = reason.replace(SENTENCE, '');
      const named = subjects.get(text) ?? new Set();
      subjects.set(text, named.add(ability === 'operation' || ability === 'read' ? subject : `${subject} ${ability}`));
    }
  }
  return [...subjects].map(([text, named]) => `- ${connector}, ${[...named].join(', ')}: ${text.replaceAll('|', '\\|').replaceAll(/\s*\n\s*/g, ' ')}`);
}

function table(heading: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  return [heading, heading.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
}
