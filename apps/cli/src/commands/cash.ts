import { Command } from 'commander';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { usage } from '../cli-error.js';
import { EXIT } from '../exit-codes.js';
import type { components } from '../generated/api.js';
import { answerOf, type HubClient } from '../hub-client.js';
import { commonOptions, perform } from '../session.js';
import { formatTable } from '../table.js';
import { feedsCommand, linkCommand } from './bank-feeds.js';
import { findConnection } from './find-connection.js';
import { listCommand } from './lists.js';

type Finding = components['schemas']['FindingBody'];

export function bankCommand(): Command {
  const importCommand = commonOptions(new Command('import'))
    .description('import a document; the same bytes twice change nothing')
    .argument('<file>', 'BAI2 or CSV; it is recognised by its content')
    .option('--name <name>', 'name to keep it under; the file\'s own when left out')
    .option('--account <id>', 'bank account of a CSV file that does not name it')
    .action(async (path: string, options: { name?: string; account?: string }, command: Command) => {
      await perform(command, async ({ hub }) => {
        const file = await answerOf(hub.POST('/v1/documents', {
          params: { query: { name: options.name ?? basename(path), source: 'tributary', ...(options.account === undefined ? {} : { bankAccountId: options.account }) }, header: { 'Idempotency-Key': randomUUID() } },
          headers: { 'content-type': 'application/octet-stream' },
          // The description's word for bytes is a binary string; they are sent as they are.
          body: '', bodySerializer: () => new Uint8Array(readBytes(path)),
        }));
        const { counts } = file;
        const what = file.duplicateOf !== null ? `is known as document ${file.duplicateOf}; nothing was changed`
          : counts === null ? `is kept as document ${file.id}: ${file.status}`
            : `is document ${file.id}: ${file.status}, ${counts.transactions} transactions, ${counts.created} new`;
        const accounts = options.account === undefined && file.errorCount > 0 && file.format === 'csv' ? await accountsToChoose(hub) : [];
        const findings = file.findings.length === 0 ? [] : [formatTable(FINDING_COLUMNS, file.findings)];
        return { document: file, text: [`${path} ${what}`, ...findings, ...accounts].join('\n'), exitCode: file.status === 'invalid' || file.errorCount > 0 ? EXIT.badNews : EXIT.done };
      });
    });
  return new Command('bank').description('bank accounts, documents and bank feeds').addCommand(accountCommand()).addCommand(accountsCommand()).addCommand(importCommand).addCommand(feedsCommand()).addCommand(linkCommand());
}

type BankAccount = components['schemas']['BankAccountBody'];

const ACCOUNT_COLUMNS = [
  { title: 'ID', text: ({ id }: BankAccount) => id }, { title: 'NAME', text: ({ name }: BankAccount) => name }, { title: 'NUMBER', text: ({ accountNumber }: BankAccount) => accountNumber },
  { title: 'CURRENCY', text: ({ currency }: BankAccount) => currency }, { title: 'POSTS INTO', text: ({ connectionId }: BankAccount) => connectionId ?? '' },
];

/** Accounts shown where one has to be chosen; more are listed by `bank accounts`. */
const ACCOUNTS_TO_CHOOSE_MAX = 20;

function accountsCommand(): Command {
  return listCommand<BankAccount>('accounts', 'bank accounts, with the connection each posts into', (hub, query) => answerOf(hub.GET('/v1/bank-accounts', { params: { query } })), ACCOUNT_COLUMNS);
}

/** What to give as `--account`. A CSV file rarely names its account, and which one it is nobody but its owner can say. */
async function accountsToChoose(hub: HubClient): Promise<string[]> {
  const { items, nextCursor } = await answerOf(hub.GET('/v1/bank-accounts', { params: { query: { limit: ACCOUNTS_TO_CHOOSE_MAX } } }));
  if (items.length === 0) return ['there is no bank account yet: make one with `tributary bank account`, then import with --account ID'];
  return ['if the file does not name its account, say which of these it is, with --account ID:', formatTable(ACCOUNT_COLUMNS, items), ...(nextCursor === null ? [] : ['more: tributary bank accounts'])];
}

interface AccountOptions {
  readonly name: string;
  readonly number: string;
  readonly currency: string;
  readonly connection?: string;
  readonly ledgerAccount?: string;
}

/** A CSV file rarely names its account; without a connection nothing of the account is matched. */
function accountCommand(): Command {
  return commonOptions(new Command('account'))
    .description('tell the hub about a bank account and where its money is booked')
    .requiredOption('--name <name>', 'a name of your own')
    .requiredOption('--number <number>', 'account number, as the bank writes it')
    .requiredOption('--currency <code>', 'ISO 4217')
    .option('--connection <connection>', 'name or id of the connection whose books hold this cash')
    .option('--ledger-account <externalId>', 'cash account in the ERP, by the ERP\'s id; its default when left out')
    .action(async (options: AccountOptions, command: Command) => {
      await perform(command, async ({ hub }) => {
        const connectionId = options.connection === undefined ? null : (await findConnection(hub, options.connection)).id;
        const account = await answerOf(hub.POST('/v1/bank-accounts', {
          body: { name: options.name, accountNumber: options.number, currency: options.currency, connectionId, ledgerAccountExternalId: options.ledgerAccount ?? null },
        }));
        return { document: account, text: `bank account ${account.name} (${account.id}) is made; import its files with: tributary bank import FILE --account ${account.id}` };
      });
    });
}

const FINDING_COLUMNS = [
  { title: 'SEVERITY', text: ({ severity }: Finding) => severity }, { title: 'LINE', text: ({ where }: Finding) => String(where.line ?? ''), right: true },
  { title: 'VALUE', text: ({ value }: Finding) => value }, { title: 'PROBLEM', text: ({ problem }: Finding) => problem, whole: true },
];

function readBytes(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw usage(`cannot read ${path}: ${(error as Error).message}`);
  }
}

export function matchCommand(): Command {
  return commonOptions(new Command('match'))
    .description('match every undecided bank transaction now')
    .option('--account <id>', 'only what posts where this bank account posts')
    .action(async (options: { account?: string }, command: Command) => {
      await perform(command, async ({ hub, progress }) => {
        progress.at(0, null, 'matching');
        const run = await answerOf(hub.POST('/v1/match-runs', { body: options.account === undefined ? {} : { bankAccountId: options.account } }));
        const { matched, written, unchanged, dismissedBefore, withoutConnection } = run;
        const homeless = withoutConnection === 0 ? [] : [`${withoutConnection} are of bank accounts that post into no connection: give them one`];
        return { document: run, text: [`${matched} transactions: ${written} new proposals, ${unchanged} as before, ${dismissedBefore} dismissed before`, ...homeless].join('\n') };
      });
    });
}
