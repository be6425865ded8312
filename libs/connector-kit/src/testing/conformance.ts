import type { ConnectorHarness, PlannedSkip } from './harness.js';
import { SentenceBroken, within } from './broken.js';
import type { Case, Sentence } from './sentence.js';
import { DELIVERIES } from './sentences/deliveries.js';
import { FAILURES } from './sentences/failures.js';
import { FEEDS } from './sentences/feeds.js';
import { FOUNDATION } from './sentences/foundation.js';
import { INVOICE_CHANGES } from './sentences/invoice-changes.js';
import { PLANNING } from './sentences/planning.js';
import { PRESENCE } from './sentences/presence.js';
import { READING } from './sentences/reading.js';
import { REVERSING } from './sentences/reversing.js';
import { SENDING } from './sentences/sending.js';
import { TIME } from './sentences/time.js';

/** Every sentence of the contract, by number. A number is never used again for something else. */
export const SENTENCES: readonly Sentence[] = [
  ...FOUNDATION, ...READING, ...TIME, ...PRESENCE, ...FAILURES, ...PLANNING, ...SENDING, ...REVERSING, ...DELIVERIES, ...FEEDS, ...INVOICE_CHANGES,
].toSorted((left, right) => left.number - right.number);

/** How long one sentence may take. Far above what a sandbox needs, so that a hang has a name. */
export const SENTENCE_MS_MAX = 60_000;
/** How long a target may take to stop; whatever the connector left open keeps it. */
export const STOP_MS_MAX = 1_000;

export type Verdict =
  | { readonly state: 'holds' }
  | { readonly state: 'broken'; readonly problem: string }
  /** The capabilities say that there is nothing to check. */
  | { readonly state: 'notApplicable'; readonly because: string }
  /** The harness cannot play it. */
  | { readonly state: 'skipped'; readonly because: string };

export interface ConformanceResult {
  readonly number: number;
  readonly title: string;
  readonly subject: string | null;
  readonly verdict: Verdict;
}

/** All cases of a connector, planned skips marked. @throws SentenceBroken for a skip without a reason or of a case that does not exist. */
export function casesOf(harness: ConnectorHarness, sentences: readonly Sentence[] = SENTENCES): readonly { readonly case: Case; readonly skip: PlannedSkip | null }[] {
  const cases = sentences.flatMap((sentence) => sentence.cases(harness.connector));
  for (const skip of harness.skips) {
    if (skip.because.trim().length < 10) throw new SentenceBroken(`the skip of sentence ${skip.sentence} does not say why`);
    if (sentences === SENTENCES && !cases.some((entry) => skips(skip, entry) && entry.applies === true)) {
      throw new SentenceBroken(`sentence ${skip.sentence}${skip.subject === undefined ? '' : ` (${skip.subject})`} is skipped and would not run anyway; remove the skip`);
    }
  }
  return cases.map((entry) => ({ case: entry, skip: harness.skips.find((skip) => skips(skip, entry)) ?? null }));
}

function skips(skip: PlannedSkip, entry: Case): boolean {
  return skip.sentence === entry.number && (skip.subject === undefined || skip.subject === entry.subject);
}

/** Runs one case against a harness of its own: start, check, stop. @throws what broke. */
export async function runCase(entry: Case, harness: ConnectorHarness): Promise<void> {
  await harness.start();
  try {
    await within(SENTENCE_MS_MAX, `sentence ${entry.number}`, entry.check(harness));
  } finally {
    await within(STOP_MS_MAX, 'stopping the target', harness.stop());
  }
}

/** Runs every case and answers what held: the same list Jest walks, for the coverage matrix and for the kit's own specs. */
export async function runConformance(makeHarness: () => ConnectorHarness, sentences: readonly Sentence[] = SENTENCES): Promise<readonly ConformanceResult[]> {
  const results: ConformanceResult[] = [];
  for (const { case: entry, skip } of casesOf(makeHarness(), sentences)) {
    results.push({ ...nameOf(entry), verdict: await verdictOf(entry, skip, makeHarness) });
  }
  return results;
}

function nameOf({ number, title, subject }: Case): Omit<ConformanceResult, 'verdict'> {
  return { number, title, subject };
}

async function verdictOf(entry: Case, skip: PlannedSkip | null, makeHarness: () => ConnectorHarness): Promise<Verdict> {
  if (entry.applies !== true) return { state: 'notApplicable', because: entry.applies.because };
  if (skip !== null) return { state: 'skipped', because: skip.because };
  try {
    await runCase(entry, makeHarness());
    return { state: 'holds' };
  } catch (error) {
    return { state: 'broken', problem: error instanceof Error ? error.message : String(error) };
  }
}

/**
 * A connector's whole conformance spec: one call. Each sentence is one test, against a harness of its own.
 * What does not apply is no test but stands in the results; a planned skip is a skipped test that says why.
 * `onResults` gets everything once the last sentence has run, for the generated coverage matrix.
 */
export function describeConnector(name: string, makeHarness: () => ConnectorHarness, onResults?: (results: readonly ConformanceResult[]) => void): void {
  describe(`the ${name} connector`, () => {
    const results: ConformanceResult[] = [];
    if (onResults !== undefined) afterAll(() => onResults(results));
    for (const { case: entry, skip } of casesOf(makeHarness())) {
      if (entry.applies !== true || skip !== null) {
        const because = entry.applies === true ? skip?.because ?? '' : entry.applies.because;
        results.push({ ...nameOf(entry), verdict: { state: entry.applies === true ? 'skipped' : 'notApplicable', because } });
        if (entry.applies === true) it.skip(`${sayCase(entry)} [skipped: ${because}]`, () => undefined);
        continue;
      }
      it(sayCase(entry), async () => {
        const index = results.push({ ...nameOf(entry), verdict: { state: 'broken', problem: 'did not finish' } }) - 1;
        await runCase(entry, makeHarness()).catch((error: unknown) => {
          results[index] = { ...nameOf(entry), verdict: { state: 'broken', problem: error instanceof Error ? error.message : String(error) } };
          throw error;
        });
        results[index] = { ...nameOf(entry), verdict: { state: 'holds' } };
      }, SENTENCE_MS_MAX + STOP_MS_MAX);
    }
  });
}

function sayCase(entry: Case): string {
  return `${entry.number}. ${entry.subject === null ? '' : `${entry.subject}: `}${entry.title}`;
}
