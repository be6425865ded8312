import { Command } from 'commander';
import { usage } from '../cli-error.js';
import { EXIT } from '../exit-codes.js';
import type { components } from '../generated/api.js';
import { answerOf } from '../hub-client.js';
import { commonOptions, perform } from '../session.js';
import { readSettingsFile, readText } from '../settings-input.js';
import { choosePreviewed } from '../previewed-records.js';
import { formatTable } from '../table.js';
import { findConnection } from './find-connection.js';

type EntityName = components['schemas']['ExplainBody']['entity'];
type LineageRow = components['schemas']['LineageRowBody'];
type PreviewResult = components['schemas']['PreviewResultBody'];

export function mappingCommand(): Command {
  return new Command('mapping').description('see what a mapping makes of records, before it is used').addCommand(explainCommand()).addCommand(previewCommand());
}

function explainCommand(): Command {
  return commonOptions(new Command('explain'))
    .description('where each value of a record comes from: path, transform, file and line')
    .argument('<connection>', 'name or id')
    .argument('<entity>', 'company, ledgerAccount, customer, contact, invoice, creditMemo or payment')
    .option('--id <externalId>', 'the last record received under the source\'s id')
    .option('--record <file>', 'a record as the source would send it, JSON; - for standard input')
    .action(async (given: string, entity: EntityName, options: { id?: string; record?: string }, command: Command) => {
      await perform(command, async ({ hub }) => {
        if ((options.id === undefined) === (options.record === undefined)) throw usage('give either --id or --record');
        const { id } = await findConnection(hub, given);
        const record = options.id === undefined ? { payload: readSettingsFile(options.record ?? '-') } : { externalId: options.id };
        const explanation = await answerOf(hub.POST('/v1/connections/{id}/mapping/explain', { params: { path: { id } }, body: { entity, ...record } }));
        return {
          document: explanation, exitCode: explanation.sound ? EXIT.done : EXIT.badNews,
          text: [`${explanation.mappingName} version ${explanation.mappingVersion}`, formatTable<LineageRow>([
            { title: 'FIELD', text: ({ field }) => field }, { title: 'FROM', text: ({ from }) => from }, { title: 'VIA', text: ({ via }) => via },
            { title: 'VALUE', text: ({ value, problem }) => (problem === null ? value ?? '' : `! ${problem}`) }, { title: 'SAID BY', text: ({ file, line }) => `${file}:${line}`, whole: true },
          ], explanation.fields)].join('\n'),
        };
      });
    });
}

function previewCommand(): Command {
  return commonOptions(new Command('preview'))
    .description('map records that were received with a proposed overlay, and see what would change; nothing is stored')
    .argument('<connection>', 'name or id')
    .argument('<entity>', 'company, ledgerAccount, customer, contact, invoice, creditMemo or payment')
    .option('--overlay <file>', 'YAML overlay to try; without it the mapping as it is')
    .option('--sample <count>', 'how many of the newest records')
    .option('--live', 'read one page of the source now, instead of what was received before')
    .option('--show <count>', 'print so many records before and after, with the origin of every value', '0')
    .action(async (given: string, entity: EntityName, options: { overlay?: string; sample?: string; live?: boolean; show: string }, command: Command) => {
      await perform(command, async ({ hub }) => {
        const { id } = await findConnection(hub, given);
        const preview = await answerOf(hub.POST('/v1/connections/{id}/mapping/preview', {
          params: { path: { id } },
          body: { entity, ...(options.overlay === undefined ? {} : { overlay: readText(options.overlay) }), ...(options.sample === undefined ? {} : { sample: Number(options.sample) }), live: options.live === true },
        }));
        const { sampled, mapped, refused, wouldChange } = preview;
        const { listed, leftOut, shown } = choosePreviewed(preview.results, countOf(options.show));
        return {
          document: preview, exitCode: refused === 0 ? EXIT.done : EXIT.badNews,
          text: [`${preview.mappingName}: ${sampled} records, ${mapped} mapped, ${refused} refused, ${wouldChange} would change`, formatTable<PreviewResult>([
            { title: 'RECORD', text: ({ externalId }) => externalId }, { title: 'OUTCOME', text: ({ outcome }) => outcome },
            { title: 'PROBLEM', text: ({ problems: [first] }) => (first === undefined ? '' : `${first.file}:${first.line} ${first.field} ${first.problem}`), whole: true },
          ], listed), ...(leftOut === 0 ? [] : [`and ${leftOut} more that stay as they are`]), ...shown.map(beforeAndAfter)].join('\n'),
        };
      });
    });
}

/** @throws CliError */
function countOf(given: string): number {
  if (!/^\d{1,6}$/.test(given)) throw usage(`--show takes a whole number, not "${given}"`);
  return Number(given);
}

function beforeAndAfter({ externalId, outcome, payload, lineage }: PreviewResult): string {
  return [`\n${externalId}: ${outcome}`, 'as received:', JSON.stringify(payload, null, 2), 'as mapped:', formatTable<LineageRow>([
    { title: 'FIELD', text: ({ field }) => field }, { title: 'FROM', text: ({ from }) => from }, { title: 'VIA', text: ({ via }) => via },
    { title: 'VALUE', text: ({ value, problem }) => (problem === null ? value ?? '' : `! ${problem}`), whole: true },
  ], lineage)].join('\n');
}
