export * from './limits.js';
export type { XmlAttributes } from './start-tag.js';
export { XmlError } from './xml-error.js';
export { type XmlHandler, XmlScanner } from './xml-scanner.js';
export { XmlElement, XmlTreeBuilder } from './xml-tree.js';
export { UNKNOWN_XML_READER, XML_BEGINNING } from './unknown-xml.js';
