export * from './database.js';
export * from './lease.js';
export * from './migrate.js';
export * from './schema-dump.js';
export * from './lists/canonical-lists.js';
export * from './lists/list.js';
