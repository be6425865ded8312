export * from './file-ledger.js';
