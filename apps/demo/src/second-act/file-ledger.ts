import { setTimeout as sleep } from 'node:timers/promises';
import type { Book } from '../../../sandbox/src/bank/index.js';
import { FileLedger } from '../../../sandbox/src/file-ledger/index.js';
import { SftpSandbox } from '../../../sandbox/src/sftp/index.js';
import type { World } from '../world.js';
import { ACCOUNT_AT_THE_BANK, CURRENCY } from './bank-file.js';
import { Target } from './target.js';

const PASSWORD = 'demo-folder-password';
const FOLDERS = ['in', 'in/customers', 'in/invoices', 'in/bank', 'out', 'out/taken', 'ack'];
const DELIVERY_TIMEOUT_MS = 30_000;
const POLL_EVERY_MS = 150;

/** The same lines into a ledger that is spoken to by files: open items and bank file out of folders, a posting file back, and its acknowledgement. */
export async function postByFile(world: World, book: Book, bankFile: Uint8Array<ArrayBuffer>): Promise<Target> {
  const ledger = new FileLedger(book);
  const server = new SftpSandbox({ users: [{ name: 'hub', password: PASSWORD, publicKey: null, denied: [] }], now: () => new Date() });
  for (const folder of FOLDERS) server.makeFolder(folder);
  const port = await server.start();
  try {
    server.put('in/customers/customers.csv', ledger.customersFile());
    server.put('in/invoices/open-items.csv', ledger.invoicesFile());
    server.put('in/bank/collections.bai2', bankFile);
    const target = await connect(world, server, port);
    const account = await target.bankAccount(ACCOUNT_AT_THE_BANK.files, CURRENCY);
    await target.sync();
    const { report } = target;
    await world.client.until<{ items: { status: string }[] }>(`/v1/documents?bankAccountId=${account}`, ({ items: [file] }) => file?.status.toLowerCase() === 'processed', DELIVERY_TIMEOUT_MS);
    const finalized = await target.decide();
    world.story.say(`Over SFTP: ${report.synced} records and the bank's file read from folders; ${report.proposals} proposals, ${finalized} finalized.`);
    server.misbehave({ kind: 'cutNextWrite', afterBytes: 400 });
    await answerAll(world, target, server, ledger);
    await target.settle();
    ledger.check();
    target.finish(ledger.duplicates);
    world.story.say(`${report.posted} postings: ${report.verified} acknowledged as planned, ${report.withPerson} with a person; ${report.duplicates} booked twice.`);
    return target;
  } finally {
    await server.stop();
  }
}

function connect(world: World, server: SftpSandbox, port: number): Promise<Target> {
  return Target.connect(world, 'File ledger', 'sftp', {
    host: '127.0.0.1', port, user: 'hub', hostKeys: [server.hostKeyFingerprint()], settleSeconds: 0,
    reads: [{ entity: 'customer', folder: 'in/customers', layout: 'csv.customers' }, { entity: 'invoice', folder: 'in/invoices', layout: 'csv.invoices', content: 'snapshot' }],
    inbox: [{ folder: 'in/bank', purpose: 'bankStatement' }],
    outbound: {
      folder: 'out', layout: 'csv.postings.post', batchBy: ['currency'], pickedUp: 'moved', takenFolder: 'out/taken',
      acknowledgements: { folder: 'ack', layout: 'csv.acknowledgement', pattern: '{name}.ack' },
    },
  }, { password: PASSWORD });
}

/** Closes the batch; the ledger takes the file when it stands in its folder, refuses one customer, and answers. */
async function answerAll(world: World, target: Target, server: SftpSandbox, ledger: FileLedger): Promise<void> {
  await world.client.post(`/v1/connections/${target.connectionId}/posting-batches`);
  const giveUpAt = performance.now() + DELIVERY_TIMEOUT_MS;
  for (;;) {
    const waiting = [...server.files('out')].filter(([path]) => path.endsWith('.csv') && !path.includes('/taken/'));
    for (const [path, bytes] of waiting) {
      const name = path.split('/').at(-1) ?? '';
      const [blocked] = bytes.toString('utf8').split('\r\n').find((line) => line.startsWith('P,'))?.split(',').slice(3) ?? [];
      if (blocked !== undefined) ledger.block(blocked);
      server.put(`ack/${name}.ack`, ledger.take(bytes));
      world.story.say(`The first delivery broke off and left nothing; ${name} was delivered once, taken and answered. One customer is blocked there.`);
    }
    if (waiting.length > 0) return;
    if (performance.now() > giveUpAt) throw new Error(`no posting file was delivered within ${DELIVERY_TIMEOUT_MS / 1_000} s`);
    await sleep(POLL_EVERY_MS);
  }
}
