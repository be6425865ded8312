import type { DocumentFormat } from '#canonical';
import type { OpenDocument, ReadDocument, ReadEnd } from '../document-reader.js';
import { CollectingSink, type DocumentSink } from '../document-sink.js';

/** A reader that ends at once, as all do that unpack nothing. */
interface EndingDocument extends OpenDocument {
  end(): ReadEnd;
}

/** Reads bytes by one reader, without detection, cut into pieces of `pieceBytes`; what a file that is refused or asks has given is dropped. */
export function readCollected(format: DocumentFormat, open: (sink: DocumentSink) => EndingDocument, bytes: Uint8Array, pieceBytes: number = Math.max(1, bytes.length)): ReadDocument {
  const sink = new CollectingSink();
  const document = open(sink);
  for (let from = 0; from < bytes.length; from += pieceBytes) document.push(bytes.slice(from, from + pieceBytes));
  const end = document.end();
  const asked = (end.layout?.questions.length ?? 0) > 0;
  const { statements, remittances, entries, findings } = sink;
  return { format, ...end, ...(end.refused === null && !asked ? { statements, remittances, entries } : { statements: [], remittances: [], entries: [] }), findings };
}
