import { Command } from 'commander';
import { randomUUID } from 'node:crypto';
import { usage } from '../cli-error.js';
import { EXIT } from '../exit-codes.js';
import type { components } from '../generated/api.js';
import { answerOf } from '../hub-client.js';
import { commonOptions, perform } from '../session.js';
import { formatTable } from '../table.js';

type Schemas = components['schemas'];
type Terms = Schemas['InvoiceTermsSeenBody'];
type Change = Schemas['InvoiceChangeBody'];

/** What a person writes to take a promise or a dispute off. */
const NONE = 'none';

interface ChangeOptions {
  readonly due?: string;
  readonly promised?: string;
  readonly dispute?: string;
  readonly idempotencyKey?: string;
}

/** Terms of booked invoices: due day, promise, dispute. */
export function invoiceCommand(): Command {
  const invoice = new Command('invoice').description('due day, promise and dispute of a booked invoice, in its source');
  for (const command of [changeCommand(), changesCommand()]) invoice.addCommand(command);
  return invoice;
}

function changeCommand(): Command {
  return commonOptions(new Command('change'))
    .description('change them in the source, bound to what the hub has read; an edit by somebody else in between is refused, not overwritten')
    .argument('<id>', 'the invoice\'s id in the hub')
    .option('--due <day>', 'due on, YYYY-MM-DD')
    .option('--promised <day>', `the day the customer promised to pay on; ${NONE} takes the promise off`)
    .option('--dispute <code>', `a dispute status of the source; ${NONE} takes it off`)
    .option('--idempotency-key <key>', 'your own, so that the same command again goes on with the same change')
    .action(async (id: string, options: ChangeOptions, command: Command) => {
      await perform(command, async ({ hub }) => {
        const body = termsOf(options);
        const invoice = await answerOf(hub.GET('/v1/invoices/{id}', { params: { path: { id } } }));
        const header = { 'If-Match': `"${invoice.lineage.rawRecordId}"`, 'Idempotency-Key': options.idempotencyKey ?? randomUUID() };
        const change = await answerOf(hub.POST('/v1/invoices/{id}/changes', { params: { path: { id }, header }, body }));
        return { document: change, text: `invoice ${invoice.number}: ${sayTerms(change.found ?? change.terms)} in the source`, exitCode: change.state === 'made' ? EXIT.done : EXIT.badNews };
      });
    });
}

function termsOf({ due, promised, dispute }: ChangeOptions): Schemas['InvoiceTermsBody'] {
  if (due === undefined && promised === undefined && dispute === undefined) throw usage('say what to change: --due, --promised, --dispute');
  const orNull = (text: string): string | null => (text === NONE ? null : text);
  return { ...(due === undefined ? {} : { dueOn: due }), ...(promised === undefined ? {} : { promisedOn: orNull(promised) }), ...(dispute === undefined ? {} : { disputeStatus: orNull(dispute) }) };
}

function changesCommand(): Command {
  return commonOptions(new Command('changes'))
    .description('what the hub changed of an invoice in its source, or tried to')
    .argument('<id>', 'the invoice\'s id in the hub')
    .action(async (id: string, _options: object, command: Command) => {
      await perform(command, async ({ hub }) => {
        const { items } = await answerOf(hub.GET('/v1/invoices/{id}/changes', { params: { path: { id } } }));
        return { document: { items }, text: formatTable(COLUMNS, items), exitCode: EXIT.done };
      });
    });
}

const COLUMNS = [
  { title: 'ID', text: ({ id }: Change) => id }, { title: 'WHEN', text: ({ requestedAt }: Change) => requestedAt }, { title: 'WHO', text: ({ requestedBy }: Change) => requestedBy },
  { title: 'WANTED', text: ({ terms }: Change) => sayTerms(terms) }, { title: 'STATE', text: ({ state }: Change) => state }, { title: 'PROBLEM', text: ({ problem }: Change) => problem ?? '', whole: true },
];

function sayTerms({ dueOn, promisedOn, disputeStatus }: Terms): string {
  const said = [['due', dueOn], ['promised', promisedOn], ['dispute', disputeStatus]] as const;
  return said.flatMap(([word, value]) => (value === undefined ? [] : [`${word} ${value ?? NONE}`])).join(', ');
}
