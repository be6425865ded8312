import type { PlannedStep } from '#canonical';
import type { Context, FoundStep } from '#connector-kit';
import { companyOf, externalIdOf, field } from '../words.js';
import { journalsOf, paymentsOf, type HeldJournal } from './journals.js';

const ACCEPTED_KEY = 'finance.acceptedJournals';

/**
 * What became of these postings. Booked is what Finance has posted: its customer transaction is there. A journal with a line waits to be posted. A
 * journal without one was left by a send that broke off: the posting is not in Finance, so its key is absent and the next send goes on from there.
 */
export async function find(context: Context, steps: readonly PlannedStep[]): Promise<ReadonlyMap<string, FoundStep>> {
  if (steps.length === 0) return new Map();
  return (await lookUp(context, steps)).outcomes;
}

/** The same, with the journals it was seen from. */
export async function lookUp(context: Context, steps: readonly PlannedStep[]): Promise<{ readonly outcomes: ReadonlyMap<string, FoundStep>; readonly journals: ReadonlyMap<string, HeldJournal> }> {
  const journals = await journalsOf(context, steps);
  const payments = await paymentsOf(context, steps, journals);
  const outcomes = new Map<string, FoundStep>();
  for (const { stepKey } of steps) {
    const payment = payments.get(stepKey);
    const outcome: FoundStep | null = payment === undefined
      ? unpostedOutcome(context, stepKey, journals.get(stepKey)) : { state: 'booked', externalId: externalIdOf(companyOf(payment), field(payment, 'SysRecId')) };
    if (outcome !== null) outcomes.set(stepKey, outcome);
  }
  return { outcomes, journals };
}

/** Posted and not yet in the ledger is a matter of moments: it waits, as an unposted journal does. */
function unpostedOutcome(context: Context, stepKey: string, journal: HeldJournal | undefined): FoundStep | null {
  const accepted = acceptedJournals(context);
  if (journal !== undefined && (journal.posted || journal.lines.length > 0)) {
    accepted.set(stepKey, journal.batchNumber);
    return { state: 'pending' };
  }
  const batchNumber = accepted.get(stepKey);
  if (batchNumber === undefined) return null;
  // Forgotten once it is told: the posting may be sent again, after a person decided so.
  accepted.delete(stepKey);
  const what = journal === undefined ? 'is gone' : 'has no line any more';
  return { state: 'refused', problem: `payment journal ${batchNumber} ${what}: it was rejected or deleted in Finance before it was posted; nothing was booked` };
}

/** Remembers that Finance took a journal, so that its disappearance is told from a journal that never was. Lasts as long as this process. */
export function rememberAccepted(context: Context, stepKey: string, batchNumber: string): void {
  acceptedJournals(context).set(stepKey, batchNumber);
}

function acceptedJournals(context: Context): Map<string, string> {
  const known = context.memory.get(ACCEPTED_KEY);
  if (known instanceof Map) return known as Map<string, string>;
  const made = new Map<string, string>();
  context.memory.set(ACCEPTED_KEY, made);
  return made;
}
