import { crc32, createInflateRaw } from 'node:zlib';
import { ZIP_RATIO_FROM_BYTES, ZIP_RATIO_MAX, ZIP_UNPACKED_BYTES_MAX } from './limits.js';
import { XlsxError } from './xlsx-error.js';
import { packedBytesOf, readZipDirectory, type ZipEntry } from './zip-directory.js';

const STORED = 0;
const DEFLATED = 8;
const CHUNK_BYTES = 128 * 1024;

/**
 * The files packed in a workbook, unpacked piece by piece. Sizes are checked as declared before anything is unpacked, and as they really are
 * while it is: the first byte beyond what the directory says ends it.
 */
export class Package {
  readonly #entries: ReadonlyMap<string, ZipEntry>;
  #unpacked = 0;

  /** @throws XlsxError */
  constructor(private readonly archive: Buffer) {
    this.#entries = readZipDirectory(archive);
  }

  has(name: string): boolean {
    return this.#entries.has(name);
  }

  /** @throws XlsxError when it is missing, packed in an unknown way, damaged, or larger than allowed or than declared */
  async *unpack(name: string): AsyncGenerator<Buffer> {
    const entry = this.#entries.get(name);
    if (entry === undefined) throw new XlsxError('the workbook lacks this part; it is damaged or no workbook', name);
    this.#checkDeclared(entry);
    let counted = 0;
    let checksum = 0;
    for await (const piece of pieces(packedBytesOf(this.archive, entry), entry)) {
      counted += piece.length;
      if (counted > entry.bytes) throw new XlsxError(`this part says that it unpacks to ${entry.bytes} bytes and is larger; the workbook is damaged or made to attack whoever reads it`, name);
      checksum = crc32(piece, checksum);
      yield piece;
    }
    if (counted !== entry.bytes || checksum !== entry.checksum) throw new XlsxError('this part does not agree with its checksum; the workbook is damaged', name);
  }

  #checkDeclared({ name, bytes, packedBytes, method }: ZipEntry): void {
    this.#unpacked += bytes;
    if (method !== STORED && method !== DEFLATED) throw new XlsxError('this part is packed in a way that is not read; save the workbook again', name);
    if (method === STORED && bytes !== packedBytes) throw new XlsxError('this part is not packed and has two sizes; the workbook is damaged', name);
    if (this.#unpacked > ZIP_UNPACKED_BYTES_MAX) throw new XlsxError(`the workbook unpacks to more than ${ZIP_UNPACKED_BYTES_MAX} bytes; divide it`, name);
    if (bytes > ZIP_RATIO_FROM_BYTES && bytes > packedBytes * ZIP_RATIO_MAX) {
      throw new XlsxError(`this part unpacks to ${Math.round(bytes / Math.max(1, packedBytes))} times its size, ${ZIP_RATIO_MAX} are allowed; such archives are made to attack whoever unpacks them`, name);
    }
  }
}

async function* pieces(packed: Buffer, { name, method }: ZipEntry): AsyncGenerator<Buffer> {
  if (method === STORED) {
    for (let from = 0; from < packed.length; from += CHUNK_BYTES) yield packed.subarray(from, from + CHUNK_BYTES);
    return;
  }
  const inflate = createInflateRaw({ chunkSize: CHUNK_BYTES });
  inflate.end(packed);
  try {
    for await (const piece of inflate) yield piece as Buffer;
  } catch (error) {
    if (error instanceof Error && 'code' in error && String(error.code).startsWith('Z_')) throw new XlsxError('this part cannot be unpacked; the workbook is damaged', name);
    throw error;
  } finally {
    inflate.destroy();
  }
}
