import { SuiteQlError, unsupported } from './suiteql-error.js';

export interface Token {
  readonly kind: 'word' | 'quoted' | 'number' | 'string' | 'symbol' | 'end';
  /** Words in lower case; strings without quotes. */
  readonly text: string;
  readonly raw: string;
  readonly at: number;
}

export const QUERY_CHARACTERS_MAX = 1_000_000;

const PATTERN = /\s+|--[^\n]*|\/\*[\s\S]*?\*\/|([A-Za-z_][A-Za-z0-9_$#]*)|"([^"]*)"|(\d+(?:\.\d+)?|\.\d+)|'((?:[^']|'')*)'|(\|\||<>|!=|<=|>=|\(\+\)|[=<>()+\-*/,.?;])/gy;

/** @throws SuiteQlError on a character SuiteQL does not know (`[`, `{`, an unclosed quote) and on Oracle's outer-join mark `(+)`. */
export function tokenize(query: string): Token[] {
  if (query.length > QUERY_CHARACTERS_MAX) throw unsupported(`query longer than ${QUERY_CHARACTERS_MAX} characters`);
  const tokens: Token[] = [];
  PATTERN.lastIndex = 0;
  while (PATTERN.lastIndex < query.length) {
    const at = PATTERN.lastIndex;
    const match = PATTERN.exec(query);
    if (match === null) throw new SuiteQlError(`Invalid or unsupported search. (unexpected character '${query.charAt(at)}' at ${at + 1})`);
    const [raw, word, quoted, number, string, symbol] = match;
    if (word !== undefined) tokens.push({ kind: 'word', text: word.toLowerCase(), raw, at });
    else if (quoted !== undefined) tokens.push({ kind: 'quoted', text: quoted, raw, at });
    else if (number !== undefined) tokens.push({ kind: 'number', text: number, raw, at });
    else if (string !== undefined) tokens.push({ kind: 'string', text: string.replaceAll("''", "'"), raw, at });
    else if (symbol === '(+)') throw unsupported('Oracle outer join mark (+)');
    else if (symbol !== undefined) tokens.push({ kind: 'symbol', text: symbol === '!=' ? '<>' : symbol, raw, at });
  }
  tokens.push({ kind: 'end', text: '', raw: 'end of query', at: query.length });
  return tokens;
}
