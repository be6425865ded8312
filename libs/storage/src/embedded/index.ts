export { startEmbeddedPostgres, stopOnSignals } from './embedded-postgres.js';
export type { EmbeddedPostgres, EmbeddedPostgresOptions, StopOutcome } from './embedded-postgres.js';
export { EmbeddedPostgresError } from './embedded-postgres-error.js';
export type { EmbeddedPostgresLog } from './embedded-postgres-error.js';
