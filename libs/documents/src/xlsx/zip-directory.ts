import { ZIP_ENTRIES_MAX } from './limits.js';
import { XlsxError } from './xlsx-error.js';

/** A packed file as the archive's directory tells it. Nothing of it is believed while it is unpacked. */
export interface ZipEntry {
  readonly name: string;
  readonly method: number;
  readonly checksum: number;
  readonly packedBytes: number;
  readonly bytes: number;
  readonly headerAt: number;
}

// Signatures and lengths of APPNOTE.TXT 6.3, sections 4.3.7, 4.3.12 and 4.3.16.
const END_SIGNATURE = 0x06054b50;
const END_LENGTH = 22;
const COMMENT_LENGTH_MAX = 65_535;
const ENTRY_SIGNATURE = 0x02014b50;
const ENTRY_LENGTH = 46;
const LOCAL_SIGNATURE = 0x04034b50;
const LOCAL_LENGTH = 30;
const IN_ZIP64 = 0xffffffff;
const FILE_TYPE_MASK = 0o170000;
const SYMBOLIC_LINK = 0o120000;

/**
 * The directory at the end of an archive.
 * @throws XlsxError when it is damaged, has too many entries, encrypted ones, links, or names that lead out of the archive
 */
export function readZipDirectory(archive: Buffer): ReadonlyMap<string, ZipEntry> {
  const end = endOfDirectory(archive);
  const count = archive.readUInt16LE(end + 10);
  const length = archive.readUInt32LE(end + 12);
  let at = archive.readUInt32LE(end + 16);
  if (count > ZIP_ENTRIES_MAX) throw new XlsxError(`the workbook holds more than ${ZIP_ENTRIES_MAX} files`);
  if (at === IN_ZIP64 || at + length > end) throw new XlsxError('the directory of the workbook is damaged or larger than 4 GB; save it again');
  const entries = new Map<string, ZipEntry>();
  const stop = at + length;
  for (let index = 0; index < count; index += 1) {
    if (at + ENTRY_LENGTH > stop || archive.readUInt32LE(at) !== ENTRY_SIGNATURE) throw new XlsxError('the directory of the workbook is damaged; save it again or ask for it to be sent again');
    const next = at + ENTRY_LENGTH + archive.readUInt16LE(at + 28) + archive.readUInt16LE(at + 30) + archive.readUInt16LE(at + 32);
    if (next > stop) throw new XlsxError('the directory of the workbook is damaged; save it again or ask for it to be sent again');
    const entry = entryAt(archive, at);
    if (entries.has(entry.name)) throw new XlsxError('the workbook holds two files of one name; it was not made by a spreadsheet program', entry.name);
    entries.set(entry.name, entry);
    at = next;
  }
  return entries;
}

/** The packed bytes of an entry. @throws XlsxError when its own header is not where the directory says */
export function packedBytesOf(archive: Buffer, { name, headerAt, packedBytes }: ZipEntry): Buffer {
  const broken = headerAt + LOCAL_LENGTH > archive.length || archive.readUInt32LE(headerAt) !== LOCAL_SIGNATURE;
  const from = broken ? 0 : headerAt + LOCAL_LENGTH + archive.readUInt16LE(headerAt + 26) + archive.readUInt16LE(headerAt + 28);
  if (broken || from + packedBytes > archive.length) throw new XlsxError('a file inside the workbook is not where its directory says; the workbook is damaged', name);
  return archive.subarray(from, from + packedBytes);
}

function endOfDirectory(archive: Buffer): number {
  const first = Math.max(0, archive.length - END_LENGTH - COMMENT_LENGTH_MAX);
  for (let at = archive.length - END_LENGTH; at >= first; at -= 1) {
    if (archive.readUInt32LE(at) === END_SIGNATURE && at + END_LENGTH + archive.readUInt16LE(at + 20) <= archive.length) return at;
  }
  throw new XlsxError('the workbook is cut: its directory is missing; ask for it to be sent again');
}

function entryAt(archive: Buffer, at: number): ZipEntry {
  const name = archive.toString('utf8', at + ENTRY_LENGTH, at + ENTRY_LENGTH + archive.readUInt16LE(at + 28));
  const [packedBytes, bytes] = [archive.readUInt32LE(at + 20), archive.readUInt32LE(at + 24)];
  if ((archive.readUInt16LE(at + 8) & 1) !== 0) throw new XlsxError('the workbook is encrypted; send it without a password', name);
  if (leadsOut(name)) throw new XlsxError('a file inside the workbook has a name that leads out of it; such archives are made to attack whoever unpacks them', name.slice(0, 100));
  if (((archive.readUInt32LE(at + 38) >>> 16) & FILE_TYPE_MASK) === SYMBOLIC_LINK) throw new XlsxError('the workbook holds a symbolic link; such archives are made to attack whoever unpacks them', name);
  if (packedBytes === IN_ZIP64 || bytes === IN_ZIP64) throw new XlsxError('a file inside the workbook has 4 GB or more', name);
  return { name: name.replace(/^\//, ''), method: archive.readUInt16LE(at + 10), checksum: archive.readUInt32LE(at + 16), packedBytes, bytes, headerAt: archive.readUInt32LE(at + 42) };
}

/** Some programs write `/xl/workbook.xml` or backslashes; what leads upwards is nobody's habit. */
function leadsOut(name: string): boolean {
  return name === '' || name.includes('\0') || /^[a-z]:/i.test(name) || name.startsWith('//') || name.split(/[/\\]/).includes('..');
}
