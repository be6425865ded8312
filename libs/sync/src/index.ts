export * from './invoice-changes.js';
export * from './rules/nightly.js';
export * from './rules/sync-rules.js';
export * from './rules/tie-out.js';
export { SYNC_LEASE_MS, type SyncSession } from './sync-session.js';
export * from './sync-service.js';
