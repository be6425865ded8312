import { localDateOfInstant, parseLocalDate } from '#canonical';
import type { AnyConnector } from '../index.js';
import { holds, SentenceBroken, within } from './broken.js';
import { casesOf, runConformance, SENTENCES } from './conformance.js';
import type { ConnectorHarness, PlannedSkip } from './harness.js';
import { compareRevisions } from './pages.js';
import { ofConnector } from './sentence.js';
import { startOfDay } from './sentences/time.js';

const none = { by: 'none', because: 'a connector that does nothing' } as const;
const connector = {
  id: 'idle', title: 'Idle', read: {},
  capabilities: { read: {}, operations: { post: none, apply: none, unapply: none, writeOff: none, reverse: none }, webhooks: 'none' },
} as unknown as AnyConnector;

/** Only what the runner itself touches. */
function harness(skips: readonly PlannedSkip[], events: string[] = []): ConnectorHarness {
  return { connector, skips, start: async () => { events.push('start'); }, stop: async () => { events.push('stop'); } } as unknown as ConnectorHarness;
}

describe('the runner', () => {
  it('has one number for each sentence', () => {
    expect(new Set(SENTENCES.map(({ number }) => number)).size).toBe(SENTENCES.length);
    expect(new Set(SENTENCES.map(({ title }) => title)).size).toBe(SENTENCES.length);
  });

  it('starts and stops a target for every case, also when the sentence does not hold', async () => {
    const events: string[] = [];
    const sentences = [
      ofConnector(1, 'holds', { check: async () => { events.push('check'); } }),
      ofConnector(2, 'does not', { check: async () => { holds(false, 'because'); } }),
      ofConnector(3, 'is not meant', { applies: () => ({ because: 'it is idle' }), check: async () => { events.push('never'); } }),
    ];
    const results = await runConformance(() => harness([], events), sentences);
    expect(results.map(({ verdict }) => verdict)).toEqual([{ state: 'holds' }, { state: 'broken', problem: 'because' }, { state: 'notApplicable', because: 'it is idle' }]);
    expect(events).toEqual(['start', 'check', 'stop', 'start', 'stop']);
  });

  it('shows a planned skip with its reason and does not run it', async () => {
    const events: string[] = [];
    const sentence = ofConnector(1, 'cannot be played', { check: async () => { events.push('never'); } });
    const [result] = await runConformance(() => harness([{ sentence: 1, because: 'the sandbox has no clock' }], events), [sentence]);
    expect(result?.verdict).toEqual({ state: 'skipped', because: 'the sandbox has no clock' });
    expect(events).toEqual([]);
  });

  it('refuses a skip without a reason, and one of something that would not run', () => {
    expect(() => casesOf(harness([{ sentence: 1, because: 'later' }]))).toThrow('does not say why');
    expect(() => casesOf(harness([{ sentence: 10, because: 'the sandbox does not write' }]))).toThrow('would not run anyway; remove the skip');
    expect(() => casesOf(harness([{ sentence: 999, because: 'there is no such sentence' }]))).toThrow(SentenceBroken);
  });

  it('gives a hang a name', async () => {
    await expect(within(10, 'waiting for nothing', new Promise(() => undefined))).rejects.toThrow('waiting for nothing took longer than 10 ms');
  });
});

describe('revisions', () => {
  it.each([['9', '10', -1], ['10', '9', 1], ['7', '7', 0], ['9007199254740993', '9007199254740992', 1], ['2026-03-10T09:00:00Z', '2026-03-10T10:00:00Z', -1]] as const)(
    '%s against %s is %i', (left, right, expected) => { expect(compareRevisions(left, right)).toBe(expected); });
});

describe('the first instant of a day', () => {
  it.each([['2026-03-08', 'America/Los_Angeles'], ['2026-03-29', 'Europe/Berlin'], ['2026-01-01', 'Pacific/Kiritimati'], ['2026-01-01', 'UTC']])('%s in %s', (day, zone) => {
    const start = startOfDay(parseLocalDate(day), zone);
    expect(localDateOfInstant(start, zone)).toBe(day);
    expect(localDateOfInstant(new Date(start.getTime() - 1), zone) < day).toBe(true);
  });
});
