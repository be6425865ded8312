export * from './match-facts.js';
export * from './payer-memory.js';
export * from './proposals.js';
export * from './save-proposals.js';
export * from './undecided.js';
