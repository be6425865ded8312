import { Command } from 'commander';
import { answerOf } from '../hub-client.js';
import { commonOptions, perform } from '../session.js';
import { feedsCommand, linkCommand } from './bank-feeds.js';
import { ACCOUNT_COLUMNS, type BankAccount, importCommand } from './documents.js';
import { findConnection } from './find-connection.js';
import { listCommand } from './lists.js';

export function bankCommand(): Command {
  return new Command('bank').description('bank accounts, bank files and bank feeds').addCommand(accountCommand()).addCommand(accountsCommand()).addCommand(importCommand()).addCommand(feedsCommand()).addCommand(linkCommand());
}

function accountsCommand(): Command {
  return listCommand<BankAccount>('accounts', 'bank accounts, with the connection each posts into', (hub, query) => answerOf(hub.GET('/v1/bank-accounts', { params: { query } })), ACCOUNT_COLUMNS);
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
