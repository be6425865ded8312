import { isAscii } from 'node:buffer';
import { decodeText, encodingOf, type TextEncoding } from '../text-decoding.js';

const NEWLINE = 10;
const RETURN = 13;

/**
 * Text of a file that comes in pieces, whole lines at a time, so that no character and no line break is ever cut. The encoding is settled
 * by the first piece, which is some megabytes; bytes that contradict it later are read as windows-1252 as long as the file was plain ASCII
 * until then, else each as U+FFFD, which {@link damaged} tells.
 */
export class TextStream {
  damaged = false;
  #encoding: TextEncoding | null = null;
  #ascii = true;
  #rest: Uint8Array = new Uint8Array();
  #wide: InstanceType<typeof TextDecoder> | null = null;

  /** Bytes held back because their line is not complete. */
  get waiting(): number {
    return this.#rest.length;
  }

  /** @param last true when no more bytes will come */
  decode(piece: Uint8Array, last: boolean): string {
    const bytes = this.#rest.length === 0 ? piece : Buffer.concat([this.#rest, piece]);
    if (this.#encoding === null && last) return decodeText(bytes).text;
    const cut = last ? bytes.length : behindLastLine(bytes);
    const lines = bytes.subarray(0, cut);
    this.#encoding ??= encodingOf(lines);
    if (this.#encoding === 'utf-16le' || this.#encoding === 'utf-16be') return this.#decodeWide(bytes, last, this.#encoding);
    this.#rest = copyOf(bytes.subarray(cut));
    return withoutReturns(this.#decodeNarrow(lines));
  }

  #decodeNarrow(lines: Uint8Array): string {
    if (this.#encoding === 'windows-1252') return new TextDecoder('windows-1252').decode(lines);
    if (isAscii(lines)) return Buffer.from(lines.buffer, lines.byteOffset, lines.byteLength).toString('latin1');
    try {
      const text = new TextDecoder('utf-8', { fatal: true }).decode(lines);
      this.#ascii &&= text.length === lines.length;
      return text;
    } catch {
      if (this.#ascii) this.#encoding = 'windows-1252';
      else this.damaged = true;
      return new TextDecoder(this.#encoding ?? 'utf-8').decode(lines);
    }
  }

  /** UTF-16 is cut between two-byte units; the decoder keeps half a pair, and a return at the end waits for its line feed. */
  #decodeWide(bytes: Uint8Array, last: boolean, encoding: TextEncoding): string {
    this.#wide ??= new TextDecoder(encoding);
    const even = last ? bytes.length : bytes.length & ~1;
    const lastCode = encoding === 'utf-16le' ? bytes[even - 2] : bytes[even - 1];
    const cut = !last && even >= 2 && lastCode === RETURN ? even - 2 : even;
    this.#rest = copyOf(bytes.subarray(cut));
    return withoutReturns(this.#wide.decode(bytes.subarray(0, cut), { stream: !last }));
  }
}

/** Not `slice`, which for a Buffer is a view that keeps the whole piece. */
function copyOf(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes);
}

function behindLastLine(bytes: Uint8Array): number {
  const newline = bytes.lastIndexOf(NEWLINE);
  return newline === -1 ? bytes.subarray(0, -1).lastIndexOf(RETURN) + 1 : newline + 1;
}

function withoutReturns(text: string): string {
  return text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text;
}
