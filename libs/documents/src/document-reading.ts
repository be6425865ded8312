import type { DocumentFormat } from '#canonical';
import type { DocumentReader, DocumentStart, OpenDocument, ReadDocument, ReadEnd, ReadOptions } from './document-reader.js';
import { CollectingSink, type DocumentSink } from './document-sink.js';
import { whereAt } from './finding-list.js';
import { DETECTION_BYTES } from './limits.js';
import { decodeText } from './text-decoding.js';

/** How a file ended, and what it was found to be; `text` where nothing recognised it. */
export interface StreamEnd extends ReadEnd {
  readonly format: DocumentFormat;
}

/**
 * Reads a file of one of the given readers' formats into the sink as it arrives, the format recognised by content. Never throws on content: `refused` says why
 * nothing was taken.
 */
export async function readDocumentWith(readers: readonly DocumentReader[], pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>, sink: DocumentSink, options: ReadOptions = {}): Promise<StreamEnd> {
  const opening = new Opening(readers, sink, options);
  let length = 0;
  for await (const piece of pieces) {
    length += piece.length;
    opening.push(piece);
    if (opening.unknown) break;
    if (length > opening.bytesMax) return refused(opening.format, `the file has more than ${opening.bytesMax} bytes; split it by day or account`);
  }
  if (length === 0) return refused(options.format ?? 'text', 'the file is empty');
  return opening.end();
}

/** A file in memory, read whole. */
export async function parseDocumentWith(readers: readonly DocumentReader[], bytes: Uint8Array, options: ReadOptions = {}): Promise<ReadDocument> {
  const sink = new CollectingSink();
  const { format, ...end } = await readDocumentWith(readers, [bytes], sink, options);
  const { statements, remittances, entries, findings } = sink;
  const asked = (end.layout?.questions.length ?? 0) + (end.remittanceLayout?.questions.length ?? 0) > 0;
  const taken = end.refused === null && !asked ? { statements, remittances, entries } : { statements: [], remittances: [], entries: [] };
  return { format, ...end, ...taken, findings };
}

/** The format of a file by its beginning; null when no reader claims it. */
export function recogniseWith(readers: readonly DocumentReader[], start: Uint8Array, complete: boolean): { readonly format: DocumentFormat; readonly reader: DocumentReader } | null {
  const bytes = start.subarray(0, DETECTION_BYTES);
  const head: DocumentStart = { bytes, text: decodeText(bytes).text, complete: complete && bytes.length === start.length };
  for (const reader of readers) {
    const format = reader.recognise(head);
    if (format !== null) return { format, reader };
  }
  return null;
}

/** Holds the first pieces back until the format is known. */
class Opening {
  #held: Uint8Array[] = [];
  #heldLength = 0;
  #open: OpenDocument | null = null;
  format: DocumentFormat;
  unknown = false;
  bytesMax = Number.POSITIVE_INFINITY;

  constructor(private readonly readers: readonly DocumentReader[], private readonly sink: DocumentSink, private readonly options: ReadOptions) {
    this.format = options.format ?? 'text';
  }

  push(piece: Uint8Array): void {
    if (this.#open !== null) return this.#open.push(piece);
    this.#held.push(piece);
    this.#heldLength += piece.length;
    if (this.#heldLength >= DETECTION_BYTES) this.#decide(false);
  }

  async end(): Promise<StreamEnd> {
    if (this.#open === null && !this.unknown) this.#decide(true);
    if (this.#open === null) return refused(this.format, `the file is none of the formats known: ${this.readers.flatMap(({ formats }) => formats).join(', ')}`);
    return { format: this.format, ...await this.#open.end() };
  }

  #decide(complete: boolean): void {
    const bytes = this.#held.length === 1 ? this.#held[0] ?? new Uint8Array() : Buffer.concat(this.#held);
    const found = this.options.format === undefined ? recogniseWith(this.readers, bytes, complete) ?? this.#remembered() : named(this.readers, this.options.format);
    if (found === null) {
      this.unknown = true;
      return;
    }
    this.format = found.format;
    this.bytesMax = found.reader.bytesMax;
    this.#open = found.reader.open(found.format, this.sink, this.options);
    this.#held = [];
    this.#open.push(bytes);
  }

  /** A layout says what content alone does not: a table without a header. */
  #remembered(): ReturnType<typeof recogniseWith> {
    return this.options.layout === undefined && this.options.remittanceLayout === undefined ? null : named(this.readers, 'csv');
  }
}

function named(readers: readonly DocumentReader[], format: DocumentFormat): ReturnType<typeof recogniseWith> {
  const reader = readers.find(({ formats }) => formats.includes(format));
  return reader === undefined ? null : { format, reader };
}

function refused(format: DocumentFormat, problem: string): StreamEnd {
  return { format, version: null, refused: { problem, where: whereAt(null, null, null) }, layout: null };
}
