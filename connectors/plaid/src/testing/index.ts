export * from './fake-item.js';
export * from './fake-plaid.js';
export * from './plaid-harness.js';
