import { type XmlAttributes, type XmlHandler, XmlScanner } from '../xml/index.js';
import { CELL_STYLES_MAX, SHARED_STRING_CHARACTERS_MAX, SHARED_STRINGS_MAX, SHEETS_MAX } from './limits.js';
import { GENERAL, type NumberFormat, numberFormat } from './number-format.js';
import { XlsxError } from './xlsx-error.js';
import type { Package } from './zip-unpacking.js';

export interface SheetPart {
  readonly name: string;
  readonly part: string;
  readonly hidden: boolean;
}

/** The workbook's own words: its sheets in order, and how it counts days. */
export interface Workbook {
  readonly sheets: readonly SheetPart[];
  readonly since1904: boolean;
}

/** @throws XlsxError @throws XmlError */
export async function readWorkbook(files: Package): Promise<Workbook> {
  const root = await mainPart(files);
  const targets = await relations(files, root);
  const sheets: SheetPart[] = [];
  let since1904 = false;
  await scan(files, root, {
    start: (name, attributes) => {
      if (name === 'workbookPr') since1904 = isTrue(attributes.get('date1904'));
      if (name !== 'sheet') return;
      if (sheets.length >= SHEETS_MAX) throw new XlsxError(`the workbook has more than ${SHEETS_MAX} sheets`, root);
      const target = targets.get(attributes.get('id') ?? '');
      // Sheets of charts and macros have no cells.
      if (target?.type.endsWith('/worksheet') === true) sheets.push({ name: attributes.get('name') ?? '', part: target.part, hidden: (attributes.get('state') ?? 'visible') !== 'visible' });
    },
  });
  if (sheets.length === 0) throw new XlsxError('the workbook has no sheet with cells', root);
  return { sheets, since1904 };
}

/** Texts that cells name by number. @throws XlsxError @throws XmlError */
export async function readSharedStrings(files: Package): Promise<readonly string[]> {
  const part = await relatedPart(files, '/sharedStrings');
  if (part === null) return [];
  const strings: string[] = [];
  let characters = 0;
  let text = '';
  let inText = false;
  let phonetic = 0;
  await scan(files, part, {
    start: (name) => {
      if (name === 'si') text = '';
      else if (name === 'rPh') phonetic += 1;
      else if (name === 't') inText = true;
    },
    text: (piece) => { if (inText && phonetic === 0) text += piece; },
    end: (name) => {
      if (name === 't') inText = false;
      else if (name === 'rPh') phonetic -= 1;
      else if (name === 'si') {
        characters += text.length;
        if (strings.length >= SHARED_STRINGS_MAX || characters > SHARED_STRING_CHARACTERS_MAX) throw new XlsxError(`the workbook has more than ${SHARED_STRINGS_MAX} texts, or ${SHARED_STRING_CHARACTERS_MAX} characters of them`, part);
        strings.push(unescaped(text));
      }
    },
  });
  return strings;
}

/** The number format of each cell style. @throws XlsxError @throws XmlError */
export async function readStyles(files: Package): Promise<readonly NumberFormat[]> {
  const part = await relatedPart(files, '/styles');
  if (part === null) return [GENERAL];
  const codes = new Map<number, string>();
  const styles: NumberFormat[] = [];
  let inCellStyles = false;
  await scan(files, part, {
    start: (name, attributes) => {
      if (name === 'numFmt') codes.set(Number(attributes.get('numFmtId')), attributes.get('formatCode') ?? '');
      else if (name === 'cellXfs') inCellStyles = true;
      else if (name === 'xf' && inCellStyles) {
        if (styles.length >= CELL_STYLES_MAX) throw new XlsxError(`the workbook has more than ${CELL_STYLES_MAX} cell styles`, part);
        const id = Number(attributes.get('numFmtId') ?? '0');
        styles.push(numberFormat(id, codes.get(id) ?? null));
      }
    },
    end: (name) => { if (name === 'cellXfs') inCellStyles = false; },
  });
  return styles;
}

/** Characters that XML cannot hold are written `_x000D_`; `_x005F_` is the underscore of a text that looks so itself. */
export function unescaped(text: string): string {
  return text.includes('_x') ? text.replace(/_x([0-9A-Fa-f]{4})_/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16))) : text;
}

interface Relation {
  readonly type: string;
  readonly part: string;
}

async function mainPart(files: Package): Promise<string> {
  if (!files.has('_rels/.rels')) throw new XlsxError('the archive is no workbook: it lacks _rels/.rels');
  const found = [...(await relations(files, '')).values()].find(({ type }) => type.endsWith('/officeDocument'));
  if (found === undefined) throw new XlsxError('the archive is no workbook: it names no main part', '_rels/.rels');
  if (found.part.endsWith('.bin')) throw new XlsxError('the workbook is an .xlsb, which is not read; save it as .xlsx', found.part);
  if (!/workbook/i.test(found.part)) throw new XlsxError('the archive is an office document but no workbook', found.part);
  return found.part;
}

async function relatedPart(files: Package, type: string): Promise<string | null> {
  return [...(await relations(files, await mainPart(files))).values()].find((relation) => relation.type.endsWith(type))?.part ?? null;
}

/** What a part names, by id; its own path is what relative targets begin at. */
async function relations(files: Package, part: string): Promise<ReadonlyMap<string, Relation>> {
  const folder = part.slice(0, part.lastIndexOf('/') + 1);
  const name = `${folder}_rels/${part.slice(folder.length)}.rels`;
  const found = new Map<string, Relation>();
  if (!files.has(name)) return found;
  await scan(files, name, {
    start: (element, attributes) => {
      if (element !== 'Relationship' || attributes.get('TargetMode') === 'External') return;
      found.set(attributes.get('Id') ?? '', { type: attributes.get('Type') ?? '', part: pathOf(folder, attributes.get('Target') ?? '') });
    },
  });
  return found;
}

function pathOf(folder: string, target: string): string {
  const parts: string[] = [];
  for (const step of (target.startsWith('/') ? target : folder + target).split('/')) {
    if (step === '..') parts.pop();
    else if (step !== '' && step !== '.') parts.push(step);
  }
  return parts.join('/');
}

function isTrue(text: string | undefined): boolean {
  return text === '1' || text === 'true';
}

interface PartHandler {
  start(name: string, attributes: XmlAttributes): void;
  text?: XmlHandler['text'];
  end?: XmlHandler['end'];
}

async function scan(files: Package, part: string, { start, text = () => undefined, end = () => undefined }: PartHandler): Promise<void> {
  const scanner = new XmlScanner({ start, text, end });
  for await (const piece of files.unpack(part)) scanner.push(piece);
  scanner.end();
}
