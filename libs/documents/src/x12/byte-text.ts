import { isAscii, isUtf8 } from 'node:buffer';
import { TextDecoder } from 'node:util';

const BYTES_MIN_FOR_DETECTION = 4;

/**
 * Bytes as text with one character a byte. Delimiters of X12 are bytes, and a file may mix what it calls a character set; so segments are
 * cut before anything is decoded, and only values that hold more than ASCII pay for {@link decodeValue}. UTF-16 is turned into UTF-8 first.
 */
export class ByteText {
  #first = true;
  #wide: TextDecoder | null = null;
  /** Bytes of the text at hand, and room for the next: one buffer for the whole file keeps what is resident small. */
  #buffer: Buffer = Buffer.alloc(0);
  #length = 0;

  /**
   * @param bytes the first call must give the first {@link BYTES_MIN_FOR_DETECTION} bytes of the file at least, if it has so many
   * @param kept characters at the end of the text before that the new one begins with
   */
  read(bytes: Uint8Array, kept: number): { readonly text: string; readonly plain: boolean } {
    let start = 0;
    if (this.#first) {
      this.#first = false;
      this.#wide = wideDecoder(bytes);
      if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) start = 3;
    }
    const narrow = this.#wide === null ? bytes.subarray(start) : Buffer.from(this.#wide.decode(bytes, { stream: true }), 'utf8');
    // Joined as bytes: a text joined from two would be copied again before it can be searched.
    const room = kept + narrow.length;
    const target = room <= this.#buffer.length ? this.#buffer : Buffer.allocUnsafe(room * 2);
    this.#buffer.copy(target, 0, this.#length - kept, this.#length);
    target.set(narrow, kept);
    this.#buffer = target;
    this.#length = room;
    const joined = target.subarray(0, room);
    return { text: joined.toString('latin1'), plain: isAscii(joined) };
  }
}

function wideDecoder(bytes: Uint8Array): TextDecoder | null {
  const [first, second, third, fourth] = bytes;
  if (bytes.length < BYTES_MIN_FOR_DETECTION) return null;
  if ((first === 0xff && second === 0xfe) || (second === 0 && fourth === 0)) return new TextDecoder('utf-16le');
  if ((first === 0xfe && second === 0xff) || (first === 0 && third === 0)) return new TextDecoder('utf-16be');
  return null;
}

const windows1252 = new TextDecoder('windows-1252');

/** A value of a {@link ByteText} as its sender meant it: UTF-8 if it is valid UTF-8, else windows-1252. */
export function decodeValue(text: string): string {
  const bytes = Buffer.from(text, 'latin1');
  if (isAscii(bytes)) return text;
  return isUtf8(bytes) ? bytes.toString('utf8') : windows1252.decode(bytes);
}
