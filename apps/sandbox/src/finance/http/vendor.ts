import type { Directory } from '../entra/directory.js';
import type { Faults } from '../faults/faults.js';
import type { Throttling } from '../faults/throttling.js';
import type { EnvironmentSettings } from '../settings.js';
import type { Answer, Call } from './message.js';
import type { Counters } from './stats.js';

/** What the HTTP server needs of the environment behind it. */
export interface Vendor {
  readonly settings: EnvironmentSettings;
  readonly directory: Directory;
  readonly throttling: Throttling;
  readonly faults: Faults;
  readonly counters: Counters;
  /** Errors of the sandbox itself, for the test that wants to see them. */
  readonly failures: Error[];
  /** The work of an admitted request; a refusal is an answer. */
  answer(call: Call): Answer;
  control(call: Call): Answer;
  closeCurrentPeriod(): void;
  /** Does something when the sandbox's clock has moved on by so much. */
  later(clockMs: number, work: () => void): void;
}
