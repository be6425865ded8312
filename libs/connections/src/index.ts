export * from './catalogue.js';
export type { ConnectionRecord, NewConnection } from './connection-records.js';
export * from './connection-checks.js';
export * from './connections.js';
export * from './open-connection.js';
export type { CallRecord } from './recorded-fetch.js';
export { EXPIRY_TOLD_DAYS, type Expiry } from './rules/expiries.js';
