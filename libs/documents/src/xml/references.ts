const PREDEFINED: ReadonlyMap<string, string> = new Map([['amp', '&'], ['lt', '<'], ['gt', '>'], ['quot', '"'], ['apos', "'"]]);
/** `&#x10FFFF;` with a few zeros in front. */
const REFERENCE_LENGTH_MAX = 16;

/** A text with its references replaced. */
export interface Resolved {
  readonly text: string;
  /** How many of them were numeric. */
  readonly numeric: number;
  /** What is wrong, and the first reference that is; the text is then of no use. */
  readonly problem: string | null;
}

/** Replaces the five predefined entities and numeric references. There are no others in a file without a document type. */
export function resolveReferences(raw: string): Resolved {
  const parts: string[] = [];
  let numeric = 0;
  let from = 0;
  for (let at = raw.indexOf('&'); at !== -1; at = raw.indexOf('&', from)) {
    const end = raw.indexOf(';', at + 1);
    const name = end === -1 || end - at > REFERENCE_LENGTH_MAX ? null : raw.slice(at + 1, end);
    if (name === null) return { text: '', numeric, problem: `"${raw.slice(at, at + REFERENCE_LENGTH_MAX)}" is an "&" that begins no reference; it must be written "&amp;"` };
    const value = name.startsWith('#') ? numericValue(name) : PREDEFINED.get(name) ?? null;
    if (value === null) return { text: '', numeric, problem: `"&${name};" is no character and none of the five entities of XML; others are not read` };
    if (name.startsWith('#')) numeric += 1;
    parts.push(raw.slice(from, at), value);
    from = end + 1;
  }
  parts.push(raw.slice(from));
  return { text: parts.join(''), numeric, problem: null };
}

function numericValue(name: string): string | null {
  const hexadecimal = /^#x([0-9a-f]+)$/i.exec(name)?.[1];
  const decimal = /^#(\d+)$/.exec(name)?.[1];
  const code = hexadecimal === undefined ? Number.parseInt(decimal ?? '', 10) : Number.parseInt(hexadecimal, 16);
  return isCharacter(code) ? String.fromCodePoint(code) : null;
}

/** XML 1.0, production 2. */
function isCharacter(code: number): boolean {
  return code === 9 || code === 10 || code === 13 || (code >= 0x20 && code <= 0xd7ff) || (code >= 0xe000 && code <= 0xfffd) || (code >= 0x10000 && code <= 0x10ffff);
}
