const BLOCKS = new Set(['address', 'article', 'blockquote', 'br', 'center', 'dd', 'div', 'dl', 'dt', 'footer', 'form', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'header', 'hr', 'li', 'ol', 'p', 'pre', 'section', 'table', 'tbody', 'tfoot', 'thead', 'tr', 'ul']);
/** Elements whose text nobody sees. */
const UNSEEN = new Set(['head', 'noscript', 'script', 'style', 'template', 'title']);
const TAG = /<(?:!--[\s\S]*?(?:-->|$)|[!?][^>]{0,2000}>|(\/?)([a-z][a-z0-9]{0,20})(?=[\s/>])((?:[^>"']|"[^"]{0,20000}"|'[^']{0,20000}')*)>)/gi;
const NAMED: Readonly<Record<string, string>> = {
  amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: '\u00a0', euro: '€', pound: '£', yen: '¥', copy: '©', reg: '®', ndash: '–', mdash: '—', hellip: '…', bull: '•', middot: '·', laquo: '«', raquo: '»', lsquo: '‘', rsquo: '’', ldquo: '“',
  rdquo: '”', minus: '−', thinsp: '\u2009', ensp: ' ', emsp: ' ', deg: '°', ordm: 'º', ordf: 'ª', sect: '§', shy: '', zwnj: '', auml: 'ä', ouml: 'ö', uuml: 'ü', Auml: 'Ä', Ouml: 'Ö', Uuml: 'Ü', szlig: 'ß', eacute: 'é', Eacute: 'É', egrave: 'è', ecirc: 'ê', agrave: 'à',
  acirc: 'â', ccedil: 'ç', ntilde: 'ñ', oacute: 'ó', aacute: 'á', iacute: 'í', uacute: 'ú', ocirc: 'ô', ucirc: 'û', ugrave: 'ù', icirc: 'î', iuml: 'ï', euml: 'ë', aring: 'å', oslash: 'ø', aelig: 'æ',
};

/**
 * The text of an HTML body as lines: blocks begin lines, cells of a table are parted by tabs, what is quoted begins with `> `. Nothing is
 * fetched and nothing runs; the text of scripts, styles and hidden elements is left out.
 */
export function htmlLines(html: string): string {
  const writer = new LineWriter();
  let from = 0;
  for (const match of html.matchAll(TAG)) {
    writer.text(html.slice(from, match.index));
    from = match.index + match[0].length;
    const [, closing, name, attributes = ''] = match;
    if (name !== undefined) writer.tag(name.toLowerCase(), closing === '/', attributes);
  }
  writer.text(html.slice(from));
  return writer.done();
}

/** True for a body whose table would be lost in its plain text. */
export function hasTable(html: string): boolean {
  return /<t[dh][\s>][\s\S]{0,4000}?<t[dh][\s>]/i.test(html);
}

class LineWriter {
  readonly #lines: string[] = [];
  #line = '';
  #quotes = 0;
  /** Cells of the open row so far. */
  #cells = 0;
  /** Name and depth of the element whose text is left out. */
  #unseen: string | null = null;
  #unseenDepth = 0;

  text(raw: string): void {
    if (this.#unseen !== null || raw === '') return;
    const words = decodeEntities(raw).replace(/[\t\n\r\f ]+/g, ' ');
    this.#line += this.#line === '' || /[\t ]$/.test(this.#line) ? words.trimStart() : words;
  }

  tag(name: string, closing: boolean, attributes: string): void {
    if (this.#skips(name, closing, attributes)) return;
    if (name === 'blockquote') {
      this.#break();
      this.#quotes = Math.max(0, this.#quotes + (closing ? -1 : 1));
    } else if (name === 'td' || name === 'th') {
      if (!closing) this.#cell();
    } else if (name === 'tr') {
      this.#break();
      this.#cells = 0;
    } else if (BLOCKS.has(name)) this.#block(name, closing);
  }

  #cell(): void {
    this.#cells += 1;
    if (this.#cells > 1) this.#line = `${this.#line.trimEnd()}\t`;
  }

  /** A block begins a line, except within a cell: a row of a table stays one line. */
  #block(name: string, closing: boolean): void {
    if (this.#cells > 0 && name !== 'table') {
      if (this.#line !== '' && !/[\t ]$/.test(this.#line)) this.#line += ' ';
      return;
    }
    if (name === 'br' && this.#line.trim() === '') this.#blank();
    this.#break();
    if (name === 'p' && closing) this.#blank();
    if (name === 'table') this.#cells = 0;
  }

  done(): string {
    this.#break();
    return this.#lines.join('\n');
  }

  #skips(name: string, closing: boolean, attributes: string): boolean {
    if (this.#unseen !== null) {
      if (name === this.#unseen) this.#unseenDepth += closing ? -1 : 1;
      if (this.#unseenDepth === 0) this.#unseen = null;
      return true;
    }
    const hidden = /\bdisplay\s*:\s*none|\bvisibility\s*:\s*hidden|\bfont-size\s*:\s*0(?:px|pt|em|;|"|$)/i.test(attributes) && !/\/\s*$/.test(attributes) && !['br', 'hr', 'img', 'input', 'meta', 'link', 'col'].includes(name);
    if (closing || (!UNSEEN.has(name) && !hidden)) return false;
    this.#unseen = name;
    this.#unseenDepth = 1;
    return true;
  }

  #break(): void {
    // Empty cells at the end keep their tabs: a column is told by its place.
    const line = this.#line.trim() === '' ? '' : this.#line.replace(/ +$/, '');
    this.#line = '';
    if (line !== '') this.#lines.push(`${'> '.repeat(this.#quotes)}${line}`);
  }

  /** A paragraph's end; one is enough. */
  #blank(): void {
    if (this.#lines.length > 0 && this.#lines.at(-1) !== '') this.#lines.push('');
  }
}

function decodeEntities(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]{2,8}));?/gi, (whole, decimal?: string, hexadecimal?: string, name?: string) => {
    if (name !== undefined) return NAMED[name] ?? NAMED[name.toLowerCase()] ?? whole;
    const code = decimal === undefined ? Number.parseInt(hexadecimal ?? '', 16) : Number(decimal);
    return code > 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff) ? String.fromCodePoint(code) : whole;
  });
}
