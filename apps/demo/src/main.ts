import { existsSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { HubClient } from './hub-client.js';
import { brokenPromises, emptyReport, saveReport, type DemoReport } from './report.js';
import { SandboxControl } from './sandbox-control.js';
import { importReceivedDocuments } from './stages/bank.js';
import { connect, sync } from './stages/connect.js';
import { decide } from './stages/decide.js';
import { match } from './stages/match.js';
import { secondAct } from './second-act/act.js';
import { arrangeChaos, post } from './stages/post.js';
import { reverse } from './stages/reverse.js';
import { Story } from './story.js';
import { Programs, type World } from './world.js';

const DIRECTORY_DEFAULT = join('var', 'demo');

/** `npm run demo [-- --book FILE] [--directory DIR]`: the whole story on one ERP, in its own folder, and an exit code that says whether every promise held. */
async function main(): Promise<number> {
  const { values } = parseArgs({ options: { book: { type: 'string' }, directory: { type: 'string', default: DIRECTORY_DEFAULT } } });
  const { directory } = values;
  const book = values.book === undefined ? null : resolve(values.book);
  if (book !== null && !existsSync(book)) throw new Error(`--book ${book}: there is no such file`);
  const story = new Story((text) => process.stdout.write(text));
  const report = emptyReport();
  const programs = new Programs(directory, {
    TRIBUTARY_DATA_DIRECTORY: directory, TRIBUTARY_PORT: '0', TRIBUTARY_TENANT: `demo-${new Date().toISOString()}`, DATABASE_URL: '', REDIS_URL: '',
  });
  for (const file of ['api.log', 'worker.log', 'sandbox.log']) rmSync(join(directory, file), { force: true });
  try {
    await play(story, report, programs, book);
  } catch (error) {
    report.broken.push(error instanceof Error ? error.message : String(error));
  } finally {
    await programs.stopAll();
  }
  return finish(story, report, directory);
}

async function play(story: Story, report: DemoReport, programs: Programs, book: string | null): Promise<void> {
  story.chapter('Start: a NetSuite sandbox, the hub on its own Postgres, a worker');
  const [access, api] = await Promise.all([programs.startSandbox(book), programs.startApi()]);
  await programs.startWorker();
  const world: World = { story, report, programs, access, client: new HubClient(api.url, api.apiKey), sandbox: new SandboxControl(access.url), connectionId: '' };
  story.say(`Hub at ${api.url}, sandbox account ${access.accountId} at ${access.url}${book === null ? '' : `, its book is ${book}`}.`);
  story.chapter('Connect and check');
  await connect(world);
  story.chapter('First sync, then tie out to the ERP\'s own totals');
  await sync(world, 'full');
  story.chapter('Customers pay: import the bank\'s files');
  await importReceivedDocuments(world);
  story.chapter('Match');
  const proposals = await match(world);
  story.chapter('Decide: a short pay, one on account, and everything that is safe');
  await arrangeChaos(world);
  await decide(world, proposals);
  story.chapter('Post, with faults and a kill');
  await post(world);
  story.chapter('Reverse one');
  await reverse(world);
  story.chapter('Sync again and tie out');
  await sync(world, 'incremental');
  const stats = await world.sandbox.stats();
  await world.sandbox.checkBooks();
  report.duplicatesInErp = stats.duplicates.length;
  story.say(`The ERP counts ${stats.duplicates.length} of our postings more than once; its own books add up.`);
  await secondAct(world);
}

function finish(story: Story, report: DemoReport, directory: string): number {
  report.seconds = Math.round(story.seconds() * 10) / 10;
  report.broken.push(...brokenPromises(report));
  saveReport(join(directory, 'report.json'), report);
  story.chapter(report.broken.length === 0 ? 'Every promise held' : 'PROMISES WERE BROKEN');
  for (const promise of report.broken) story.say(`- ${promise}`);
  story.say(`Report: ${join(directory, 'report.json')}; logs of the processes beside it.`);
  return report.broken.length === 0 ? 0 : 1;
}

main().then((code) => { process.exitCode = code; }, (error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
