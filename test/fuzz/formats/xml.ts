import type { ReadDocument } from '#documents';
import { XmlError, XmlScanner } from '../../../libs/documents/src/xml/index.js';
import type { FuzzFormat } from '../fuzz-format.js';
import { mutateXml } from '../xml-mutants.js';

const VALUES = ['', ' ', 'x', '&lt;', '&#65;', '&#x41;', '&#0;', '&#xD800;', '&none;', ']]>', '<a/>', '<![CDATA[<b>]]>', '<!-- - -->', '\u{1f4a3}', '\0', '__proto__', '1'.repeat(3_000)] as const;
const SEEDS: readonly Uint8Array[] = [
  '<?xml version="1.0" encoding="UTF-8"?>\n<a xmlns="urn:x" xmlns:p="urn:y">\n <p:b c="1 &gt; 0" d=\'"\'>text &amp; more</p:b>\n <e/><f><![CDATA[ <g> ]]></f><!-- note --><h> </h>\r\n</a>\n',
  '<OFX><BANKMSGSRSV1><STMTTRN><TRNAMT>-12.50</TRNAMT><NAME>M\u00fcller &#38; S\u00f6hne</NAME></STMTTRN></BANKMSGSRSV1></OFX>',
  '<sheet><row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1"><f>A1+1</f><v>1</v></c></row><row r="2"/></sheet>',
].map((text) => Buffer.from(text));

/** The scanner by itself: what it tells is read back as one text, which must not depend on pieces. */
export const fuzzFormat: FuzzFormat = {
  format: null,
  seeds: () => SEEDS,
  mutate: (random, seed) => mutateXml(random, seed, VALUES),
  read: (pieces) => {
    const told: string[] = [];
    const scanner: XmlScanner = new XmlScanner({
      start: (name, attributes) => told.push(`<${name} ${JSON.stringify([...attributes])} ${scanner.line}:${scanner.column}`),
      text: (text) => told.push(JSON.stringify(text)),
      end: (name) => told.push(`/${name}`),
    });
    return { ...answer(() => {
      for (const piece of pieces) scanner.push(piece);
      scanner.end();
    }), version: told.join('\n') };
  },
  checks: everyStartHasAnEnd,
};

function answer(work: () => void): ReadDocument {
  const read: ReadDocument = { format: 'text', version: null, refused: null, statements: [], remittances: [], entries: [], findings: [], layout: null };
  try {
    work();
    return read;
  } catch (error) {
    if (!(error instanceof XmlError)) throw error;
    const { line, column, message } = error;
    return { ...read, refused: { problem: message, where: { line, column, record: null, page: null } } };
  }
}

function everyStartHasAnEnd({ refused, version }: ReadDocument): string[] {
  if (refused !== null) return [];
  const open: string[] = [];
  for (const event of version?.split('\n') ?? []) {
    if (event.startsWith('<')) open.push(event.slice(1, event.indexOf(' ')));
    else if (event.startsWith('/') && open.pop() !== event.slice(1)) return [`${event} ends another element than the last that began`];
  }
  return open.length === 0 ? [] : [`${open.join(', ')} never end in a file that was not refused`];
}
