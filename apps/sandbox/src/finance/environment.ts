import type { SandboxClock } from '../simulation/clock.js';
import type { Book } from './book/book.js';
import type { EnvironmentSettings } from './settings.js';

/** What every part of the environment works on. */
export interface Environment {
  readonly book: Book;
  readonly settings: EnvironmentSettings;
  readonly clock: SandboxClock;
}

/** The day the environment is in; the sandbox lives in UTC. */
export function todayOf(environment: Environment): string {
  return environment.clock.now().toISOString().slice(0, 10);
}
