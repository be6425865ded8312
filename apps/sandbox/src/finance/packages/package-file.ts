import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate';
import { csvRows } from '../../simulation/csv-rows.js';
import { decimalOf, decimalText } from '../decimals.js';
import { ENUMS, type Cell, type Column, type Row } from '../odata/columns.js';

/** Raised when a package cannot be read at all. */
export class PackageError extends Error {
  override readonly name = 'PackageError';
}

export interface PackageFile {
  /** The entity's data management name. */
  readonly entity: string;
  readonly fileName: string;
  readonly text: string;
}

const MANIFEST = 'Manifest.xml';
const HEADER = 'PackageHeader.xml';
const ENTITY = /<EntityName>([^<]*)<\/EntityName>[\s\S]*?<InputFilePath>([^<]*)<\/InputFilePath>/g;
const NAMESPACE = 'http://schemas.microsoft.com/dynamics/2015/01/DataManagement';

function unescapeXml(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&apos;', "'").replaceAll('&amp;', '&');
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/**
 * Zip with Manifest.xml, PackageHeader.xml and one file per entity (reference 3.8). The manifest says which file is which entity's; a file it does
 * not name belongs to the entity of its own name.
 * @throws PackageError
 */
export function readPackage(bytes: Buffer): readonly PackageFile[] {
  let files: Record<string, Uint8Array>;
  try {
    files = unzipSync(bytes);
  } catch {
    throw new PackageError('The package is not a valid zip file.');
  }
  const manifest = files[MANIFEST];
  if (manifest === undefined || files[HEADER] === undefined) throw new PackageError(`The package has no ${manifest === undefined ? MANIFEST : HEADER}.`);
  const entities = new Map([...strFromU8(manifest).matchAll(ENTITY)].map((match) => [unescapeXml(match[2] ?? ''), unescapeXml(match[1] ?? '')]));
  return Object.entries(files).filter(([name]) => name !== MANIFEST && name !== HEADER && !name.endsWith('/')).map(([fileName, content]) => ({
    fileName, entity: entities.get(fileName) ?? fileName.replace(/\.[^.]*$/, ''), text: strFromU8(content),
  }));
}

/** The package of an export. @param at the day stamped into the header */
export function writePackage(project: string, files: readonly PackageFile[], at: Date): Buffer {
  const entities = files.map((file) => `<DataManagementPackageEntityData><EntityName>${escapeXml(file.entity)}</EntityName><InputFilePath>${escapeXml(file.fileName)}</InputFilePath><SourceFormat>CSV-Unicode</SourceFormat></DataManagementPackageEntityData>`);
  const manifest = `<?xml version="1.0" encoding="utf-8"?><DataManagementPackageManifest xmlns="${NAMESPACE}"><DefinitionGroupName>${escapeXml(project)}</DefinitionGroupName><Description/><PackageEntityList>${entities.join('')}</PackageEntityList></DataManagementPackageManifest>`;
  const header = `<?xml version="1.0" encoding="utf-8"?><DataManagementPackageHeader xmlns="${NAMESPACE}"><Description>${escapeXml(project)}</Description><ManifestType>Microsoft.Dynamics.AX.Framework.Tools.DataManagement.Serialization.DataManagementPackageManifest</ManifestType><PackageType>DefinitionGroup</PackageType><PackageVersion>2</PackageVersion></DataManagementPackageHeader>`;
  const content = Object.fromEntries([[MANIFEST, strToU8(manifest)], [HEADER, strToU8(header)], ...files.map((file) => [file.fileName, strToU8(file.text)] as const)]);
  return Buffer.from(zipSync(content, { mtime: at }));
}

/** One data row of a file: its number in the file and its texts by column name, upper case as staging tables have them. */
export interface StagedRow {
  readonly line: number;
  readonly texts: ReadonlyMap<string, string>;
}

/** A CSV file with a header row. Columns may be in any order and any case. */
export function stagedRows(text: string): readonly StagedRow[] {
  const [head, ...rows] = [...csvRows(text)];
  const names = (head?.cells ?? []).map((name) => name.trim().toUpperCase());
  return rows.filter((row) => row.cells.some((cell) => cell !== '')).map((row) => ({ line: row.line, texts: new Map(names.map((name, index) => [name, row.cells[index] ?? ''])) }));
}

/** A staged row as cells; empty texts are left out. @throws PackageError naming the column and the value */
export function rowOfStaged(definition: readonly Column[], staged: StagedRow): Row {
  const row: Record<string, Cell> = {};
  for (const column of definition) {
    const text = staged.texts.get(column.name.toUpperCase())?.trim() ?? '';
    if (text !== '') row[column.name] = cellOfText(column, text);
  }
  return row;
}

function cellOfText(column: Column, text: string): Cell {
  const wrong = (): never => { throw new PackageError(`The value '${text}' of ${column.name.toUpperCase()} cannot be converted.`); };
  switch (column.type) {
    case 'decimal': case 'int32': case 'int64':
      try {
        return column.type === 'decimal' ? decimalOf(text) : BigInt(text);
      } catch {
        return wrong();
      }
    case 'enum': return ENUMS[column.enumeration]?.find((member) => member.toLowerCase() === text.toLowerCase()) ?? wrong();
    case 'date': case 'instant': {
      const day = /^(\d{4}-\d{2}-\d{2})(?:[T ].*)?$/.exec(text)?.[1] ?? wrong();
      if (Number.isNaN(Date.parse(`${day}T00:00:00Z`))) wrong();
      return day === '1900-01-01' ? '' : day;
    }
    case 'string': return text;
  }
}

/** Rows as a CSV file with upper-case column names; decimals plain, empty dates as 1900-01-01. */
export function csvOf(definition: readonly Column[], rows: Iterable<Row>): string {
  const lines = [definition.map((column) => column.name.toUpperCase()).join(',')];
  for (const row of rows) lines.push(definition.map((column) => csvCell(column, row[column.name] ?? '')).join(','));
  return `${lines.join('\r\n')}\r\n`;
}

function csvCell(column: Column, cell: Cell): string {
  const text = typeof cell === 'string' ? (cell === '' && (column.type === 'date' || column.type === 'instant') ? '1900-01-01 00:00:00' : cell) : column.type === 'decimal' ? decimalText(cell) : String(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
