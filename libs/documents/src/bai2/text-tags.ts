import type { Payer } from '#canonical';

/** What a transaction's text says about itself, read from the tags banks document. */
export interface TextFacts {
  readonly payer: Payer;
  readonly endToEndId: string | null;
  readonly checkNumber: string | null;
}

const NOTHING: TextFacts = { payer: { name: null, account: null, id: null }, endToEndId: null, checkNumber: null };

/**
 * Tags that name the payer of an incoming payment. One tag a line (Goldman: `DBNM: name`), several a line (ACH: `ORIG CO NAME:X CO ID:1`),
 * or two-letter wire tags (`BO:account BO1:name` by order of, `OB:` ordering bank).
 */
const NAME_TAGS = ['DBNM', 'ORIG CO NAME', 'BO1', 'OI1', 'OI', 'ORIG', 'BO'] as const;
const ACCOUNT_TAGS = ['DACT', 'BO'] as const;
const ID_TAGS = ['CO ID', 'ORIG ID', 'ORIG CO ID', 'COID'] as const;
/** Every tag that may follow another on one line and so ends its value. */
const TAGS: ReadonlySet<string> = new Set([
  'CO ENTRY DESCR', 'ORIG CO NAME', 'ORIG CO ID', 'DESC DATE', 'IND NAME', 'ORIG ID', 'TRACE#', 'IND ID', 'CO ID', 'COID', 'ORIG', 'INDN', 'ENDT', 'TRID', 'DBNM',
  'CRNM', 'DACT', 'DABA', 'DBIC', 'CACT', 'CABA', 'CBIC', 'EREF', 'CREF', 'REMI', 'CHKN', 'IDNM', 'OBI', 'BBI', 'SEC', 'EED', 'DES', 'OI1', 'BO1', 'BO2', 'BO3',
  'OB1', 'OB2', 'OB3', 'RFB', 'BI', 'BO', 'OB', 'OI', 'PY', 'FR', 'ID',
]);
const TAG_LENGTH_MAX = 14;
const BLANK = 32;
const COMMA = 44;

/** Reads the tags of a text; empty facts when there are none. The first value of a tag counts. */
export function readTextTags(text: string): TextFacts {
  if (!text.includes(':')) return NOTHING;
  const tags = collectTags(text);
  if (tags.size === 0) return NOTHING;
  const name = first(tags, NAME_TAGS, (value) => /\p{L}/u.test(value));
  return {
    payer: { name, account: first(tags, ACCOUNT_TAGS, (value) => /^[A-Z0-9]*\d[A-Z0-9]*$/i.test(value)), id: first(tags, ID_TAGS, () => true)?.split(' ')[0] ?? null },
    endToEndId: first(tags, ['EREF'], (value) => value !== 'NOTPROVIDED'),
    checkNumber: first(tags, ['CHKN'], (value) => /^\d+$/.test(value)),
  };
}

function collectTags(text: string): Map<string, string> {
  const tags = new Map<string, string>();
  for (const line of text.split('\n')) {
    let open: string | null = null;
    let valueFrom = 0;
    for (let colon = line.indexOf(':'); colon !== -1; colon = line.indexOf(':', colon + 1)) {
      const start = tagStart(line, valueFrom, colon);
      if (start === -1) continue;
      if (open !== null) keep(tags, open, line.slice(valueFrom, start));
      open = line.slice(start, colon);
      valueFrom = colon + 1;
    }
    if (open !== null) keep(tags, open, line.slice(valueFrom));
  }
  return tags;
}

/** Where the longest tag begins that ends at `colon` and stands behind a blank, a comma or the start of the line; -1 when there is none. */
function tagStart(line: string, from: number, colon: number): number {
  let found = -1;
  for (let start = colon - 2; start >= from && start >= colon - TAG_LENGTH_MAX; start -= 1) {
    const before = start === 0 ? BLANK : line.charCodeAt(start - 1);
    if ((before <= BLANK || before === COMMA) && TAGS.has(line.slice(start, colon))) found = start;
  }
  return found;
}

/** The first value of a tag counts. */
function keep(tags: Map<string, string>, tag: string, value: string): void {
  const trimmed = value.trim();
  if (trimmed !== '' && !tags.has(tag)) tags.set(tag, trimmed);
}

function first(tags: ReadonlyMap<string, string>, names: readonly string[], fits: (value: string) => boolean): string | null {
  for (const name of names) {
    const value = tags.get(name);
    if (value !== undefined && fits(value)) return value;
  }
  return null;
}
