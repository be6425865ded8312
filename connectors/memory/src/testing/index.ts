export { MemoryHarness, type Render } from './memory-harness.js';
