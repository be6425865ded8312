import { Command } from 'commander';
import { usage } from '../cli-error.js';
import type { components } from '../generated/api.js';
import { answerOf, type HubClient } from '../hub-client.js';
import { commonOptions, perform, type Session } from '../session.js';
import { formatTable, type TableColumn } from '../table.js';
import { findConnection } from './find-connection.js';

type Schemas = components['schemas'];
type Money = { readonly amount: string; readonly currency: string };
interface Page<R> {
  readonly items: R[];
  readonly nextCursor: string | null;
}
/** Which filters there are is the hub's to say: it names them all when one is wrong. */
type Query = Record<string, string>;

const PAGE_SIZE_ALL = '500';

interface ListOptions {
  readonly filter: string[];
  readonly sort?: string;
  readonly limit?: string;
  readonly cursor?: string;
  readonly all?: boolean;
}

const money = ({ amount, currency }: Money): string => `${amount} ${currency}`;

/** The commands that show lists: one row per record, filters and sorts as the API has them. */
export function listCommands(): Command[] {
  return [
    listCommand<Schemas['InvoiceBody']>('invoices', 'invoices as the source has them', (hub, query) => answerOf(hub.GET('/v1/invoices', { params: { query } })), [
      { title: 'ID', text: ({ id }) => id }, { title: 'NUMBER', text: ({ number }) => number }, { title: 'CUSTOMER', text: ({ customerName, customerExternalId }) => customerName ?? customerExternalId },
      { title: 'DUE', text: ({ dueOn }) => dueOn ?? '' }, { title: 'TOTAL', text: ({ total }) => money(total), right: true }, { title: 'OPEN', text: ({ open }) => money(open), right: true },
      { title: 'STATUS', text: ({ status }) => status },
    ]),
    listCommand<Schemas['CustomerBody']>('customers', 'customers', (hub, query) => answerOf(hub.GET('/v1/customers', { params: { query } })), [
      { title: 'ID', text: ({ id }) => id }, { title: 'NUMBER', text: ({ number }) => number ?? '' }, { title: 'NAME', text: ({ name }) => name }, { title: 'E-MAIL', text: ({ email }) => email ?? '' },
    ]),
    listCommand<Schemas['BankTransactionBody']>('transactions', 'bank transactions', (hub, query) => answerOf(hub.GET('/v1/bank-transactions', { params: { query } })), [
      { title: 'ID', text: ({ id }) => id }, { title: 'BOOKED', text: ({ bookedOn }) => bookedOn }, { title: 'AMOUNT', text: ({ amount }) => money(amount), right: true },
      { title: 'PAYER', text: ({ payer }) => payer.name ?? '' }, { title: 'STATUS', text: ({ status }) => status }, { title: 'MEMO', text: ({ memo }) => memo },
    ]),
    listCommand<Schemas['RemittanceSummaryBody']>('remittances', 'what payers say they pay', (hub, query) => answerOf(hub.GET('/v1/remittances', { params: { query } })), [
      { title: 'ID', text: ({ id }) => id }, { title: 'SOURCE', text: ({ source }) => source }, { title: 'PAYER', text: ({ payerName, payerId }) => payerName ?? payerId ?? '' },
      { title: 'REFERENCE', text: ({ reference }) => reference ?? '' }, { title: 'TOTAL', text: ({ total, lineTotal }) => money(total ?? lineTotal), right: true },
      { title: 'LINES', text: ({ lineCount }) => String(lineCount), right: true }, { title: 'GAP', text: ({ difference }) => (difference === null || Number(difference.amount) === 0 ? '' : money(difference)), right: true },
      { title: 'TRANSACTION', text: ({ bankTransactionId }) => bankTransactionId ?? '' },
    ]),
    listCommand<Schemas['AchEntryBody']>('ach-entries', 'ACH returns and notifications of change', (hub, query) => answerOf(hub.GET('/v1/ach-entries', { params: { query } })), [
      { title: 'ID', text: ({ id }) => id }, { title: 'KIND', text: ({ kind }) => kind }, { title: 'CODE', text: ({ code }) => code }, { title: 'MEANING', text: ({ title }) => title ?? '' },
      { title: 'AMOUNT', text: ({ amount }) => money(amount), right: true }, { title: 'RECEIVER', text: ({ receiver }) => receiver.name ?? '' }, { title: 'TRACE', text: ({ trace }) => trace },
    ]),
    listCommand<Schemas['MatchProposalBody']>('proposals', 'what the matcher proposes', (hub, query) => answerOf(hub.GET('/v1/match-proposals', { params: { query } })), [
      { title: 'ID', text: ({ id }) => id }, { title: 'TRANSACTION', text: ({ bankTransactionId }) => bankTransactionId }, { title: 'AMOUNT', text: ({ amount }) => money(amount), right: true },
      { title: 'CUSTOMER', text: ({ customerName }) => customerName ?? '' }, { title: 'SURE', text: ({ probability }) => `${(probability * 100).toFixed(1)} %`, right: true },
      { title: 'STATUS', text: ({ status }) => status }, { title: 'WHY', text: ({ rationale }) => rationale },
    ]),
    listCommand<Schemas['PostingBody']>('postings', 'postings and reversals', (hub, query) => answerOf(hub.GET('/v1/postings', { params: { query } })), [
      { title: 'ID', text: ({ id }) => id }, { title: 'KIND', text: ({ kind }) => kind }, { title: 'TRANSACTION', text: ({ bankTransactionId }) => bankTransactionId ?? '' },
      { title: 'AMOUNT', text: ({ amount }) => money(amount), right: true }, { title: 'STATE', text: ({ state }) => state }, { title: 'BECAUSE', text: ({ stateBecause }) => stateBecause ?? '' },
    ]),
    listCommand<Schemas['PostingBatchBody']>('batches', 'files of postings', (hub, query) => answerOf(hub.GET('/v1/posting-batches', { params: { query } })), [
      { title: 'ID', text: ({ id }) => id }, { title: 'NUMBER', text: ({ sequence }) => String(sequence), right: true }, { title: 'NAME', text: ({ name }) => name },
      { title: 'POSTINGS', text: ({ postings }) => String(postings), right: true }, { title: 'TOTAL', text: ({ total }) => money(total), right: true }, { title: 'STATE', text: ({ state }) => state },
      { title: 'BECAUSE', text: ({ stateBecause }) => stateBecause ?? '' },
    ]),
    listCommand<Schemas['UploadedFileBody']>('uploads', 'files of records handed in, with what became of them', (hub, query) => answerOf(hub.GET('/v1/uploads', { params: { query } })), [
      { title: 'ID', text: ({ id }) => id }, { title: 'CONNECTION', text: ({ connectionId }) => connectionId }, { title: 'ENTITY', text: ({ entity }) => entity }, { title: 'NAME', text: ({ name }) => name },
      { title: 'HANDED IN', text: ({ uploadedAt }) => uploadedAt }, { title: 'STATE', text: ({ state }) => state }, { title: 'BECAUSE', text: ({ refusedBecause }) => refusedBecause ?? '', whole: true },
    ]),
    listCommand<Schemas['ConnectionBody']>('connections', 'installed connectors', (hub, query) => answerOf(hub.GET('/v1/connections', { params: { query } })), [
      { title: 'ID', text: ({ id }) => id }, { title: 'NAME', text: ({ name }) => name }, { title: 'CONNECTOR', text: ({ connector }) => connector },
      { title: 'STATUS', text: ({ status, pausedBecause }) => (pausedBecause === null ? status : `${status}: ${pausedBecause}`), whole: true },
    ]),
  ];
}

/** A command that shows one list of the API. */
export function listCommand<R>(name: string, description: string, read: (hub: HubClient, query: Query) => Promise<Page<R>>, columns: readonly TableColumn<R>[]): Command {
  return commonOptions(new Command(name))
    .description(description)
    .option('--filter <name=value...>', 'as the API has them, and connection=NAME; a wrong one is answered with all there are', [])
    .option('--sort <name>', 'order; - in front for descending')
    .option('--limit <count>', 'rows of a page')
    .option('--cursor <cursor>', 'where the page before ended')
    .option('--all', 'every page')
    .action(async (options: ListOptions, command: Command) => {
      await perform(command, async (session) => {
        const query = await queryOf(session.hub, options);
        const page = options.all === true ? await readAll(session, read, query, name) : await read(session.hub, query);
        const more = page.nextCursor === null ? [] : [`more: --cursor ${page.nextCursor}, or --all`];
        return { document: page, text: [formatTable(columns, page.items), ...more].join('\n') };
      });
    });
}

async function readAll<R>({ hub, progress }: Session, read: (hub: HubClient, query: Query) => Promise<Page<R>>, query: Query, name: string): Promise<Page<R>> {
  const items: R[] = [];
  let cursor: string | null = query['cursor'] ?? null;
  for (let pages = 1; ; pages += 1) {
    const page = await read(hub, { ...query, limit: query['limit'] ?? PAGE_SIZE_ALL, ...(cursor === null ? {} : { cursor }) });
    items.push(...page.items);
    progress.at(pages, null, `${items.length} ${name}`);
    if (page.nextCursor === null) return { items, nextCursor: null };
    cursor = page.nextCursor;
  }
}

/** Filters that name a connection take its name as well as its id. */
const OF_CONNECTION: ReadonlySet<string> = new Set(['connection', 'connectionId']);

async function queryOf(hub: HubClient, { filter, sort, limit, cursor }: ListOptions): Promise<Query> {
  const query: Query = {};
  for (const text of filter) {
    const at = text.indexOf('=');
    if (at < 1) throw usage(`--filter ${text}: write it as name=value`);
    const [name, value] = [text.slice(0, at), text.slice(at + 1)];
    if (OF_CONNECTION.has(name)) query['connectionId'] = (await findConnection(hub, value)).id;
    else query[name] = value;
  }
  return { ...query, ...(sort === undefined ? {} : { sort }), ...(limit === undefined ? {} : { limit }), ...(cursor === undefined ? {} : { cursor }) };
}
