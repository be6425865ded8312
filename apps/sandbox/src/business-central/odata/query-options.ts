import { badRequest } from './odata-error.js';

export interface Expansion {
  readonly name: string;
  readonly options: QueryOptions;
}

export interface QueryOptions {
  readonly filter?: string;
  readonly orderBy?: string;
  readonly select?: readonly string[];
  readonly expand?: readonly Expansion[];
  readonly top?: number;
  readonly skip?: number;
  readonly count?: boolean;
  readonly skipToken?: string;
  readonly schemaVersion?: string;
}

/** System query options of a URL. @throws ODataError 400 for one that cannot be read */
export function readOptions(query: URLSearchParams): QueryOptions {
  return optionsOf([...query].filter(([name]) => name.startsWith('$')));
}

function optionsOf(pairs: readonly (readonly [string, string])[]): QueryOptions {
  const options: { -readonly [Key in keyof QueryOptions]: QueryOptions[Key] } = {};
  for (const [name, value] of pairs) {
    switch (name) {
      case '$filter': options.filter = value; break;
      case '$orderby': options.orderBy = value; break;
      case '$select': options.select = value.split(',').map((part) => part.trim()); break;
      case '$expand': options.expand = splitOutside(value, ',').map(expansionOf); break;
      case '$top': options.top = countOf(name, value); break;
      case '$skip': options.skip = countOf(name, value); break;
      case '$count': options.count = value === 'true'; break;
      case '$skiptoken': options.skipToken = value; break;
      case '$schemaversion': options.schemaVersion = value; break;
      case '$format': break;
      default: throw badRequest(`The query parameter '${name}' is not supported.`);
    }
  }
  return options;
}

function countOf(name: string, value: string): number {
  if (!/^\d+$/.test(value)) throw badRequest(`Invalid value '${value}' for ${name} query option found. The ${name} query option requires a non-negative integer value.`);
  return Number(value);
}

/** `salesInvoiceLines($select=id;$top=5)` */
function expansionOf(text: string): Expansion {
  const match = /^\s*(\w+)\s*(?:\((.*)\))?\s*$/s.exec(text);
  if (match === null) throw badRequest(`Syntax error in $expand: '${text}'.`);
  const inner = splitOutside(match[2] ?? '', ';').filter((part) => part.trim() !== '').map((part): [string, string] => {
    const at = part.indexOf('=');
    return [part.slice(0, at).trim(), part.slice(at + 1)];
  });
  return { name: match[1] ?? '', options: optionsOf(inner) };
}

/** Splits where no bracket and no quote is open. */
function splitOutside(text: string, separator: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let quoted = false;
  let start = 0;
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index];
    if (character === "'") quoted = !quoted;
    if (quoted) continue;
    if (character === '(') depth += 1;
    if (character === ')') depth -= 1;
    if (character === separator && depth === 0) {
      parts.push(text.slice(start, index));
      start = index + 1;
    }
  }
  return [...parts, text.slice(start)];
}
