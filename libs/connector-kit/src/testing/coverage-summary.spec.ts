import { ENTITY_NAMES } from '#canonical';
import type { CoverageRow } from './coverage.js';
import { coverageSummary } from './coverage-summary.js';

const row = (subject: string, ability: CoverageRow['ability'], change: Partial<CoverageRow> = {}): CoverageRow => (
  { connector: 'books', subject, ability, how: 'native', offered: true, state: 'proven', sentencesHeld: 1, because: null, ...change });

describe('the coverage on one screen', () => {
  it('has a line a connector, with letters for what is read and words for what is done', () => {
    const lines = coverageSummary([
      row('invoice', 'read'), row('invoice', 'delta', { state: 'partly', because: 'sentence 5: no clock' }), row('invoice', 'delete', { offered: false, state: 'absent', because: 'invisible' }),
      row('post', 'operation'), row('reverse', 'operation', { how: 'manual', offered: false, state: 'absent', because: 'no call for it' }), row('invoiceChange', 'operation', { how: 'dueOn' }),
    ]).split('\n');
    const cells = ENTITY_NAMES.map((entity) => (entity === 'invoice' ? 'R C\\* ·' : '·'));
    expect(lines).toContain(`| books | ${cells.join(' | ')} |`);
    expect(lines).toContain('| books | native | none | none | none | manual | dueOn | none |');
  });

  it('says each reason once, with everything it is a reason for, and never leaves one out', () => {
    const text = coverageSummary([
      row('customer', 'read', { state: 'partly', because: 'sentence 9: no remote; sentence 46: no remote' }), row('invoice', 'delete', { state: 'partly', because: 'sentence 50: no remote' }),
      row('reverse', 'operation', { offered: false, state: 'absent', because: 'a | b' }),
    ]);
    expect(text).toContain('- books, customer, invoice delete: no remote\n');
    expect(text).toContain('- books, reverse: a \\| b\n');
  });
});
