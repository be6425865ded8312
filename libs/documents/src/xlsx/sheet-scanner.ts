import { type ByteDecoder, decoderOf } from '../xml/byte-decoder.js';
import { SHEET_MARGIN_LENGTH_MAX, SHEET_ROW_LENGTH_MAX } from './limits.js';
import { XlsxError } from './xlsx-error.js';

/** A cell as the sheet's XML has it, references not replaced. */
export interface RawCell {
  /** `B7`; empty where the sheet leaves it to the order. */
  readonly address: string;
  readonly type: string;
  readonly style: string;
  /** What stands inside `<c>`. */
  readonly content: string;
}

export interface SheetHandler {
  row(number: string, hidden: boolean, cells: readonly RawCell[]): void;
  /** `A1:C1` */
  merged(region: string): void;
}

const BLANKS = /[ \t\r\n]*/y;

/**
 * Cuts a sheet into rows as it arrives. A general reader of XML spends most of its time on the five tags of every cell; this one knows what
 * may stand in a sheet, takes nothing else, and refuses what does: no piece between two rows or two cells is passed over.
 */
export class SheetScanner {
  #decoder: ByteDecoder | null = null;
  #text = '';
  #at = 0;
  #state: 'head' | 'rows' | 'tail' = 'head';
  /** Prefix of the sheet's names: `x:` in files of some programs. */
  #prefix = '';
  #lastRow = '';

  constructor(private readonly handler: SheetHandler, private readonly part: string) {}

  /** @throws XlsxError */
  push(bytes: Uint8Array, last: boolean): void {
    this.#decoder ??= decoderOf(bytes);
    if (this.#decoder === null) throw this.#error('the sheet is in an encoding that is not read');
    this.#text = this.#text.slice(this.#at) + this.#decoder.decode(bytes, last);
    this.#at = 0;
    if (this.#state === 'head') this.#head(last);
    if (this.#state === 'rows') this.#rows();
    if (this.#state === 'tail') this.#tail(last);
    else if (last) throw this.#error('the sheet ends before its rows do: the workbook is damaged');
  }

  #head(last: boolean): void {
    const text = this.#text;
    if (/<!(?:DOCTYPE|ENTITY)/.test(text)) throw this.#error('the sheet has a document type, which is refused, because such declarations can be used to attack whoever reads them');
    this.#prefix = /<([\w.-]+:)?worksheet[\s>]/.exec(text)?.[1] ?? '';
    const data = new RegExp(`<${this.#prefix}sheetData\\s*(/?)>`).exec(text);
    if (data === null) {
      if (last || text.length > SHEET_MARGIN_LENGTH_MAX) throw this.#error('the sheet has no rows where they should be: it is damaged');
      return;
    }
    this.#at = data.index + data[0].length;
    this.#state = data[1] === '/' ? 'tail' : 'rows';
  }

  #rows(): void {
    const text = this.#text;
    const [open, close, done] = [`<${this.#prefix}row`, `</${this.#prefix}row>`, `</${this.#prefix}sheetData`];
    for (;;) {
      const at = behindBlanks(text, this.#at);
      if (text.length - at < done.length) break;
      if (text.startsWith(done, at)) {
        this.#at = at;
        this.#state = 'tail';
        return;
      }
      if (!text.startsWith(open, at)) throw this.#error(`"${text.slice(at, at + 20)}" stands between two rows`);
      const tagEnd = text.indexOf('>', at);
      if (tagEnd === -1) break;
      const empty = text.charCodeAt(tagEnd - 1) === 47;
      const end = empty ? tagEnd + 1 : text.indexOf(close, tagEnd);
      if (end === -1) break;
      this.#row(text.slice(at + open.length, tagEnd), empty ? '' : text.slice(tagEnd + 1, end));
      this.#at = empty ? end : end + close.length;
    }
    if (text.length - this.#at > SHEET_ROW_LENGTH_MAX) throw this.#error(`a row has more than ${SHEET_ROW_LENGTH_MAX} characters`);
  }

  #row(tag: string, content: string): void {
    this.#lastRow = attribute(tag, 'r') || this.#lastRow;
    const cells: RawCell[] = [];
    const [open, close] = [`<${this.#prefix}c`, `</${this.#prefix}c>`];
    let at = behindBlanks(content, 0);
    while (at < content.length) {
      const tagEnd = content.startsWith(open, at) ? content.indexOf('>', at) : -1;
      const empty = content.charCodeAt(tagEnd - 1) === 47;
      const end = tagEnd === -1 ? -1 : empty ? tagEnd + 1 : content.indexOf(close, tagEnd);
      if (end === -1) throw this.#error(`"${content.slice(at, at + 20)}" stands where a cell should be`);
      const cellTag = content.slice(at + open.length, tagEnd);
      cells.push({ address: attribute(cellTag, 'r'), type: attribute(cellTag, 't'), style: attribute(cellTag, 's'), content: empty ? '' : content.slice(tagEnd + 1, end) });
      at = behindBlanks(content, empty ? end : end + close.length);
    }
    const hidden = attribute(tag, 'hidden');
    this.handler.row(attribute(tag, 'r'), hidden === '1' || hidden === 'true', cells);
  }

  #tail(last: boolean): void {
    const text = this.#text;
    if (text.length - this.#at > SHEET_MARGIN_LENGTH_MAX) throw this.#error(`more than ${SHEET_MARGIN_LENGTH_MAX} characters stand behind the rows`);
    if (!last) return;
    if (!text.includes('worksheet>', this.#at)) throw this.#error('the sheet is cut behind its rows: the workbook is damaged');
    for (const [, region = ''] of text.slice(this.#at).matchAll(/mergeCell ref=["']([A-Z0-9:]{2,30})["']/g)) this.handler.merged(region);
  }

  #error(problem: string): XlsxError {
    const row = Number(this.#lastRow);
    return new XlsxError(problem, this.part, Number.isInteger(row) && row > 0 ? row : null);
  }
}

/** The value of an attribute in a tag's text; empty when it is not there. */
export function attribute(tag: string, name: string): string {
  const at = tag.indexOf(` ${name}="`);
  if (at === -1) return tag.includes("'") || tag.includes(' =') ? new RegExp(`\\s${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`).exec(tag)?.slice(1).find((value) => value !== undefined) ?? '' : '';
  const from = at + name.length + 3;
  return tag.slice(from, tag.indexOf('"', from));
}

function behindBlanks(text: string, at: number): number {
  const code = text.charCodeAt(at);
  if (code > 32) return at;
  BLANKS.lastIndex = at;
  return at + (BLANKS.exec(text)?.[0].length ?? 0);
}
