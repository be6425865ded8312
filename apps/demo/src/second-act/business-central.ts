import { startBusinessCentralSandbox, type BusinessCentralSandbox } from '../../../sandbox/src/index.js';
import type { World } from '../world.js';
import { ACCOUNT_AT_THE_BANK, CURRENCY } from './bank-file.js';
import { Target } from './target.js';

const JOURNAL = 'TRIBUTARY';
const OPENING_BALANCE = 'OB-';

/** A company in Business Central, whose open items the bank's file pays. */
export async function openCompany(): Promise<BusinessCentralSandbox> {
  const sandbox = await startBusinessCentralSandbox({ profile: 'tiny', customers: 30, openInvoices: 120 });
  // The one thing a person does there: a journal batch for the hub alone, with the bank account its payments go to.
  sandbox.book().insert('journal_batch', { template: 'CASHRCPT', code: JOURNAL, name: 'The hub', balancing_type: 'Bank Account', balancing_number: 'CHECKING' });
  // Balances from before Business Central stand in its ledger alone and are not read (the connector's page says so); this company has settled its own.
  for (const { number } of sandbox.elsewhere.openAmounts().filter((each) => each.number.startsWith(OPENING_BALANCE))) sandbox.elsewhere.settleInvoice(number);
  return sandbox;
}

/** The bank's file into Business Central, by API: lines into the hub's journal batch, posted there, found again in the ledger. */
export async function postByApi(world: World, sandbox: BusinessCentralSandbox, bankFile: Uint8Array<ArrayBuffer>): Promise<Target> {
  const { tenantId, clientId, clientSecret } = sandbox.credentials;
  const target = await Target.connect(world, 'Business Central', 'business-central', {
    authentication: 'secret', tenantId, clientId, environment: sandbox.settings.environment, companyId: sandbox.companies[0]?.id, timeZone: 'America/New_York', journalCode: JOURNAL,
    serviceUrl: sandbox.url, loginUrl: sandbox.url, requestTimeoutMs: 4_000,
  }, { clientSecret });
  await target.sync();
  const { report } = target;
  world.story.say(`Business Central: ${report.synced} records, tie-out ${report.tieOutGaps ?? 'not offered'} gaps. The bank's file is imported.`);
  const account = await target.bankAccount(ACCOUNT_AT_THE_BANK.businessCentral, CURRENCY);
  await world.client.upload(`/v1/documents?${new URLSearchParams({ name: 'collections.bai2', source: 'demo bank', bankAccountId: account })}`, bankFile);
  sandbox.faults.add({ kind: 'loseAnswer', pathContains: 'Microsoft.NAV.post', probability: 0.2 });
  sandbox.faults.add({ kind: 'throttle', probability: 0.03, count: 6 });
  const finalized = await target.decide();
  world.story.say(`${report.proposals} proposals, ${finalized} finalized. Business Central checks no payment for duplicates, loses every fifth answer to "post" and throttles.`);
  await target.settle();
  sandbox.checkBooks();
  target.finish(sandbox.stats().duplicates.length);
  world.story.say(`${report.posted} postings: ${report.verified} read back from the ledger and as planned, ${report.withPerson} with a person; ${report.duplicates} in the ledger twice, whose books add up.`);
  return target;
}
