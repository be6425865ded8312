import { defineConnector } from '#connector-kit';
import { BUSINESS_CENTRAL_CAPABILITIES } from './capabilities.js';
import { probe } from './probe.js';
import { READERS } from './read/readers.js';
import { companyNamed, FORM, settingsProblems } from './settings.js';
import { totals } from './totals.js';
import { webhook } from './webhook.js';
import { write } from './write/door.js';
import { invoices } from './write/invoice-door.js';

/** Microsoft Dynamics 365 Business Central: API v2.0, one company a connection. See the README of this connector. */
export const businessCentral = defineConnector({
  id: 'business-central',
  title: 'Microsoft Dynamics 365 Business Central',
  capabilities: BUSINESS_CENTRAL_CAPABILITIES,
  booksOf: companyNamed,
  settings: settingsProblems,
  form: FORM,
  probe,
  read: READERS,
  totals,
  invoices,
  write,
  webhook,
});
