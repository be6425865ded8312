import { defineConnector } from '#connector-kit';
import { FINANCE_CAPABILITIES, FINANCE_PACKAGE_CAPABILITIES } from './capabilities.js';
import { discover } from './discover.js';
import { fileDoor } from './package/door.js';
import { probeEnvironment } from './probe.js';
import { READERS } from './read/readers.js';
import { environmentNamed, FORM, PACKAGE_FORM, packageSettingsProblems, settingsProblems } from './settings.js';
import { totals } from './totals.js';
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
  totals,
  discover,
  write,
  mappings: FINANCE_MAPPINGS,
});

/** The same environment, its postings as data packages: for who may not post by calls, or in bulk. Reads are the same. */
export const financePackage = defineConnector({
  id: 'finance-package',
  title: 'Microsoft Dynamics 365 Finance, postings by data package',
  capabilities: FINANCE_PACKAGE_CAPABILITIES,
  booksOf: environmentNamed,
  settings: packageSettingsProblems,
  form: PACKAGE_FORM,
  probe: (context) => probeEnvironment(context, FINANCE_PACKAGE_CAPABILITIES),
  read: READERS,
  totals,
  discover,
  fileDoor,
  mappings: FINANCE_MAPPINGS,
});
