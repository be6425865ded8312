import { businessCentralBankBook } from '../../../sandbox/src/index.js';
import type { World } from '../world.js';
import { ACCOUNT_AT_THE_BANK, bankFile, paymentsFor } from './bank-file.js';
import { openCompany, postByApi } from './business-central.js';
import { postByFile } from './file-ledger.js';

/** The second act: one bank's lines for one company, posted to Business Central by API and to a ledger that takes only files. */
export async function secondAct(world: World): Promise<void> {
  const company = await openCompany();
  try {
    // Both ledgers begin with the same open items: the second is a copy of the first's, before anything is paid.
    const book = businessCentralBankBook(company.book());
    const payments = paymentsFor(book);
    world.story.chapter('Second act: the same bank file into Business Central, by API');
    const api = await postByApi(world, company, bankFile(payments, ACCOUNT_AT_THE_BANK.businessCentral));
    world.story.chapter('And into a ledger that takes only files, over SFTP, with acknowledgement');
    const files = await postByFile(world, book, bankFile(payments, ACCOUNT_AT_THE_BANK.files));
    world.report.secondAct = { businessCentral: api.report, fileLedger: files.report };
  } finally {
    await company.stop();
  }
}
