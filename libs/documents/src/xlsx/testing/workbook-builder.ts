import { crc32, deflateRawSync } from 'node:zlib';

/** A file to be packed; `declaredBytes` lets its header lie. */
export interface PackedFile {
  readonly name: string;
  readonly content: string | Uint8Array;
  readonly declaredBytes?: number;
  /** Upper half of the external attributes: the Unix file mode. */
  readonly mode?: number;
  readonly flags?: number;
}

export interface BuiltSheet {
  readonly name: string;
  /** The content of `<sheetData>`; rows from cells with {@link rowsXml}. */
  readonly rows: string;
  readonly hidden?: boolean;
  readonly behind?: string;
}

export interface BuiltWorkbook {
  readonly sheets: readonly BuiltSheet[];
  readonly strings?: readonly string[];
  /** Number format codes; style n is format n - 1, style 0 is General. */
  readonly formats?: readonly string[];
  readonly since1904?: boolean;
}

const RELATIONS = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const PACKAGE_RELATIONS = 'http://schemas.openxmlformats.org/package/2006/relationships';
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';

/** A small archive as spreadsheet programs write them. */
export function zip(files: readonly PackedFile[]): Buffer {
  const bodies: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const { name, content, declaredBytes, mode = 0, flags = 0 } of files) {
    const bytes = Buffer.from(content);
    const packed = deflateRawSync(bytes);
    const title = Buffer.from(name);
    const [local, entry] = [Buffer.alloc(30), Buffer.alloc(46)];
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(8, 8);
    local.writeUInt16LE(title.length, 26);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt16LE(flags, 8);
    entry.writeUInt16LE(8, 10);
    entry.writeUInt32LE(crc32(bytes), 16);
    entry.writeUInt32LE(packed.length, 20);
    entry.writeUInt32LE(declaredBytes ?? bytes.length, 24);
    entry.writeUInt16LE(title.length, 28);
    entry.writeUInt32LE((mode << 16) >>> 0, 38);
    entry.writeUInt32LE(at, 42);
    bodies.push(local, title, packed);
    directory.push(entry, title);
    at += local.length + title.length + packed.length;
  }
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(files.length, 8);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(directory.reduce((sum, { length }) => sum + length, 0), 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...bodies, ...directory, end]);
}

export function workbookFiles({ sheets, strings = [], formats = [], since1904 = false }: BuiltWorkbook): PackedFile[] {
  const relation = (id: string, type: string, target: string): string => `<Relationship Id="${id}" Type="${RELATIONS}/${type}" Target="${target}"/>`;
  const relations = (content: string): string => `<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="${PACKAGE_RELATIONS}">${content}</Relationships>`;
  return [
    { name: '[Content_Types].xml', content: '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>' },
    { name: '_rels/.rels', content: relations(relation('rId1', 'officeDocument', 'xl/workbook.xml')) },
    {
      name: 'xl/workbook.xml',
      content: `<workbook xmlns="${MAIN}" xmlns:r="${RELATIONS}"><workbookPr${since1904 ? ' date1904="1"' : ''}/><sheets>${sheets.map(({ name, hidden }, index) => `<sheet name="${name}" sheetId="${index + 1}"${hidden === true ? ' state="hidden"' : ''} r:id="rId${index + 1}"/>`).join('')}</sheets></workbook>`,
    },
    { name: 'xl/_rels/workbook.xml.rels', content: relations(sheets.map((_, index) => relation(`rId${index + 1}`, 'worksheet', `worksheets/sheet${index + 1}.xml`)).join('') + relation('rIdS', 'sharedStrings', 'sharedStrings.xml') + relation('rIdF', 'styles', 'styles.xml')) },
    { name: 'xl/sharedStrings.xml', content: `<sst xmlns="${MAIN}">${strings.map((text) => `<si><t xml:space="preserve">${text}</t></si>`).join('')}</sst>` },
    {
      name: 'xl/styles.xml',
      content: `<styleSheet xmlns="${MAIN}"><numFmts>${formats.map((code, index) => `<numFmt numFmtId="${164 + index}" formatCode="${code.replaceAll('"', '&quot;')}"/>`).join('')}</numFmts><cellXfs><xf numFmtId="0"/>${formats.map((_, index) => `<xf numFmtId="${164 + index}"/>`).join('')}</cellXfs></styleSheet>`,
    },
    ...sheets.map(({ rows, behind = '' }, index) => ({ name: `xl/worksheets/sheet${index + 1}.xml`, content: `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<worksheet xmlns="${MAIN}"><dimension ref="A1"/><sheetData>${rows}</sheetData>${behind}</worksheet>` })),
  ];
}

export function workbook(built: BuiltWorkbook): Buffer {
  return zip(workbookFiles(built));
}

/** A cell of {@link rowsXml}: a text, a stored number with its style, or XML as it stands. */
export type BuiltCell = string | { readonly number: string; readonly style?: number } | { readonly xml: string } | null;

/** Rows from 1 on, each cell with its address, texts inline. */
export function rowsXml(rows: readonly (readonly BuiltCell[])[]): string {
  return rows.map((cells, index) => `<row r="${index + 1}">${cells.map((cell, column) => cellXml(cell, `${String.fromCharCode(65 + column)}${index + 1}`)).join('')}</row>`).join('');
}

function cellXml(cell: BuiltCell, address: string): string {
  if (cell === null) return '';
  if (typeof cell === 'string') return `<c r="${address}" t="inlineStr"><is><t>${cell}</t></is></c>`;
  if ('xml' in cell) return cell.xml.replace('<c', `<c r="${address}"`);
  return `<c r="${address}" s="${cell.style ?? 0}"><v>${cell.number}</v></c>`;
}
