const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' };
const REFERENCE = /&(?:([a-z]{2,4})|#(\d{1,7})|#x([0-9A-Fa-f]{1,6}));/g;
const CODE_POINT_MAX = 0x10ffff;

/** Replaces the references of OFX, named and numeric. An "&" that begins none is text, as banks write it (`AT&T`). */
export function resolveOfxReferences(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(REFERENCE, (whole, name: string | undefined, decimal: string | undefined, hexadecimal: string | undefined) => {
    if (name !== undefined) return Object.hasOwn(NAMED, name) ? NAMED[name] ?? whole : whole;
    const code = decimal === undefined ? Number.parseInt(hexadecimal ?? '', 16) : Number(decimal);
    const character = code > 0 && code <= CODE_POINT_MAX && !(code >= 0xd800 && code <= 0xdfff);
    return character ? String.fromCodePoint(code) : whole;
  });
}
