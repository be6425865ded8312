import type { Json, PlannedStep } from '#canonical';
import type { Context, FoundStep } from '#connector-kit';
import { getRecord } from '../client.js';
import { unknownColumnOf } from '../suiteql.js';
import { idsByKey, transactionsById } from './books.js';
import { forgetJob, jobOf, jobOutcome } from './jobs.js';
import { differencesOf, readBack } from './read-back.js';
import { objectOf, RECORD_PATH, targetId, textOf } from './words.js';

/**
 * Which of these steps are in NetSuite. Creates carry their key as external id; a change is in when the record is as the
 * step wants it, a deletion when the record is gone. One query for all keys.
 */
export async function find(context: Context, steps: readonly PlannedStep[]): Promise<ReadonlyMap<string, FoundStep>> {
  const found = new Map<string, FoundStep>();
  const creates = steps.filter((step) => step.action === 'create');
  const ids = creates.length === 0 ? new Map<string, string>() : await idsOfCreates(context, creates);
  for (const step of creates) {
    const externalId = ids.get(step.stepKey);
    const outcome = externalId === undefined ? await submitted(context, step) : { state: 'booked', externalId } as const;
    if (outcome !== null) found.set(step.stepKey, outcome);
  }
  for (const step of await changesDone(context, steps)) found.set(step.stepKey, { state: 'booked', externalId: targetId(step) ?? '' });
  return found;
}

/** By one query, or record by record where this account's SuiteQL has no external ids. */
async function idsOfCreates(context: Context, creates: readonly PlannedStep[]): Promise<ReadonlyMap<string, string>> {
  try {
    return await idsByKey(context, creates.map((step) => step.stepKey));
  } catch (error) {
    if (unknownColumnOf(error) !== 'externalid') throw error;
  }
  const found = new Map<string, string>();
  for (const step of creates) {
    const id = await idByRecord(context, step);
    if (id !== null) found.set(step.stepKey, id);
  }
  return found;
}

/** Asks the record service, which knows a record at once; what SuiteQL reads may be some seconds behind. Null when there is none. */
export async function idByRecord(context: Context, step: PlannedStep): Promise<string | null> {
  const record = await getRecord(context, `${RECORD_PATH}/${step.recordType}/eid:${encodeURIComponent(step.stepKey)}?fields=id`);
  return textOf(objectOf(record as Json)['id']);
}

/** A create that was handed in as a job this process knows of. */
async function submitted(context: Context, step: PlannedStep): Promise<FoundStep | null> {
  const job = jobOf(context, step.stepKey);
  if (job === null) return null;
  const outcome = await jobOutcome(context, job);
  if (outcome.state === 'booked') forgetJob(context, step.stepKey);
  return outcome;
}

async function changesDone(context: Context, steps: readonly PlannedStep[]): Promise<readonly PlannedStep[]> {
  const changes = steps.filter((step) => step.action !== 'create' && targetId(step) !== null);
  if (changes.length === 0) return [];
  const deletions = changes.filter((step) => step.action === 'delete');
  const kept = deletions.length === 0 ? new Map<string, unknown>() : await transactionsById(context, deletions.map((step) => targetId(step) ?? ''));
  const updates = changes.filter((step) => step.action === 'update');
  const booked = await readBack(context, updates.map((step) => ({ step, externalId: targetId(step) ?? '' })));
  const done = updates.filter((step) => booked.some((record) => record.stepKey === step.stepKey && isDone(step, record)));
  return [...deletions.filter((step) => !kept.has(targetId(step) ?? '')), ...done];
}

/** An un-apply is done, too, when what was to be un-applied is gone. */
function isDone(step: PlannedStep, record: Parameters<typeof differencesOf>[1]): boolean {
  return record.externalId === null ? step.operation === 'unapply' : differencesOf(step, record).length === 0;
}
