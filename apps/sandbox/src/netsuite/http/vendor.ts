import type { Gatekeeper } from '../auth/gatekeeper.js';
import type { Faults } from '../faults/faults.js';
import type { Governance } from '../faults/governance.js';
import type { AccountSettings } from '../settings.js';
import type { Answer, Call } from './message.js';
import type { Counters } from './stats.js';

/** What the HTTP server needs of the account behind it. */
export interface Vendor {
  readonly settings: AccountSettings;
  readonly gatekeeper: Gatekeeper;
  readonly governance: Governance;
  readonly faults: Faults;
  readonly counters: Counters;
  /** Errors of the sandbox itself, for the test that wants to see them. */
  readonly failures: Error[];
  /** The work of an authenticated, granted request. */
  answer(call: Call): Answer;
  control(call: Call): Answer;
  closeCurrentPeriod(): void;
  expireCertificates(): void;
}
