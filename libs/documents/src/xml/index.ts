export * from './limits.js';
export type { XmlAttributes } from './start-tag.js';
export { XmlError } from './xml-error.js';
export { type XmlHandler, XmlScanner } from './xml-scanner.js';
export { XmlElement, XmlTreeBuilder } from './xml-tree.js';
