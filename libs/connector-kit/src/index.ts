export * from './capabilities.js';
export * from './connector.js';
export * from './connector-error.js';
