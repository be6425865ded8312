import { Command } from 'commander';
import { randomUUID } from 'node:crypto';
import type { components } from '../generated/api.js';
import { answerOf } from '../hub-client.js';
import { commonOptions, perform } from '../session.js';
import { findConnection } from './find-connection.js';
import { listCommand } from './lists.js';
import { ended, follow } from './sync.js';

type Quarantined = components['schemas']['QuarantinedRecordBody'];

/** Records that could not be mapped, and rows that could not even be read. */
export function quarantineCommand(): Command {
  return new Command('quarantine').description('records that could not be mapped or read: see them, try them again, give them up')
    .addCommand(listQuarantined()).addCommand(retryCommand()).addCommand(dismissCommand());
}

function listQuarantined(): Command {
  return listCommand<Quarantined>('list', 'all of them, each with its first problem; --filter dismissed=false leaves out what was given up', (hub, query) => answerOf(hub.GET('/v1/quarantined-records', { params: { query } })), [
    { title: 'ID', text: ({ id }) => id }, { title: 'CONNECTION', text: ({ connectionId }) => connectionId }, { title: 'ENTITY', text: ({ entity }) => entity }, { title: 'RECORD', text: ({ externalId }) => externalId },
    { title: 'TRIED', text: ({ attempts }) => String(attempts), right: true }, { title: 'STATE', text: stateOf },
    { title: 'PROBLEM', text: ({ problems: [first] }) => (first === undefined ? '' : `${first.file}${first.line === 0 ? '' : `:${first.line}`} ${first.field} ${first.problem}`), whole: true },
  ]);
}

function stateOf({ unreadable, dismissedBy }: Quarantined): string {
  if (dismissedBy !== null) return `given up by ${dismissedBy}`;
  return unreadable ? 'unreadable' : 'open';
}

function retryCommand(): Command {
  return commonOptions(new Command('retry'))
    .description('map what was received again, after the mapping was mended; what could not be read has to be sent again by its source')
    .argument('<connection>', 'name or id')
    .option('--follow', 'wait for the end')
    .action(async (given: string, options: { follow?: boolean }, command: Command) => {
      await perform(command, async (session) => {
        const { id, name } = await findConnection(session.hub, given);
        const run = await answerOf(session.hub.POST('/v1/quarantined-records/retry', { body: { connectionId: id } }));
        return options.follow === true ? ended(await follow(session, run)) : { document: run, text: `run ${run.id} is in line: what ${name} sent is mapped again` };
      });
    });
}

function dismissCommand(): Command {
  return commonOptions(new Command('dismiss'))
    .description('give records up; they stay in the list, and are open again when the source sends something else under their id')
    .argument('<record...>', 'ids of quarantined records')
    .requiredOption('--because <reason>', 'why they are not needed; kept with them')
    .action(async (ids: string[], options: { because: string }, command: Command) => {
      await perform(command, async ({ hub }) => {
        const items: Quarantined[] = [];
        for (const id of ids) {
          items.push(await answerOf(hub.POST('/v1/quarantined-records/{id}/dismiss', { params: { path: { id }, header: { 'Idempotency-Key': randomUUID() } }, body: { because: options.because } })));
        }
        return { document: { items }, text: items.map(({ id, entity, externalId }) => `${entity} ${externalId} (${id}) is given up`).join('\n') };
      });
    });
}
