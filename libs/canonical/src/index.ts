export * from './bank.js';
export * from './currency.js';
export * from './entities.js';
export * from './json.js';
export * from './local-date.js';
export * from './money.js';
export * from './posting.js';
