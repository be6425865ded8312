export { loadLayoutFolder } from './files.js';
export { loadConnectionLayout, loadLayout, type LoadedLayout } from './layout.js';
export { LayoutFileError } from './layout-file-error.js';
export * from './limits.js';
