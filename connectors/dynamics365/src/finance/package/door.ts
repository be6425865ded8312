import { ConnectorError, type Context, type Delivery, type FileDoor, type RenderedFile } from '#connector-kit';
import { environmentSettings } from '../settings.js';
import { plan } from '../write/plan.js';
import { planReversal } from '../write/reverse.js';
import { plannedJournal } from '../write/words.js';
import { acknowledgement } from './acknowledge.js';
import { packageFacts, renderPackage, type PackageFacts } from './archive.js';
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

/**
 * Uploads, then imports under the package's own name: what Finance has seen under it is not imported again. Imports of one data project must
 * not run at once (reference 3.8); Finance refuses a second one as an update conflict, and it is delivered later.
 */
async function deliver(context: Context, file: RenderedFile): Promise<Delivery> {
  const facts = packageFacts(file);
  if (await wasSeen(context, facts)) return { state: 'delivered', alreadyThere: true };
  const packageUrl = await uploadAddress(context, file.name);
  await upload(context, packageUrl, file.bytes);
  await importPackage(context, { packageUrl, dataProject: environmentSettings(context.config).dataProject, executionId: facts.name, company: facts.company });
  context.memory.set(memoryKey(facts), facts.description);
  return { state: 'delivered', alreadyThere: false };
}

async function lookUp(context: Context, file: RenderedFile): Promise<'delivered' | 'absent' | 'unknown'> {
  return await wasSeen(context, packageFacts(file)) ? 'delivered' : 'absent';
}

/**
 * By its journal, and by its execution while there is no journal yet.
 * @throws ConnectorError `conflict` where another content stands under the name. While an import runs Finance does not show its content: then only
 *   the process that delivered it can tell, and any other takes it for the same, so that nothing is imported twice.
 */
async function wasSeen(context: Context, facts: PackageFacts): Promise<boolean> {
  const delivered = context.memory.get(memoryKey(facts));
  if (delivered !== undefined && delivered !== facts.description) {
    throw new ConnectorError(`Finance was given package ${facts.name} with another content`, { kind: 'conflict', externalId: facts.name, differsIn: ['content'] });
  }
  if (await journalOfPackage(context, facts) !== null) return true;
  return await executionStatus(context, facts.name) !== 'Unknown';
}

function memoryKey({ name }: PackageFacts): string {
  return `finance.package.${name}`;
}
