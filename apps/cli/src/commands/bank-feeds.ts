import { Command } from 'commander';
import { EXIT } from '../exit-codes.js';
import type { components } from '../generated/api.js';
import { answerOf } from '../hub-client.js';
import { commonOptions, perform, type Outcome } from '../session.js';
import { formatTable } from '../table.js';
import { findConnection } from './find-connection.js';

type Feed = components['schemas']['BankFeedBody'];

/** Healths in which nothing is read until a person has acted. */
const WITH_A_PERSON: readonly string[] = ['signInAgain', 'linkAnew', 'settings'];

export function feedsCommand(): Command {
  return commonOptions(new Command('feeds'))
    .description('bank feeds, whether they can be read, and who mends them')
    .action(async (_options: object, command: Command) => {
      await perform(command, async ({ hub }) => {
        const list = await answerOf(hub.GET('/v1/bank-feeds'));
        const broken = list.items.some(({ health }) => health.state !== 'ok' && health.state !== 'unread');
        return { document: list, text: formatTable<Feed>(COLUMNS, list.items), exitCode: broken ? EXIT.badNews : EXIT.done };
      });
    });
}

const COLUMNS = [
  { title: 'ID', text: ({ id }: Feed) => id }, { title: 'NAME', text: ({ name }: Feed) => name },
  { title: 'HEALTH', text: ({ health }: Feed) => health.state }, { title: 'SINCE', text: ({ health }: Feed) => health.since ?? '' },
  { title: 'READ', text: ({ updatedAt }: Feed) => updatedAt ?? 'never' }, { title: 'ACCOUNTS', text: ({ accountCount }: Feed) => String(accountCount), right: true },
  { title: 'KEPT ASIDE', text: ({ unplacedCount }: Feed) => String(unplacedCount), right: true },
  { title: 'ENDS', text: ({ expiries }: Feed) => expiries.map(({ what, at }) => `${what} ${at}`).join(', ') }, { title: 'WHY', text: ({ health }: Feed) => health.because ?? '' },
];

interface LinkOptions {
  readonly update?: boolean;
  readonly publicToken?: string;
  readonly finish?: boolean;
}

/** The dialog itself runs in a browser; this gives it its ticket and takes over what it hands out. */
export function linkCommand(): Command {
  return commonOptions(new Command('link'))
    .description('link a bank login, or repair the one there is, through the vendor\'s sign-in dialog')
    .argument('<connection>', 'name or id')
    .option('--update', 'repair the login there is')
    .option('--public-token <token>', 'what the dialog handed out: takes the new login over')
    .option('--finish', 'the repair is done: check the login and read on')
    .action(async (given: string, options: LinkOptions, command: Command) => {
      await perform(command, async ({ hub }) => {
        const { id, name } = await findConnection(hub, given);
        const path = { id };
        if (options.publicToken === undefined && options.finish !== true) {
          const ticket = await answerOf(hub.POST('/v1/bank-feeds/{id}/link', { params: { path }, body: { update: options.update === true } }));
          const next = options.update === true ? `tributary bank link ${name} --finish` : `tributary bank link ${name} --public-token <token>`;
          const where = ticket.url === null ? `open the vendor's dialog with this token: ${ticket.token}` : `open ${ticket.url}`;
          return { document: ticket, text: `${where}\nit is good until ${ticket.expiresAt}; then: ${next}` };
        }
        return finished(await answerOf(hub.POST('/v1/bank-feeds/{id}/link/finish', { params: { path }, body: options.publicToken === undefined ? {} : { publicToken: options.publicToken } })));
      });
    });
}

function finished(feed: Feed): Outcome {
  const broken = WITH_A_PERSON.includes(feed.health.state);
  return { document: feed, text: broken ? `${feed.name}: ${feed.health.because ?? feed.health.state}` : `${feed.name} is linked; its transactions are being read`, exitCode: broken ? EXIT.badNews : EXIT.done };
}
