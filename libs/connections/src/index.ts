export * from './catalogue.js';
export type { ConnectionRecord, NewConnection } from './connection-records.js';
export * from './connections.js';
export * from './open-connection.js';
export type { CallRecord } from './recorded-fetch.js';
