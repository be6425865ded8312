export * from './catalogue.js';
export type { ConnectionRecord, NewConnection } from './connection-records.js';
export * from './connections.js';
export * from './open-connection.js';
export type { CallRecord } from './recorded-fetch.js';
export { FIELD_KINDS, type FieldKind, type InferredField } from './rules/inferred-fields.js';
export type { ShownCall } from './rules/shown-call.js';
export * from './test-read.js';
