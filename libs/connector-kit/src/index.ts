export * from './capabilities.js';
export * from './connector.js';
export * from './connector-error.js';
export * from './placeholders.js';
export * from './step-key.js';
