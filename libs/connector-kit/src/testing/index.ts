export * from './broken.js';
export * from './conformance.js';
export * from './context.js';
export * from './coverage.js';
export * from './coverage-summary.js';
export * from './harness.js';
export { compareRevisions, PAGES_MAX, takeAll } from './pages.js';
export * from './posting-run.js';
export * from './sentence.js';
