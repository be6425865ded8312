import { Command } from 'commander';
import { randomUUID } from 'node:crypto';
import { usage } from '../cli-error.js';
import { EXIT } from '../exit-codes.js';
import type { components } from '../generated/api.js';
import { answerOf, type HubClient } from '../hub-client.js';
import { commonOptions, perform, type Outcome, type Session } from '../session.js';
import { readSettingsFile } from '../settings-input.js';
import { formatTable } from '../table.js';

type Schemas = components['schemas'];
type Decision = Schemas['DecisionBody'];
type Posting = Schemas['PostingDetailBody'];

const POLL_EVERY_MS = 300;
/** States in which nothing more happens by itself. */
const SETTLED: ReadonlySet<string> = new Set(['verified', 'differenceAccepted', 'settledByPerson', 'differs', 'refused', 'attention', 'cancelled', 'reversed']);
/** A posting in a file moves with its file, which may take until tomorrow: nobody waits here for that. */
const WITH_ITS_FILE: ReadonlySet<string> = new Set(['planned', 'inBatch', 'exported']);
const GOOD: ReadonlySet<string> = new Set(['verified', 'differenceAccepted', 'settledByPerson', 'reversed']);

interface PostOptions {
  readonly proposal?: string;
  readonly decision?: string;
  readonly on?: string;
  readonly dryRun?: boolean;
  readonly follow?: boolean;
  readonly idempotencyKey?: string;
}

export function postCommand(): Command {
  return commonOptions(new Command('post'))
    .description('decide about a bank transaction and post it; --dry-run only shows what would happen')
    .option('--proposal <id>', 'take this proposal as it stands')
    .option('--decision <file>', 'shares of your own, JSON or YAML as POST /v1/postings takes them; - for standard input')
    .option('--on <day>', 'posting day; the bank\'s when left out')
    .option('--dry-run', 'what would be sent, how open amounts would move, what would be refused')
    .option('--follow', 'wait until the ERP was read back')
    .option('--idempotency-key <key>', 'your own, so that the same command twice posts once')
    .action(async (options: PostOptions, command: Command) => {
      await perform(command, async (session) => {
        const body = decisionOf(options);
        if (options.dryRun === true) return dryRun(session.hub, body);
        const { postingIds } = await answerOf(session.hub.POST('/v1/postings', { params: { header: { 'Idempotency-Key': options.idempotencyKey ?? randomUUID() } }, body }));
        if (options.follow !== true) return { document: { postingIds }, text: `stored as posting ${postingIds.join(', ')}; see it with: tributary postings` };
        return settled(await follow(session, postingIds));
      });
    });
}

function decisionOf(options: PostOptions): Decision {
  if ((options.proposal === undefined) === (options.decision === undefined)) throw usage('give either --proposal or --decision');
  // What is wrong with a decision is the hub's to say, field by field.
  const said = options.proposal === undefined ? readSettingsFile(options.decision ?? '-') as Decision : { proposalId: options.proposal };
  return { ...said, ...(options.on === undefined ? {} : { postedOn: options.on }) };
}

async function dryRun(hub: HubClient, body: Decision): Promise<Outcome> {
  const runs = await answerOf(hub.POST('/v1/postings/dry-run', { body }));
  const refusals = runs.items.flatMap((run) => run.refusals);
  const text = runs.items.flatMap((run) => [
    ...run.steps.map(({ says }) => `would: ${says}`),
    ...run.effects.map(({ document, number, before, after }) => `  ${document} ${number}: open ${before.amount} -> ${after.amount} ${after.currency}`),
    ...new Set(run.refusals.map(({ problem, cure }) => `refused: ${problem}\n  ${cure}`)),
  ]);
  return { document: runs, text: text.join('\n'), exitCode: refusals.length === 0 ? EXIT.done : EXIT.badNews };
}

/** Waits until every posting is settled, and says how far they are. */
async function follow({ hub, progress, pause }: Session, ids: readonly string[]): Promise<Posting[]> {
  for (;;) {
    const postings = await Promise.all(ids.map((id) => answerOf(hub.GET('/v1/postings/{id}', { params: { path: { id } } }))));
    const done = postings.filter((posting) => SETTLED.has(posting.state) || goesWithItsFile(posting)).length;
    progress.at(done, ids.length, postings.map(({ id, state }) => `${id} ${state}`).join(', '));
    if (done === ids.length) return postings;
    await pause(POLL_EVERY_MS);
  }
}

function goesWithItsFile({ byFile, state }: Posting): boolean {
  return byFile && WITH_ITS_FILE.has(state);
}

function settled(postings: Posting[]): Outcome {
  const text = formatTable<Posting>([
    { title: 'POSTING', text: ({ id }) => id }, { title: 'STATE', text: ({ state }) => state }, { title: 'AMOUNT', text: ({ amount }) => `${amount.amount} ${amount.currency}`, right: true },
    { title: 'IN THE ERP', text: ({ steps }) => steps.flatMap(({ externalId }) => externalId ?? []).join(', ') }, { title: 'BECAUSE', text: ({ stateBecause }) => stateBecause ?? '', whole: true },
  ], postings);
  const waiting = postings.some(goesWithItsFile) ? ['travels in a file: tributary batches'] : [];
  return { document: { postings }, text: [text, ...waiting].join('\n'), exitCode: postings.every((posting) => GOOD.has(posting.state) || goesWithItsFile(posting)) ? EXIT.done : EXIT.badNews };
}

export function reverseCommand(): Command {
  return commonOptions(new Command('reverse'))
    .description('undo a posting in the ERP; --preview only shows what would happen')
    .argument('<posting>', 'id of the posting')
    .option('--reason <text>', 'why; kept with it')
    .option('--on <day>', 'day of the reversal; today in the account\'s time zone when left out')
    .option('--preview', 'what would be sent')
    .option('--done-by-hand', 'a person has undone it in the ERP already, where the hub cannot')
    .option('--follow', 'wait until the ERP was read back')
    .action(async (id: string, options: { reason?: string; on?: string; preview?: boolean; doneByHand?: boolean; follow?: boolean }, command: Command) => {
      await perform(command, async (session) => {
        if (options.preview === true) return preview(session.hub, id, options);
        if (options.reason === undefined) throw usage('say why: --reason "..." (or look first with --preview)');
        if (options.doneByHand === true) return settled([await markReversed(session.hub, id, options.reason)]);
        const outcome = await answerOf(session.hub.POST('/v1/postings/{id}/reversal', {
          params: { path: { id }, header: { 'Idempotency-Key': randomUUID() } }, body: { reason: options.reason, ...(options.on === undefined ? {} : { reversedOn: options.on }) },
        }));
        if (outcome.postingId === null) return { document: outcome, text: `a person has to do it in the ERP: ${outcome.byPersonBecause ?? ''}`, exitCode: EXIT.badNews };
        if (options.follow !== true) return { document: outcome, text: `posting ${id} is being reversed by posting ${outcome.postingId}` };
        return settled(await follow(session, [outcome.postingId]));
      });
    });
}

function markReversed(hub: HubClient, id: string, reason: string): Promise<Posting> {
  return answerOf(hub.POST('/v1/postings/{id}/reversed-by-person', { params: { path: { id }, header: { 'Idempotency-Key': randomUUID() } }, body: { reason } }));
}

async function preview(hub: HubClient, id: string, { on, reason }: { readonly on?: string; readonly reason?: string }): Promise<Outcome> {
  const plan = await answerOf(hub.GET('/v1/postings/{id}/reversal', { params: { path: { id }, query: { ...(on === undefined ? {} : { reversedOn: on }), ...(reason === undefined ? {} : { reason }) } } }));
  const lines = [
    ...(plan.because === undefined ? [] : [`a person has to do it in the ERP: ${plan.because}`]),
    ...(plan.steps ?? []).map(({ says }) => `would: ${says}`),
    ...(plan.refusals ?? []).map(({ problem, cure }) => `refused: ${problem}\n  ${cure}`),
  ];
  return { document: plan, text: lines.join('\n'), exitCode: plan.by === 'target' ? EXIT.done : EXIT.badNews };
}

export function settleCommand(): Command {
  return commonOptions(new Command('settle'))
    .description('say that a person booked in the ERP what is still open of a posting')
    .argument('<posting>', 'id of the posting')
    .requiredOption('--reason <text>', 'why; kept with it')
    .option('--document <step=id...>', 'what each open step became in the ERP; the step\'s name may be left out where only one is open', [])
    .action(async (id: string, options: { reason: string; document: string[] }, command: Command) => {
      await perform(command, async ({ hub }) => {
        const { steps } = await answerOf(hub.GET('/v1/postings/{id}', { params: { path: { id } } }));
        const open = steps.filter(({ state }) => state !== 'booked');
        const documents = options.document.map((text) => settledStep(text, open));
        const posting = await answerOf(hub.POST('/v1/postings/{id}/settle', { params: { path: { id }, header: { 'Idempotency-Key': randomUUID() } }, body: { reason: options.reason, documents } }));
        return settled([posting]);
      });
    });
}

function settledStep(text: string, open: Posting['steps']): Schemas['SettledStepBody'] {
  const at = text.indexOf('=');
  if (at > 0) return { stepKey: text.slice(0, at), externalId: text.slice(at + 1) };
  const [only] = open;
  if (only === undefined || open.length > 1) throw usage(`--document ${text}: ${open.length} steps are open, write it as step=id (${open.map(({ stepKey }) => stepKey).join(', ')})`);
  return { stepKey: only.stepKey, externalId: text };
}
