import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { Command } from 'commander';
import { usage } from '../cli-error.js';
import { EXIT } from '../exit-codes.js';
import { findingTable } from '../finding-table.js';
import type { components } from '../generated/api.js';
import { answerOf, type HubClient } from '../hub-client.js';
import { commonOptions, perform } from '../session.js';
import { formatTable } from '../table.js';
import { listCommand } from './lists.js';

type Schemas = components['schemas'];
export type BankAccount = Schemas['BankAccountBody'];
type Channel = NonNullable<Schemas['ReceivedDocumentBody']['channel']>;

export const ACCOUNT_COLUMNS = [
  { title: 'ID', text: ({ id }: BankAccount) => id }, { title: 'NAME', text: ({ name }: BankAccount) => name }, { title: 'NUMBER', text: ({ accountNumber }: BankAccount) => accountNumber },
  { title: 'CURRENCY', text: ({ currency }: BankAccount) => currency }, { title: 'POSTS INTO', text: ({ connectionId }: BankAccount) => connectionId ?? '' },
];

/** Accounts shown where one has to be chosen; more are listed by `bank accounts`. */
const ACCOUNTS_TO_CHOOSE_MAX = 20;

interface ImportOptions {
  readonly name?: string;
  readonly account?: string;
  readonly source?: string;
  readonly channel?: Channel;
}

/** Hands a document in: a bank's statement, a lockbox file, whatever a payer sent. */
export function importCommand(): Command {
  return commonOptions(new Command('import'))
    .description('import a document; the same bytes twice change nothing')
    .argument('<file>', 'bank statement, lockbox file, remittance or mail; it is recognised by its content')
    .option('--name <name>', 'name to keep it under; the file\'s own when left out')
    .option('--account <id>', 'bank account of a file that does not name it')
    .option('--source <source>', 'where it came from; how this source writes its tables is remembered', 'tributary')
    .option('--channel <channel>', 'how it reached you, as remittances are listed: Call, Email, Lockbox, EDI, Manual Upload, Portal')
    .action(async (path: string, options: ImportOptions, command: Command) => {
      await perform(command, async ({ hub }) => {
        const { name = basename(path), source = 'tributary', account, channel } = options;
        const query = { name, source, ...(account === undefined ? {} : { bankAccountId: account }), ...(channel === undefined ? {} : { channel }) };
        const file = await answerOf(hub.POST('/v1/documents', {
          params: { query, header: { 'Idempotency-Key': randomUUID() } },
          headers: { 'content-type': 'application/octet-stream' },
          // The description's word for bytes is a binary string; they are sent as they are.
          body: '', bodySerializer: () => new Uint8Array(readBytes(path)),
        }));
        const accounts = account === undefined && file.errorCount > 0 && file.format === 'csv' ? await accountsToChoose(hub) : [];
        return { document: file, text: [`${path} ${whatBecameOf(file)}`, ...findingTable(file.findings), ...accounts].join('\n'), exitCode: file.status === 'invalid' || file.errorCount > 0 ? EXIT.badNews : EXIT.done };
      });
    });
}

/** Everything about received documents. */
export function documentCommand(): Command {
  const list = listCommand<Schemas['ReceivedDocumentSummaryBody']>('list', 'received documents, with what became of them', (hub, query) => answerOf(hub.GET('/v1/documents', { params: { query } })), [
    { title: 'ID', text: ({ id }) => id }, { title: 'NAME', text: ({ name }) => name }, { title: 'FORMAT', text: ({ format }) => format ?? '' }, { title: 'CHANNEL', text: ({ channel }) => channel },
    { title: 'STATUS', text: ({ status }) => status }, { title: 'ERRORS', text: ({ errorCount }) => String(errorCount), right: true }, { title: 'RECEIVED', text: ({ uploadedAt }) => uploadedAt },
  ]);
  const show = commonOptions(new Command('show')).description('what is understood of a document, with the place of every field').argument('<id>')
    .action(async (id: string, _options: unknown, command: Command) => {
      await perform(command, async ({ hub }) => {
        const reading = await answerOf(hub.GET('/v1/documents/{id}/reading', { params: { path: { id } } }));
        return { document: reading, text: JSON.stringify(reading, null, 2) };
      });
    });
  return new Command('document').description('received documents: bank files, remittances, mails').addCommand(importCommand()).addCommand(list).addCommand(show);
}

function whatBecameOf({ duplicateOf, id, status, counts }: Schemas['UploadedReceivedDocumentBody']): string {
  if (duplicateOf !== null) return `is known as document ${duplicateOf}; nothing was changed`;
  if (counts === null) return `is kept as document ${id}: ${status}`;
  const { transactions, created, remittances, remittanceLines, achEntries, explanationsKnown } = counts;
  const parts = [
    ...(transactions > 0 || remittances + achEntries + explanationsKnown === 0 ? [`${transactions} transactions, ${created} new`] : []),
    ...(remittances > 0 ? [`${remittances} remittances with ${remittanceLines} lines`] : []),
    ...(achEntries > 0 ? [`${achEntries} ACH returns and changes`] : []),
    ...(explanationsKnown > 0 ? [`${explanationsKnown} known before`] : []),
  ];
  return `is document ${id}: ${status}, ${parts.join(', ')}`;
}

/** What to give as `--account`. A CSV file rarely names its account, and which one it is nobody but its owner can say. */
async function accountsToChoose(hub: HubClient): Promise<string[]> {
  const { items, nextCursor } = await answerOf(hub.GET('/v1/bank-accounts', { params: { query: { limit: ACCOUNTS_TO_CHOOSE_MAX } } }));
  if (items.length === 0) return ['there is no bank account yet: make one with `tributary bank account`, then import with --account ID'];
  return ['if the file does not name its account, say which of these it is, with --account ID:', formatTable(ACCOUNT_COLUMNS, items), ...(nextCursor === null ? [] : ['more: tributary bank accounts'])];
}

function readBytes(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw usage(`cannot read ${path}: ${(error as Error).message}`);
  }
}
