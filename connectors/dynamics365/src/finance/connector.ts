import { defineConnector } from '#connector-kit';
import { FINANCE_CAPABILITIES } from './capabilities.js';
import { probeEnvironment } from './probe.js';
import { READERS } from './read/readers.js';
import { environmentNamed, FORM, settingsProblems } from './settings.js';
import { write } from './write/door.js';

/** Folder of the mappings both Finance connectors share. */
export const FINANCE_MAPPINGS = 'finance';

/** Dynamics 365 Finance: reads and posts by its data service. See FINANCE.md. */
export const finance = defineConnector({
  id: 'finance',
  title: 'Microsoft Dynamics 365 Finance',
  capabilities: FINANCE_CAPABILITIES,
  booksOf: environmentNamed,
  settings: settingsProblems,
  form: FORM,
  probe: (context) => probeEnvironment(context, FINANCE_CAPABILITIES),
  read: READERS,
  write,
  mappings: FINANCE_MAPPINGS,
});
