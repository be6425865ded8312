import type { OpenDocument, ReadDocument } from './document-reader.js';
import type { DocumentSink } from './document-sink.js';
import { decodeText } from './text-decoding.js';

/** Lets a reader of whole texts be fed in pieces. */
export function wholeText(sink: DocumentSink, read: (text: string) => ReadDocument): OpenDocument {
  const pieces: Uint8Array[] = [];
  return {
    push: (bytes) => { pieces.push(bytes); },
    end: () => {
      const { statements, remittances, entries, findings, version, refused, layout } = read(decodeText(Buffer.concat(pieces)).text);
      for (const { balances, transactions, ...head } of statements) {
        sink.openStatement(head);
        for (const transaction of transactions) sink.transaction(transaction);
        sink.closeStatement(balances);
      }
      for (const remittance of remittances) sink.remittance(remittance);
      for (const entry of entries) sink.entry(entry);
      for (const finding of findings) sink.finding(finding);
      return { version, refused, layout };
    },
  };
}
