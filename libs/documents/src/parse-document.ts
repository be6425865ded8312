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
export function parseDocument(bytes: Uint8Array, options: ReadOptions = {}): Promise<ReadDocument> {
  return parseDocumentWith(READERS, bytes, options);
}

/** The format of a file by its beginning; null when no reader claims it. */
export function recognise(start: Uint8Array, complete: boolean): { readonly format: DocumentFormat; readonly reader: DocumentReader } | null {
  return recogniseWith(READERS, start, complete);
}
