/** How the bytes of a file became text. */
export type TextEncoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252';

export interface DecodedText {
  /** Without byte order mark; every line ends in `\n`. */
  readonly text: string;
  readonly encoding: TextEncoding;
}

/** Bytes looked at to recognise UTF-16 that has no byte order mark. */
const SAMPLE_BYTES = 512;

/**
 * Bytes to text, by byte order mark, then by what the bytes are: UTF-16 has a zero in every second byte of Latin text, UTF-8 is
 * recognised by being valid, and what is left is read as windows-1252, in which every byte means something.
 */
export function decodeText(bytes: Uint8Array): DecodedText {
  const encoding = encodingOf(bytes);
  const text = new TextDecoder(encoding).decode(bytes);
  return { text: text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text, encoding };
}

/** The encoding of a file by bytes from its beginning that end with a line. */
export function encodingOf(bytes: Uint8Array): TextEncoding {
  return encodingOfStart(bytes) ?? (isUtf8(bytes) ? 'utf-8' : 'windows-1252');
}

/** UTF-16 by the beginning of a file; null for an encoding of single bytes, which only the whole file tells. */
export function encodingOfStart(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | null {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  const length = Math.min(bytes.length, SAMPLE_BYTES) & ~1;
  let evenZeros = 0;
  let oddZeros = 0;
  for (let index = 0; index < length; index += 2) {
    if (bytes[index] === 0) evenZeros += 1;
    if (bytes[index + 1] === 0) oddZeros += 1;
  }
  const most = length * 0.4;
  if (length >= 4 && oddZeros >= most) return 'utf-16le';
  if (length >= 4 && evenZeros >= most) return 'utf-16be';
  return null;
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}
