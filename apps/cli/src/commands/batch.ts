import { Command } from 'commander';
import { createHash, randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { CliError, usage } from '../cli-error.js';
import { EXIT } from '../exit-codes.js';
import type { components } from '../generated/api.js';
import { answerOf, type HubClient } from '../hub-client.js';
import { commonOptions, perform, type Outcome } from '../session.js';
import { readSettingsFile } from '../settings-input.js';
import { formatTable } from '../table.js';
import { findConnection } from './find-connection.js';

type Schemas = components['schemas'];
type Batch = Schemas['PostingBatchDetailBody'];
type FileSettings = Schemas['FileSettingsBody'];

/** States in which a person has to do something. */
const NEEDS_PERSON: ReadonlySet<string> = new Set(['awaitingPerson', 'stopped', 'unconfirmed']);

/** Files of postings: made, carried, answered. */
export function batchCommand(): Command {
  const batch = new Command('batch').description('files of postings, for targets that take files');
  for (const command of [closeCommand(), showCommand(), downloadCommand(), deliveredCommand(), answerCommand(), retryCommand(), reissueCommand(), withdrawCommand(), settingsCommand()]) batch.addCommand(command);
  return batch;
}

const header = (): { 'Idempotency-Key': string } => ({ 'Idempotency-Key': randomUUID() });

function shown(batch: Batch): Outcome {
  const { name, sequence, postings, total, state, stateBecause, members, chainProblems } = batch;
  const table = formatTable<Batch['members'][number]>([
    { title: 'POSTING', text: ({ postingId }) => postingId }, { title: 'STEP', text: ({ stepKey }) => stepKey }, { title: 'AMOUNT', text: ({ amount }) => `${amount.amount} ${amount.currency}`, right: true },
    { title: 'STATE', text: (member) => member.state }, { title: 'IN THE ERP', text: ({ externalId }) => externalId ?? '' }, { title: 'PROBLEM', text: ({ problem }) => problem ?? '', whole: true },
  ], members);
  const broken = chainProblems.map((problem) => `evidence: ${problem}`);
  return {
    document: batch, text: [`${name}, number ${sequence}, ${postings} postings of ${total.amount} ${total.currency}: ${state}${stateBecause === null ? '' : ` (${stateBecause})`}`, ...broken, table].join('\n'),
    exitCode: NEEDS_PERSON.has(state) || broken.length > 0 ? EXIT.badNews : EXIT.done,
  };
}

function closeCommand(): Command {
  return commonOptions(new Command('close'))
    .description('make files of what waits in a connection, now')
    .argument('<connection>', 'name or id')
    .action(async (given: string, _options: object, command: Command) => {
      await perform(command, async ({ hub }) => {
        const { id } = await findConnection(hub, given);
        const closed = await answerOf(hub.POST('/v1/connections/{id}/posting-batches', { params: { path: { id }, header: header() } }));
        const lines = closed.items.map((batch) => `batch ${batch.id}: ${batch.name}, ${batch.postings} postings`);
        return { document: closed, text: lines.length === 0 ? 'nothing waits for a file' : lines.join('\n') };
      });
    });
}

function showCommand(): Command {
  return commonOptions(new Command('show'))
    .description('one file with its postings')
    .argument('<batch>', 'id of the batch')
    .action(async (id: string, _options: object, command: Command) => {
      await perform(command, async ({ hub }) => shown(await answerOf(hub.GET('/v1/posting-batches/{id}', { params: { path: { id } } }))));
    });
}

function downloadCommand(): Command {
  return commonOptions(new Command('download'))
    .description('save the file as it is delivered; its digest is checked')
    .argument('<batch>', 'id of the batch')
    .option('--to <path>', 'where; the file\'s own name in this folder when left out')
    .action(async (id: string, options: { to?: string }, command: Command) => {
      await perform(command, async ({ hub }) => {
        const batch = await answerOf(hub.GET('/v1/posting-batches/{id}', { params: { path: { id } } }));
        const bytes = new Uint8Array(await answerOf<ArrayBuffer>(hub.GET('/v1/posting-batches/{id}/content', { params: { path: { id } }, parseAs: 'arrayBuffer' })));
        const sha256 = createHash('sha256').update(bytes).digest('hex');
        if (sha256 !== batch.sha256) throw new CliError({ type: '/problems/wrong-bytes', title: 'Wrong bytes', detail: `the download has the digest ${sha256}, the batch says ${batch.sha256}: nothing was saved` }, EXIT.broken);
        const path = options.to ?? batch.name;
        save(path, bytes);
        return { document: { path, sha256, bytes: bytes.byteLength }, text: `saved ${path}, ${bytes.byteLength} bytes, sha256 ${sha256}\nonce the target has it: tributary batch delivered ${id}` };
      });
    });
}

/** A file that is there may have been given to the target already: it is never overwritten. */
function save(path: string, bytes: Uint8Array): void {
  try {
    writeFileSync(path, bytes, { flag: 'wx' });
  } catch (error) {
    throw usage(`cannot save ${path}: ${(error as Error).message}`);
  }
}

function deliveredCommand(): Command {
  return commonOptions(new Command('delivered'))
    .description('say that the target has the file')
    .argument('<batch>', 'id of the batch')
    .action(async (id: string, _options: object, command: Command) => {
      await perform(command, async ({ hub }) => shown(await answerOf(hub.POST('/v1/posting-batches/{id}/delivered', { params: { path: { id }, header: header() } }))));
    });
}

function answerCommand(): Command {
  return commonOptions(new Command('answer'))
    .description('hand in what the target answered')
    .argument('<batch>', 'id of the batch')
    .argument('<file>', 'JSON or YAML as POST /v1/posting-batches/{id}/acknowledgement takes it; - for standard input')
    .action(async (id: string, file: string, _options: object, command: Command) => {
      await perform(command, async ({ hub }) => {
        // What is wrong with an answer is the hub's to say, field by field.
        const body = readSettingsFile(file) as Schemas['AcknowledgementBody'];
        return shown(await answerOf(hub.POST('/v1/posting-batches/{id}/acknowledgement', { params: { path: { id }, header: header() }, body })));
      });
    });
}

function retryCommand(): Command {
  return commonOptions(new Command('retry'))
    .description('deliver a stopped file again, or wait once more for an answer')
    .argument('<batch>', 'id of the batch')
    .action(async (id: string, _options: object, command: Command) => {
      await perform(command, async ({ hub }) => shown(await answerOf(hub.POST('/v1/posting-batches/{id}/retry', { params: { path: { id }, header: header() } }))));
    });
}

function reissueCommand(): Command {
  return commonOptions(new Command('reissue'))
    .description('deliver a file again that the target lost: same name, same bytes')
    .argument('<batch>', 'id of the batch')
    .requiredOption('--reason <text>', 'why; kept with it')
    .action(async (id: string, { reason }: { reason: string }, command: Command) => {
      await perform(command, async ({ hub }) => shown(await answerOf(hub.POST('/v1/posting-batches/{id}/reissue', { params: { path: { id }, header: header() }, body: { reason } }))));
    });
}

function withdrawCommand(): Command {
  return commonOptions(new Command('withdraw'))
    .description('give up a file the target never took; its postings go into a later one')
    .argument('<batch>', 'id of the batch')
    .requiredOption('--reason <text>', 'why; kept with it')
    .action(async (id: string, { reason }: { reason: string }, command: Command) => {
      await perform(command, async ({ hub }) => shown(await answerOf(hub.POST('/v1/posting-batches/{id}/withdraw', { params: { path: { id }, header: header() }, body: { reason } }))));
    });
}

interface SettingsOptions {
  readonly every?: string;
  readonly daily?: string;
  readonly onRequest?: boolean;
  readonly confirmWithin?: string;
  readonly confirmBy?: string;
}

function settingsCommand(): Command {
  return commonOptions(new Command('settings'))
    .description('when files are made and how they are confirmed; without options they are only shown')
    .argument('<connection>', 'name or id')
    .option('--every <minutes>', 'so many minutes after the oldest waiting posting')
    .option('--daily <HH:MM>', 'at this time of day in the account\'s time zone')
    .option('--on-request', 'only when asked')
    .option('--confirm-within <minutes>', 'what nobody confirmed so long after a delivery goes to a person')
    .option('--confirm-by <connection>', 'whose payments confirm a posting when a sync sees them')
    .action(async (given: string, options: SettingsOptions, command: Command) => {
      await perform(command, async ({ hub }) => {
        const { id } = await findConnection(hub, given);
        const now = await answerOf(hub.GET('/v1/connections/{id}/posting-file-settings', { params: { path: { id } } }));
        const wanted = await settingsOf(hub, now, options);
        const settings = wanted === null ? now : await answerOf(hub.PUT('/v1/connections/{id}/posting-file-settings', { params: { path: { id } }, body: wanted }));
        const { closing } = settings;
        const when = closing.how === 'every' ? `${closing.minutes ?? 0} minutes after the oldest waiting posting` : closing.how === 'daily' ? `every day at ${closing.at ?? ''}` : 'when asked';
        return { document: settings, text: `files are made ${when}; unconfirmed after ${settings.confirmWithinMinutes} minutes; confirmed by payments of connection ${settings.confirmByConnectionId ?? id}` };
      });
    });
}

/** Null when nothing is to change. */
async function settingsOf(hub: HubClient, now: FileSettings, options: SettingsOptions): Promise<FileSettings | null> {
  const ways = [options.every, options.daily, options.onRequest].filter((given) => given !== undefined);
  if (ways.length > 1) throw usage('give one of --every, --daily and --on-request');
  if (ways.length === 0 && options.confirmWithin === undefined && options.confirmBy === undefined) return null;
  return {
    closing: options.every !== undefined ? { how: 'every', minutes: minutesOf('--every', options.every) }
      : options.daily !== undefined ? { how: 'daily', at: options.daily }
        : options.onRequest === true ? { how: 'onRequest' } : now.closing,
    confirmWithinMinutes: options.confirmWithin === undefined ? now.confirmWithinMinutes : minutesOf('--confirm-within', options.confirmWithin),
    ...(options.confirmBy !== undefined ? { confirmByConnectionId: (await findConnection(hub, options.confirmBy)).id }
      : now.confirmByConnectionId === undefined ? {} : { confirmByConnectionId: now.confirmByConnectionId }),
  };
}

function minutesOf(option: string, text: string): number {
  if (!/^\d{1,6}$/.test(text)) throw usage(`${option} ${text}: write whole minutes`);
  return Number(text);
}
