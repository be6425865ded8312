import { Command } from 'commander';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { usage } from '../cli-error.js';
import { EXIT } from '../exit-codes.js';
import type { components } from '../generated/api.js';
import { answerOf } from '../hub-client.js';
import { commonOptions, perform } from '../session.js';
import { formatTable } from '../table.js';
import { feedsCommand, linkCommand } from './bank-feeds.js';
import { findConnection } from './find-connection.js';

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
        const findings = file.findings.length === 0 ? [] : [formatTable(FINDING_COLUMNS, file.findings)];
        return { document: file, text: [`${path} ${what}`, ...findings].join('\n'), exitCode: file.status === 'invalid' || file.errorCount > 0 ? EXIT.badNews : EXIT.done };
      });
    });
  return new Command('bank').description('bank accounts, documents and bank feeds').addCommand(accountCommand()).addCommand(importCommand).addCommand(feedsCommand()).addCommand(linkCommand());
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
