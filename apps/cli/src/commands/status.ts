import { Command } from 'commander';
import { EXIT } from '../exit-codes.js';
import type { components } from '../generated/api.js';
import { answerOf } from '../hub-client.js';
import { commonOptions, perform } from '../session.js';
import { formatTable } from '../table.js';

type StatusCount = components['schemas']['StatusCountBody'];
type Health = components['schemas']['ConnectionHealthBody'];

/** Exit code 1 when anything needs a person, so that a scheduler may ask. */
export function statusCommand(): Command {
  return commonOptions(new Command('status'))
    .description('what needs me: connections by health, money by status, postings by state')
    .action(async (_options: object, command: Command) => {
      await perform(command, async ({ hub }) => {
        const overview = await answerOf(hub.GET('/v1/overview'));
        const needs = overview.connections.flatMap(({ name, needs: each }) => each.map((need) => `${name}: ${need}`));
        return {
          document: overview, exitCode: needs.length === 0 ? EXIT.done : EXIT.badNews,
          text: [
            formatTable<Health>([
              { title: 'CONNECTION', text: ({ name }) => name }, { title: 'STATUS', text: ({ status }) => status }, { title: 'LAST RUN', text: ({ lastRunStatus }) => lastRunStatus ?? 'never' },
              { title: 'COMPLETE UP TO', text: ({ oldestFreshAt }) => oldestFreshAt ?? '' }, { title: 'QUARANTINED', text: ({ quarantined }) => String(quarantined), right: true },
            ], overview.connections), '',
            counted('BANK TRANSACTIONS', overview.bankTransactions), '', counted('POSTINGS', overview.postings),
            ...(needs.length === 0 ? [] : ['', 'What needs you:', ...needs.map((need) => `  ${need}`)]),
          ].join('\n'),
        };
      });
    });
}

function counted(title: string, counts: readonly StatusCount[]): string {
  return formatTable<StatusCount>([
    { title, text: ({ status }) => status }, { title: 'COUNT', text: ({ count }) => String(count), right: true }, { title: 'TOTAL', text: ({ total }) => `${total.amount} ${total.currency}`, right: true },
  ], counts);
}
