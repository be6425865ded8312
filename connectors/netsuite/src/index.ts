import { defineConnector } from '#connector-kit';
import { NETSUITE_CAPABILITIES } from './capabilities.js';
import { probe } from './probe.js';
import { READERS } from './read/readers.js';
import { accountNamed, FORM, settingsProblems } from './settings.js';
import { totals } from './totals.js';
import { TRANSFORMS } from './transforms.js';
import { write } from './write/door.js';

/** Oracle NetSuite: reads by SuiteQL, writes by the REST record service. See README.md. */
export const netsuite = defineConnector({
  id: 'netsuite',
  title: 'Oracle NetSuite',
  capabilities: NETSUITE_CAPABILITIES,
  booksOf: accountNamed,
  settings: settingsProblems,
  form: FORM,
  probe,
  read: READERS,
  totals,
  transforms: TRANSFORMS,
  write,
});
