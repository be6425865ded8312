import { defineConnector } from '#connector-kit';
import { PLAID_CAPABILITIES } from './capabilities.js';
import { bankFeed } from './feed.js';
import { link } from './link.js';
import { probe } from './probe.js';
import { booksNamed, FORM, settingsProblems } from './settings.js';
import { webhook } from './webhook.js';

/** Plaid: bank transactions by /transactions/sync, webhooks that wake, the sign-in dialog. See README.md. */
export const plaid = defineConnector({
  id: 'plaid',
  title: 'Plaid',
  capabilities: PLAID_CAPABILITIES,
  booksOf: booksNamed,
  settings: settingsProblems,
  form: FORM,
  probe,
  read: {},
  bankFeed,
  webhook,
  link,
});
