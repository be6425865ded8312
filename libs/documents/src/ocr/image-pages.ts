/** A page of a picture file. */
export interface ImagePage {
  readonly width: number;
  readonly height: number;
  /** Of a TIFF, whose recogniser reads the first directory only: where the page's directory stands, and where it names the next. */
  readonly directory: { readonly at: number; readonly nextAt: number; readonly littleEndian: boolean } | null;
}

export type ImageKind = 'png' | 'jpeg' | 'tiff';

/** A header that ends before it is whole. */
class CutOff extends Error {}

/** Big-endian or little-endian numbers of a header; beyond its end it is cut off. */
function numberAt(buffer: Buffer, at: number, bytes: 2 | 4, littleEndian: boolean): number {
  if (at + bytes > buffer.length) throw new CutOff();
  return littleEndian ? buffer.readUIntLE(at, bytes) : buffer.readUIntBE(at, bytes);
}

const TIFF_WIDTH = 256;
const TIFF_HEIGHT = 257;
const TIFF_ENTRY_BYTES = 12;
const TIFF_SHORT = 3;

/** What a picture is, by its first bytes. */
export function imageKind(bytes: Uint8Array): ImageKind | null {
  const head = Buffer.from(bytes.subarray(0, 8));
  if (head.equals(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]))) return 'png';
  if (head[0] === 0xff && head[1] === 0xd8 && head[2] === 0xff) return 'jpeg';
  return /^(?:II\*\0|MM\0\*)/.test(head.toString('latin1')) ? 'tiff' : null;
}

/** The pages of a picture file with their sizes, read from its headers before anything unpacks it; a sentence when they are not sound. */
export function imagePages(bytes: Uint8Array, kind: ImageKind, pagesMax: number): ImagePage[] | string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    if (kind === 'png') return [{ width: numberAt(buffer, 16, 4, false), height: numberAt(buffer, 20, 4, false), directory: null }];
    return kind === 'jpeg' ? jpegPage(buffer) : tiffPages(buffer, pagesMax);
  } catch (error) {
    if (error instanceof CutOff) return `the ${kind.toUpperCase()} file is cut off or damaged; ask for it to be sent again`;
    throw error;
  }
}

/** The size stands in the frame header, which any number of other segments may precede (ITU T.81, B.2). */
function jpegPage(buffer: Buffer): ImagePage[] | string {
  for (let at = 2; at < buffer.length;) {
    const marker = numberAt(buffer, at, 2, false);
    const frame = marker >= 0xffc0 && marker <= 0xffcf && marker !== 0xffc4 && marker !== 0xffc8 && marker !== 0xffcc;
    if (frame) return [{ height: numberAt(buffer, at + 5, 2, false), width: numberAt(buffer, at + 7, 2, false), directory: null }];
    if ((marker & 0xff00) !== 0xff00) break;
    at += 2 + Math.max(2, numberAt(buffer, at + 2, 2, false));
  }
  return 'the JPEG file has no frame header; ask for it to be sent again';
}

/** The directories of a TIFF file (TIFF 6.0, section 2), one a page. */
function tiffPages(buffer: Buffer, pagesMax: number): ImagePage[] | string {
  const little = buffer[0] === 0x49;
  const short = (at: number): number => numberAt(buffer, at, 2, little);
  const long = (at: number): number => numberAt(buffer, at, 4, little);
  const pages: ImagePage[] = [];
  const seen = new Set<number>();
  for (let directory = long(4); directory !== 0;) {
    if (seen.has(directory)) return 'the directories of the TIFF file run in a circle';
    if (pages.length >= pagesMax) return `the TIFF file has more than ${pagesMax} pages; split it`;
    seen.add(directory);
    const count = short(directory);
    let [width, height] = [0, 0];
    for (let entry = 0; entry < count; entry += 1) {
      const at = directory + 2 + entry * TIFF_ENTRY_BYTES;
      const value = short(at + 2) === TIFF_SHORT ? short(at + 8) : long(at + 8);
      if (short(at) === TIFF_WIDTH) width = value;
      if (short(at) === TIFF_HEIGHT) height = value;
    }
    const nextAt = directory + 2 + count * TIFF_ENTRY_BYTES;
    pages.push({ width, height, directory: { at: directory, nextAt, littleEndian: little } });
    directory = long(nextAt);
  }
  return pages;
}
