export * from './database.js';
export * from './lease.js';
export * from './migrate.js';
export * from './schema-dump.js';
