import { Command } from 'commander';
import { EXIT } from '../exit-codes.js';
import type { components } from '../generated/api.js';
import { answerOf } from '../hub-client.js';
import { commonOptions, perform, type Outcome, type Session } from '../session.js';
import { formatTable } from '../table.js';
import { findConnection } from './find-connection.js';

type SyncRun = components['schemas']['SyncRunBody'];
type TieOutLine = components['schemas']['TieOutLineBody'];

const POLL_EVERY_MS = 300;
const OVER: readonly SyncRun['status'][] = ['succeeded', 'failed', 'interrupted'];

export function syncCommand(): Command {
  return commonOptions(new Command('sync'))
    .description('read what is new; --follow waits for the end and says how complete it is')
    .argument('<connection>', 'name or id')
    .option('--full', 'everything again')
    .option('--kind <kind>', 'incremental, full, sweep, deletions, retryQuarantine or tieOut')
    .option('--follow', 'wait for the end')
    .action(async (given: string, options: { full?: boolean; kind?: SyncRun['kind']; follow?: boolean }, command: Command) => {
      await perform(command, async (session) => {
        const { id, name } = await findConnection(session.hub, given);
        const kind = options.kind ?? (options.full === true ? 'full' : 'incremental');
        const run = await answerOf(session.hub.POST('/v1/connections/{id}/syncs', { params: { path: { id } }, body: { kind } }));
        if (options.follow !== true) return { document: run, text: `run ${run.id} is in line; follow it with: tributary sync ${name} --follow` };
        return ended(await follow(session, run));
      });
    });
}

export async function follow(session: Session, first: SyncRun): Promise<SyncRun> {
  let run = first;
  for (let round = 0; !OVER.includes(run.status); round += 1) {
    const { counts } = run;
    session.progress.at(round, null, `run ${run.id} ${run.status}${counts.map((count) => `  ${count.entity} ${count.read}`).join('')}`);
    await session.pause(POLL_EVERY_MS);
    run = await answerOf(session.hub.GET('/v1/syncs/{id}', { params: { path: { id: run.id } } }));
  }
  return run;
}

export function ended(run: SyncRun): Outcome {
  const counts = formatTable<SyncRun['counts'][number]>([
    { title: 'ENTITY', text: ({ entity }) => entity }, { title: 'READ', text: ({ read }) => String(read), right: true }, { title: 'CHANGED', text: ({ changed }) => String(changed), right: true },
    { title: 'QUARANTINED', text: ({ quarantined }) => String(quarantined), right: true }, { title: 'DELETED', text: ({ deleted }) => String(deleted), right: true },
    { title: 'HELD', text: ({ held }) => String(held), right: true },
  ], run.counts);
  const problem = run.problem === null ? [] : [`${run.problem.kind}: ${run.problem.message}`];
  if (run.tieOutProblem !== null) problem.push(`what was read is stored, but the source's totals could not be had: ${run.tieOutProblem}`);
  return { document: run, text: [`run ${run.id} ${run.status}`, ...problem, counts].join('\n'), exitCode: run.status === 'succeeded' && run.tieOutProblem === null ? EXIT.done : EXIT.badNews };
}

export function tieOutCommand(): Command {
  return commonOptions(new Command('tie-out'))
    .description('the source\'s own totals beside the hub\'s, from the last run')
    .argument('<connection>', 'name or id')
    .action(async (given: string, _options: object, command: Command) => {
      await perform(command, async ({ hub }) => {
        const { id, name } = await findConnection(hub, given);
        const tieOut = await answerOf(hub.GET('/v1/connections/{id}/tie-out', { params: { path: { id } } }));
        // Not a gap: there is no other side.
        if (!tieOut.offered) return { document: tieOut, text: `${name} cannot be asked for its totals: nothing to compare, nothing proven` };
        const since = tieOut.problem === null ? [] : [`the source's totals could not be had: ${tieOut.problem}`];
        if (tieOut.at === null) return { document: tieOut, text: since[0] ?? `${name} was never read to the end: run tributary sync ${name} --follow`, exitCode: EXIT.badNews };
        const verdict = tieOut.gapCount > 0 ? `${tieOut.gapCount} lines of ${name} differ` : tieOut.lines.length === 0 ? `neither ${name} nor the hub has anything open: nothing to compare` : `${name} ties out to the smallest unit`;
        return { document: tieOut, text: [verdict, `as of ${tieOut.at}`, ...since, formatTable(TIE_OUT_COLUMNS, tieOut.lines), ...tieOut.unseen.map((sentence) => `not seen: ${sentence}`)].join('\n'), exitCode: tieOut.proven ? EXIT.done : EXIT.badNews };
      });
    });
}

const TIE_OUT_COLUMNS = [
  { title: 'ENTITY', text: (line: TieOutLine) => line.entity }, { title: 'COMPANY', text: (line: TieOutLine) => line.companyExternalId ?? '' },
  { title: 'CURRENCY', text: (line: TieOutLine) => line.currency }, { title: 'BUCKET', text: (line: TieOutLine) => line.bucket },
  { title: 'SOURCE', text: (line: TieOutLine) => `${line.source.count} / ${line.source.open.amount}`, right: true },
  { title: 'HUB', text: (line: TieOutLine) => `${line.hub.count} / ${line.hub.open.amount}`, right: true },
  { title: 'GAP', text: (line: TieOutLine) => (line.gap ? `${line.difference.count} / ${line.difference.open.amount}` : ''), right: true },
];
