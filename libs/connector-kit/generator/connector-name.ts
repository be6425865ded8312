/** The spellings of one connector name that its files need. */
export interface ConnectorName {
  /** `business-central`: folder, id, first word of its mappings. */
  readonly name: string;
  readonly camel: string;
  readonly pascal: string;
  readonly title: string;
}

const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const NAME_CHARACTERS_MAX = 40;
/** Names that a folder, a mapping or a TypeScript word already has. */
const RESERVED: ReadonlySet<string> = new Set(['index', 'src', 'testing', 'cases', 'connector', 'default', 'delete', 'new', 'class', 'import', 'export', 'function', 'return', 'switch', 'void']);

/** @throws Error saying what a name must look like. */
export function parseConnectorName(text: string | undefined): ConnectorName {
  if (text === undefined || text === '') throw new Error('Name the connector: npm run connector:new -- quickbooks');
  if (!NAME.test(text) || text.length < 2 || text.length > NAME_CHARACTERS_MAX) {
    throw new Error(`"${text}" is no connector name: use 2 to ${NAME_CHARACTERS_MAX} of a-z, 0-9 and single hyphens, beginning with a letter, such as business-central`);
  }
  if (RESERVED.has(text)) throw new Error(`"${text}" means something else in this repository; choose the vendor's or the product's name`);
  const words = text.split('-').map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  const pascal = words.join('');
  return { name: text, camel: pascal.charAt(0).toLowerCase() + pascal.slice(1), pascal, title: words.join(' ') };
}
