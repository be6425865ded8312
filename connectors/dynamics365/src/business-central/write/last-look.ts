import type { JsonObject, PlannedStep } from '#canonical';
import { ConnectorError, type Context } from '#connector-kit';
import { contentOf, isComplete, linesIn, removeLines, type Journal } from './journal.js';
import { markOf } from './words.js';

/**
 * Reads the batch once more, after a step's lines were written and right before all that stands in it is posted (reference, 2.8.4): a line that
 * somebody wrote in between would be posted with them. Then the step's lines are taken out again.
 * @returns `gone` when nothing stands there any more: a job of the queue posted the lines, or somebody took them out, and the ledger tells which
 * @throws ConnectorError `invalid` for foreign lines, `transient` for lines of another posting, both with nothing of the step left in the batch;
 *   `outcomeUnknown` when its lines changed, went, or could not all be taken out: somebody may post or have posted them.
 */
export async function proveAlone(context: Context, journal: Journal, step: PlannedStep): Promise<'alone' | 'gone'> {
  const { own, leftOver, foreign } = contentOf(await linesNow(context, journal, step), markOf(step.stepKey));
  const complete = isComplete(own, step);
  if (leftOver.length === 0 && foreign.length === 0) {
    if (complete) return 'alone';
    if (own.length === 0) return 'gone';
  }
  await takeOut(context, journal, step, own);
  if (!complete) throw changed(journal, step);
  if (foreign.length > 0) throw foreignLines(journal, foreign.length);
  throw new ConnectorError(`Business Central: another posting of a hub wrote ${leftOver.length} lines into batch ${journal.code} at the same moment`, { kind: 'transient' });
}

/** The batch holds lines that nobody of ours wrote: a person's business. What an earlier call left of the step does not stay for that person to post. @throws ConnectorError always; see {@link proveAlone} */
export async function stopForForeign(context: Context, journal: Journal, step: PlannedStep, { own, foreign }: { readonly own: readonly JsonObject[]; readonly foreign: readonly JsonObject[] }): Promise<never> {
  await takeOut(context, journal, step, own);
  throw foreignLines(journal, foreign.length);
}

/** A batch that is gone from one moment to the next took the lines with it, and nobody knows where to. */
async function linesNow(context: Context, journal: Journal, step: PlannedStep): Promise<readonly JsonObject[]> {
  try {
    return await linesIn(context, journal);
  } catch (error) {
    if (error instanceof ConnectorError && error.failure.kind === 'invalid') throw changed(journal, step);
    throw error;
  }
}

/** @throws ConnectorError `outcomeUnknown` when a line stays, or went before: whoever posts the batch takes it along, or did. */
async function takeOut(context: Context, journal: Journal, step: PlannedStep, own: readonly JsonObject[]): Promise<void> {
  let removed: number;
  try {
    removed = await removeLines(context, own);
  } catch (error) {
    throw new ConnectorError(`Business Central: lines of ${step.stepKey} stand in batch ${journal.code} beside others and could not be taken out`, { kind: 'outcomeUnknown' }, { cause: error });
  }
  if (removed < own.length) throw changed(journal, step);
}

function foreignLines({ code }: Journal, count: number): ConnectorError {
  const problem = `journal batch "${code}" holds ${count} lines that somebody else wrote, and posting would take them along; post or delete them, and keep the batch for the hub alone`;
  return new ConnectorError(`Business Central: ${problem}`, { kind: 'invalid', issues: [{ path: 'journal', value: code, problem }] });
}

function changed({ code }: Journal, { stepKey }: PlannedStep): ConnectorError {
  return new ConnectorError(`Business Central: the lines of ${stepKey} in batch ${code} are no longer as they were written: somebody may have posted them`, { kind: 'outcomeUnknown' });
}
