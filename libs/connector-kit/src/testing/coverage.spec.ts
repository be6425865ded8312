import type { AnyConnector } from '../index.js';
import type { ConformanceResult, Verdict } from './conformance.js';
import { coverageJson, coverageMarkdown, coverageOf } from './coverage.js';

const native = { by: 'native', duplicateGuard: 'uniqueKey', outcome: 'immediate', processingMsMax: 0 } as const;
const connector: Pick<AnyConnector, 'id' | 'capabilities'> = {
  id: 'example',
  capabilities: {
    read: { company: { changes: 'none', deletions: 'invisible', pageSizeMax: 10 }, invoice: { changes: 'updatedSince', deletions: 'tombstone', pageSizeMax: 10 } },
    operations: { post: native, apply: native, unapply: native, writeOff: native, reverse: { by: 'manual', because: 'the target | has no void' } },
    webhooks: 'none',
  },
};

function result(number: number, subject: string, verdict: Verdict): ConformanceResult {
  return { number, title: 'a sentence', subject, verdict };
}

const results = [
  result(4, 'invoice', { state: 'holds' }),
  result(5, 'invoice', { state: 'holds' }),
  result(7, 'invoice', { state: 'skipped', because: 'the sandbox has no clock' }),
  result(8, 'invoice', { state: 'broken', problem: 'no tombstone\ncame' }),
  result(10, 'post', { state: 'holds' }),
  result(48, 'apply', { state: 'skipped', because: 'the sandbox has no credits' }),
];

describe('the coverage matrix', () => {
  const rows = coverageOf(connector as AnyConnector, results);
  const standing = (subject: string, ability: string): string => {
    const row = rows.find((entry) => entry.subject === subject && entry.ability === ability);
    return `${row?.state ?? ''} ${row?.sentencesHeld ?? ''} ${row?.because ?? ''}`;
  };

  it('has every entity, every operation and the terms of invoices, also those that are not there', () => {
    expect(new Set(rows.map(({ subject }) => subject)).size).toBe(7 + 5 + 1);
    expect(standing('payment', 'read')).toBe('absent 0 not declared');
  });

  it('calls proven only what ran and held', () => {
    expect(standing('invoice', 'read')).toBe('proven 1 ');
    expect(standing('post', 'operation')).toBe('proven 1 ');
    expect(standing('unapply', 'operation')).toBe('unproven 0 no conformance run');
  });

  it('shows a skip as partly or not proven, with its reason, and a broken sentence as broken', () => {
    expect(standing('invoice', 'delta')).toBe('partly 1 sentence 7: the sandbox has no clock');
    expect(standing('apply', 'operation')).toBe('unproven 0 sentence 48: the sandbox has no credits');
    expect(standing('invoice', 'delete')).toBe('broken 0 sentence 8: no tombstone\ncame');
  });

  it('gives the reason of what is absent, safe inside a table', () => {
    expect(standing('company', 'delta')).toBe('absent 0 every run is a full read');
    const markdown = coverageMarkdown(rows);
    expect(markdown).toContain('| example | reverse | operation | manual | absent | the target \\| has no void |');
    expect(markdown).toContain('| example | invoice | delete | tombstone | broken | sentence 8: no tombstone came |');
    expect(markdown.split('\n').slice(0, -1).every((line) => line.startsWith('| ') && line.endsWith(' |'))).toBe(true);
  });

  it('is the same as JSON', () => {
    expect(JSON.parse(coverageJson(rows))).toEqual(rows);
  });
});
