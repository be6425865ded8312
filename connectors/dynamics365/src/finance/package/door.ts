import type { Context, Delivery, FileDoor, RenderedFile } from '#connector-kit';
import { environmentSettings } from '../settings.js';
import { plan } from '../write/plan.js';
import { planReversal } from '../write/reverse.js';
import { plannedJournal } from '../write/words.js';
import { acknowledgement } from './acknowledge.js';
import { packageFacts, renderPackage } from './archive.js';
import { executionStatus, importPackage, upload, uploadAddress } from './executions.js';
import { journalOfPackage } from './package-journal.js';

/** Postings by data package: one journal a package, imported by one data project (reference 3.8). */
export const fileDoor: FileDoor = {
  plan,
  planReversal,
  batchKeyOf: (step) => `${plannedJournal(step).company} ${step.expected.fields['currency'] ?? ''}`,
  batchPostingsMax: ({ config }) => environmentSettings(config).packagePostingsMax,
  render: (batch, { config }) => renderPackage(batch, environmentSettings(config)),
  deliver,
  lookUp,
  acknowledgement,
};

/** Uploads, then imports under an id made of the content: a package that Finance has seen is not imported again. */
async function deliver(context: Context, file: RenderedFile): Promise<Delivery> {
  const facts = packageFacts(file);
  if (await wasSeen(context, file)) return { state: 'delivered', alreadyThere: true };
  const packageUrl = await uploadAddress(context, file.name);
  await upload(context, packageUrl, file.bytes);
  await importPackage(context, { packageUrl, dataProject: environmentSettings(context.config).dataProject, executionId: facts.executionId, company: facts.company });
  return { state: 'delivered', alreadyThere: false };
}

async function lookUp(context: Context, file: RenderedFile): Promise<'delivered' | 'absent' | 'unknown'> {
  return await wasSeen(context, file) ? 'delivered' : 'absent';
}

/** By its execution, and by its journal where the history of executions was cleaned up. */
async function wasSeen(context: Context, file: RenderedFile): Promise<boolean> {
  const facts = packageFacts(file);
  if (await journalOfPackage(context, facts) !== null) return true;
  return await executionStatus(context, facts.executionId) !== 'Unknown';
}
