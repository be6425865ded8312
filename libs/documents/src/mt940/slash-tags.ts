import type { Information } from './information.js';

/** Tags of the Dutch, Belgian and Scandinavian dialects. Any other word between slashes is text: payers write slashes too. */
const TAG = /\/(EREF|IREF|KREF|MARF|PREF|REMI|NAME|IBAN|BIC|BENM|ORDP|ISDT|ADDR|TRTP|CSID|CNTP|PURP|RTRN|ULTC|ULTD|ULTB|INID|TRCD|OCMT|CHGS|EXCH|CREF|ID)\//g;
const NO_REFERENCE = /^(NOTPROVIDED|NONREF)$/i;

/** Reads `/EREF/1/BENM//NAME/JOHN/REMI/text/ISDT/2013-07-11`. The first value of a tag counts; text before the first tag is kept. */
export function readSlashTags(text: string): Information {
  const values = new Map<string, string>();
  const lines: string[] = [];
  let tag: string | null = null;
  let from = 0;
  const close = (to: number): void => {
    const value = text.slice(from, to).trim();
    if (value === '') return;
    if (tag !== null && !values.has(tag)) values.set(tag, value);
    // The purpose stands first, without its mark; every other value keeps the word that says what it is.
    if (tag === 'REMI') lines.unshift(purposeOf(value));
    else lines.push(tag === null ? value : `/${tag}/${value}`);
  };
  for (const match of text.matchAll(TAG)) {
    // `/BENM//NAME/`: the slash that closes one tag may open the next.
    close(match.index);
    tag = match[1] ?? null;
    from = match.index + match[0].length;
  }
  close(text.length);
  const [account = '', , name = ''] = (values.get('CNTP') ?? '').split('/');
  const endToEndId = values.get('EREF') ?? '';
  return {
    memo: lines.filter((line) => line !== '').join('\n'),
    name: values.get('NAME') ?? textOrNull(name),
    account: (values.get('IBAN') ?? textOrNull(account))?.replace(/\s/g, '') ?? null,
    id: values.get('CSID') ?? null,
    endToEndId: endToEndId === '' || NO_REFERENCE.test(endToEndId) ? null : endToEndId,
    customerReference: values.get('PREF') ?? values.get('KREF') ?? null,
    structuredReference: structuredOf(values.get('REMI') ?? ''),
    returned: values.has('RTRN'),
  };
}

/** ING writes `USTD//text` and `STRD/CUR/reference` into the purpose. */
function purposeOf(remittance: string): string {
  return structuredOf(remittance) ?? remittance.replace(/^USTD\/\//, '').trim();
}

function structuredOf(remittance: string): string | null {
  const reference = /^STRD\/(?:CUR|ISO|BBA)\/([A-Z0-9 ]+)\/?$/.exec(remittance)?.[1];
  return reference === undefined ? null : reference.replace(/\s/g, '');
}

function textOrNull(text: string): string | null {
  return text.trim() === '' ? null : text.trim();
}
