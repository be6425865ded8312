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
/** Every tag that may follow another on one line and so ends its value. Longer tags first. */
const TAGS = [
  'CO ENTRY DESCR', 'ORIG CO NAME', 'ORIG CO ID', 'DESC DATE', 'IND NAME', 'ORIG ID', 'TRACE#', 'IND ID', 'CO ID', 'COID', 'ORIG', 'INDN', 'ENDT', 'TRID', 'DBNM',
  'CRNM', 'DACT', 'DABA', 'DBIC', 'CACT', 'CABA', 'CBIC', 'EREF', 'CREF', 'REMI', 'CHKN', 'IDNM', 'OBI', 'BBI', 'SEC', 'EED', 'DES', 'OI1', 'BO1', 'BO2', 'BO3',
  'OB1', 'OB2', 'OB3', 'RFB', 'BI', 'BO', 'OB', 'OI', 'PY', 'FR', 'ID',
] as const;
const TAG = new RegExp(`(?:^|[\\s,])(${TAGS.map((tag) => tag.replace(/[#]/g, '\\$&')).join('|')}):`, 'g');

/** Reads the tags of a text; empty facts when there are none. The first value of a tag counts. */
export function readTextTags(text: string): TextFacts {
  if (!text.includes(':')) return NOTHING;
  const tags = collectTags(text);
  if (tags.size === 0) return NOTHING;
  const name = first(tags, NAME_TAGS, (value) => /\p{L}/u.test(value));
  return {
    payer: { name, account: first(tags, ACCOUNT_TAGS, (value) => /^[A-Z0-9]*\d[A-Z0-9]*$/i.test(value)), id: first(tags, ID_TAGS, () => true) },
    endToEndId: first(tags, ['EREF'], (value) => value !== 'NOTPROVIDED'),
    checkNumber: first(tags, ['CHKN'], (value) => /^\d+$/.test(value)),
  };
}

function collectTags(text: string): Map<string, string> {
  const tags = new Map<string, string>();
  for (const line of text.split('\n')) {
    const found = [...line.matchAll(TAG)];
    found.forEach((match, index) => {
      const tag = match[1] ?? '';
      const end = found[index + 1]?.index ?? line.length;
      const value = line.slice(match.index + match[0].length, end).trim();
      if (value !== '' && !tags.has(tag)) tags.set(tag, value);
    });
  }
  return tags;
}

function first(tags: ReadonlyMap<string, string>, names: readonly string[], fits: (value: string) => boolean): string | null {
  for (const name of names) {
    const value = tags.get(name);
    if (value !== undefined && fits(value)) return value;
  }
  return null;
}
