import { localDateOfInstant, type PlannedStep } from '#canonical';
import type { RenderedFile } from '#connector-kit';
import { lockBatchPostings, type PostingBatchRow } from '#storage';
import { controlOf } from './close-batches.js';
import { fileToolsOf, type FileRun } from './file-run.js';

/**
 * The file of a batch made anew, at today's time, of the postings that stand in it now. **Only the fault harness gets here**, to show what
 * the stored bytes prevent: made again they need not be the same, and a target may take them for another file.
 */
export async function renderAgain(run: FileRun, batch: PostingBatchRow): Promise<RenderedFile> {
  const { connection, database } = run.options;
  const { here } = await database.inTenant(connection.tenantId, (transaction) => lockBatchPostings(transaction, batch.id, 'all'));
  const [first, ...rest] = here.map(({ step }): PlannedStep => step.step);
  if (first === undefined) throw new RangeError(`batch ${batch.id} holds nothing`);
  const now = new Date();
  return run.door.render({
    sequence: batch.sequence, key: batch.key, closedAt: now.toISOString(), closedOn: localDateOfInstant(now, connection.timeZone), steps: [first, ...rest], control: controlOf(here, batch.currency),
  }, fileToolsOf(connection));
}
