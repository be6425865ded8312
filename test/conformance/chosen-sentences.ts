import { casesOf, runCase, SENTENCES, type ConnectorHarness } from '#connector-kit/testing';

/** One sentence must end within this time, its target started and stopped. */
const CASE_MS_MAX = 60_000;

/**
 * Some sentences of the contract, for a variant of an account or a connection whose whole run would repeat another's.
 * @param about entities and operations the sentences are played for; without it, all
 */
export function describeSentences(name: string, makeHarness: () => ConnectorHarness, numbers: readonly number[], about?: readonly string[]): void {
  describe(name, () => {
    const sentences = SENTENCES.filter(({ number }) => numbers.includes(number));
    const cases = casesOf(makeHarness(), sentences).filter(({ case: { applies, subject } }) => applies === true && (subject === null || about === undefined || about.includes(subject)));
    it('plays every sentence asked for', () => {
      expect([...new Set(cases.map(({ case: { number } }) => number))]).toEqual(numbers.toSorted((left, right) => left - right));
    });
    for (const { case: entry } of cases) {
      it(`${entry.number}. ${entry.subject === null ? '' : `${entry.subject}: `}${entry.title}`, async () => { await runCase(entry, makeHarness()); }, CASE_MS_MAX);
    }
  });
}
