export * from './json-lines-layout.js';
