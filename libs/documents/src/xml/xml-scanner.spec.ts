import fc from 'fast-check';
import { parseDocument } from '../parse-document.js';
import { XML_NESTING_MAX, XML_NUMERIC_REFERENCES_MAX, XML_TAG_LENGTH_MAX, XML_TEXT_LENGTH_MAX, XmlError, XmlScanner } from './index.js';

interface Heard {
  readonly events: readonly string[];
  readonly error: XmlError | null;
  readonly damaged: boolean;
}

function scan(bytes: string | Uint8Array, pieceLength = Number.POSITIVE_INFINITY): Heard {
  const events: string[] = [];
  const scanner: XmlScanner = new XmlScanner({
    start: (name, attributes) => events.push(`<${name}${[...attributes].map(([key, value]) => ` ${key}=${value}`).join('')} ${scanner.line}:${scanner.column}`),
    text: (text) => events.push(text),
    end: (name) => events.push(`/${name}`),
  });
  const source = typeof bytes === 'string' ? Buffer.from(bytes) : bytes;
  try {
    for (let from = 0; from < source.length; from += pieceLength) scanner.push(source.subarray(from, from + pieceLength));
    scanner.end();
  } catch (error) {
    if (!(error instanceof XmlError)) throw error;
    return { events, error, damaged: scanner.damaged };
  }
  return { events, error: null, damaged: scanner.damaged };
}

function problem(text: string | Uint8Array): string {
  return scan(text).error?.message ?? 'none';
}

describe('XML', () => {
  it('tells tags with line and column, attributes and texts, and leaves indentation out', () => {
    expect(scan('<?xml version="1.0"?>\n<!-- a > b -->\n<a xmlns="urn:x" xmlns:p="urn:y">\n  <p:b p:c=\'1 &gt; 2\'>x</p:b >\n  <d/><e> </e></a>\n').events).toEqual([
      '<a xmlns=urn:x xmlns:p=urn:y 3:1', '<b c=1 > 2 4:3', 'x', '/b', '<d 5:3', '/d', '<e 5:7', ' ', '/e', '/a',
    ]);
  });

  it('joins a text across CDATA, comments and references', () => {
    expect(scan('<a>1 &lt; 2<![CDATA[ & <b> ]]>&#x41;&#66;<!-- no -->&apos;&quot;&amp;<?php no ?>.</a>').events).toEqual(['<a 1:1', '1 < 2 & <b> AB\'"&.', '/a']);
  });

  it('takes a ">" in a quoted value for what it is', () => {
    expect(scan('<a b=">"  c = "\'/>"/>').events).toEqual(['<a b=> c=\'/> 1:1', '/a']);
  });

  it.each([
    ['UTF-16 little', Buffer.from('\ufeff<a>ä€</a>', 'utf16le')], ['UTF-16 without mark', Buffer.from('<a>ä€</a>', 'utf16le')], ['UTF-16 big', Buffer.from('\ufeff<a>ä€</a>', 'utf16le').swap16()],
    ['UTF-8 with mark', Buffer.from('\ufeff<a>ä€</a>')], ['windows-1252', Buffer.from('<?xml version="1.0" encoding="windows-1252"?><a>\xe4\x80</a>', 'latin1')],
    ['Latin-9', Buffer.from('<?xml version="1.0" encoding="ISO-8859-15"?><a>\xe4\xa4</a>', 'latin1')],
  ])('reads %s', (_name, bytes) => {
    expect(scan(bytes)).toEqual({ events: ['<a ' + (bytes.includes('encoding') ? `1:${bytes.indexOf('<a>') + 1}` : '1:1'), 'ä€', '/a'], error: null, damaged: false });
  });

  it('reads bytes that are not the UTF-8 they should be as windows-1252, and says so', () => {
    expect(scan(Buffer.from('<a>M\xfcller \x80 \xc3\xa4 \xe2\x82</a>', 'latin1'))).toEqual({ events: ['<a 1:1', 'Müller € ä â‚', '/a'], error: null, damaged: true });
    expect(scan('<a>x\0y</a>')).toMatchObject({ events: ['<a 1:1', 'x\ufffdy', '/a'], damaged: true });
  });

  it('reads CRLF and CR as one line end', () => {
    expect(scan('<a>\r\n<b/>\r<c>x\r\ny</c></a>').events).toEqual(['<a 1:1', '<b 2:1', '/b', '<c 3:1', 'x\ny', '/c', '/a']);
  });

  it('is the same in pieces of any length', () => {
    const text = `<a>${'<b c="1">ä&amp;</b>\n<!-- -->'.repeat(4_000)}<![CDATA[x]]></a>`;
    const whole = scan(text);
    expect(whole.error).toBeNull();
    for (const length of [1, 7, 65_535, 65_537]) expect(scan(text, length)).toEqual(whole);
  });

  it('gives back every text that was written', () => {
    const escape = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('\r', '&#13;');
    // oxlint-disable-next-line no-control-regex -- what XML forbids
    const written = fc.string({ unit: 'binary', minLength: 1 }).filter((text) => !/[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/.test(text));
    fc.assert(fc.property(fc.array(written, { maxLength: 5 }), (texts) => {
      const { events, error } = scan(`<r>${texts.map((text) => `<t>${escape(text)}</t>`).join('')}</r>`);
      expect(error).toBeNull();
      expect(events.filter((event) => !event.startsWith('<t ') && event !== '/t').slice(1, -1)).toEqual(texts);
    }), { numRuns: 300, seed: 7 });
  });
});

describe('an XML file that is refused', () => {
  it.each([
    ['', 'holds no element'], ['x', 'ends inside a tag or behind'], ['<a>', 'ends inside <a>'], ['<a', 'ends inside a tag'], ['<a></b>', '</b> closes nothing; <a> is open'], ['</a>', 'no element is open'],
    ['<a/><b/>', 'second root element <b>'], ['<a/>x<!-- -->', 'behind the root'], ['x<a/>', '"x" stands outside'], ['<a b></a>', '"b" is no attribute'], ['<a b="1"c="2"/>', 'is no attribute'], ['<a b="1" b="2"/>', 'stands twice'],
    ['<a b="<"/>', 'must be written "&lt;"'], ['<a>1 < 2</a>', 'does not begin with a name'], ['<a>R & D</a>', 'must be written "&amp;"'], ['<a>&eacute;</a>', 'none of the five entities'], ['<a>&#0;</a>', 'is no character'],
    ['<a>&#xD800;</a>', 'is no character'], ['<a>&#99999999999;</a>', 'is no character'], ['<?xml version="1.0" encoding="UTF-7"?><a/>', 'encoding "UTF-7" is not read'],
  ])('%p: %s', (text, expected) => {
    expect(problem(text)).toContain(expected);
  });

  it('has a place', () => {
    expect(scan('<a>\n  <b>\n   </c>\n</a>').error).toMatchObject({ line: 3, column: 4 });
  });

  it.each([
    ['an entity bomb', `<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "lol">${Array.from({ length: 9 }, (_none, index) => `<!ENTITY a${index} "${'&a;'.repeat(10)}">`).join('')}]><lolz>&a8;</lolz>`],
    ['a quadratic bomb', `<!DOCTYPE a [<!ENTITY x "${'y'.repeat(2_000_000)}">]><a>${'&x;'.repeat(10_000)}</a>`],
    ['an external entity', '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'], ['a parameter entity', '<!DOCTYPE a [<!ENTITY % x SYSTEM "http://127.0.0.1/x">%x;]><a/>'],
    ['an empty document type', '<!DOCTYPE a><a/>'], ['one in UTF-16', Buffer.from('\ufeff<!DOCTYPE a><a/>', 'utf16le')], ['one in lower case', '<!doctype a><a/>'], ['an entity without a type', '<a><!ENTITY x "y"></a>'],
  ])('%s, within 50 ms of processor time', (_name, text) => {
    const bytes = Buffer.from(text);
    const start = process.cpuUsage();
    expect(problem(bytes)).toContain('a document type or entities are refused');
    const { user, system } = process.cpuUsage(start);
    expect((user + system) / 1_000).toBeLessThan(50);
  });

  it.each([
    ['nesting', '<a>'.repeat(200_000), `more than ${XML_NESTING_MAX} elements stand in one another`], ['an attribute', `<a b="${'x'.repeat(5_000_000)}"/>`, `a tag has more than ${XML_TAG_LENGTH_MAX} characters`],
    ['a text', `<a>${'x'.repeat(5_000_000)}</a>`, `more than ${XML_TEXT_LENGTH_MAX} characters`], ['a comment', `<!--${'x'.repeat(3_000_000)}--><a/>`, `more than ${XML_TEXT_LENGTH_MAX} characters`],
    ['a name', `<${'x'.repeat(300)}/>`, 'a name has more than 256 characters'], ['attributes', `<a ${Array.from({ length: 200 }, (_none, index) => `b${index}=""`).join(' ')}/>`, 'more than 100 attributes'],
    ['numeric references in one text', `<a>${'&#65;'.repeat(5_000_000)}</a>`, `more than ${XML_TEXT_LENGTH_MAX} characters`],
    ['numeric references in many', `<a>${`<b>${'&#65;'.repeat(1_000)}</b>`.repeat(XML_NUMERIC_REFERENCES_MAX / 1_000 + 1)}</a>`, `more than ${XML_NUMERIC_REFERENCES_MAX} numeric references`],
  ])('too much of %s', (_name, text, expected) => {
    const start = process.cpuUsage();
    expect(problem(text)).toContain(expected);
    const { user, system } = process.cpuUsage(start);
    expect((user + system) / 1_000).toBeLessThan(2_000);
  });

  it('keeps names that JavaScript knows apart from its own', () => {
    expect(scan('<__proto__ __proto__="1" constructor="2"><constructor>x</constructor></__proto__>').events).toEqual(['<__proto__ __proto__=1 constructor=2 1:1', '<constructor 1:42', 'x', '/constructor', '/__proto__']);
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  it.each(['<?xml version="1.0"?><invoice>1</invoice>', '<!DOCTYPE lolz [<!ENTITY a "b">]><lolz>&a;</lolz>'])('of no known kind is refused, not read as text: %s', async (text) => {
    expect((await parseDocument(Buffer.from(text))).refused?.problem).toContain('XML of no kind that is read here');
  });
});
