import type { DocumentFormat } from '#canonical';
import type { DocumentReader, ReadDocument, ReadOptions } from './document-reader.js';
import { parseDocumentWith, readDocumentWith, recogniseWith, type StreamEnd } from './document-reading.js';
import type { DocumentSink } from './document-sink.js';
import { READERS } from './readers.js';

export type { StreamEnd } from './document-reading.js';

/**
 * Reads a file of any format into the sink as it arrives, the format recognised by content. Never throws on content: `refused` says why
 * nothing was taken.
 */
export function readDocument(pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>, sink: DocumentSink, options: ReadOptions = {}): Promise<StreamEnd> {
  return readDocumentWith(READERS, pieces, sink, options);
}

/** A file in memory, read whole. */
export async function parseDocument(bytes: Uint8Array, options: ReadOptions = {}): Promise<ReadDocument> {
  const sink = new CollectingSink();
  const { format, ...end } = await readDocument([bytes], sink, options);
  const { statements, remittances, entries, findings } = sink;
  const asked = (end.layout?.questions.length ?? 0) + (end.remittanceLayout?.questions.length ?? 0) > 0;
  const taken = end.refused === null && !asked ? { statements, remittances, entries } : { statements: [], remittances: [], entries: [] };
  return { format, ...end, ...taken, findings };
export function parseDocument(bytes: Uint8Array, options: ReadOptions = {}): Promise<ReadDocument> {
  return parseDocumentWith(READERS, bytes, options);
}

/** The format of a file by its beginning; null when no reader claims it. */
export function recognise(start: Uint8Array, complete: boolean): { readonly format: DocumentFormat; readonly reader: DocumentReader } | null {
  const bytes = start.subarray(0, DETECTION_BYTES);
  const head: DocumentStart = { bytes, text: decodeText(bytes).text, complete: complete && bytes.length === start.length };
  for (const reader of READERS) {
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

  constructor(private readonly sink: DocumentSink, private readonly options: ReadOptions) {
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
    if (this.#open === null) return refused(this.format, `the file is none of the formats known: ${READERS.flatMap(({ formats }) => formats).join(', ')}`);
    return { format: this.format, ...await this.#open.end() };
  }

  #decide(complete: boolean): void {
    const bytes = this.#held.length === 1 ? this.#held[0] ?? new Uint8Array() : Buffer.concat(this.#held);
    const found = this.options.format === undefined ? recognise(bytes, complete) ?? this.#remembered() : named(this.options.format);
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
  #remembered(): ReturnType<typeof recognise> {
    return this.options.layout === undefined && this.options.remittanceLayout === undefined ? null : named('csv');
  }
}

function named(format: DocumentFormat): ReturnType<typeof recognise> {
  const reader = READERS.find(({ formats }) => formats.includes(format));
  return reader === undefined ? null : { format, reader };
}

function refused(format: DocumentFormat, problem: string): StreamEnd {
  return { format, version: null, refused: { problem, where: whereAt(null, null, null) }, layout: null };
  return recogniseWith(READERS, start, complete);
}
