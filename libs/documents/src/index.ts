export type { ColumnRole, CsvColumns, CsvLayout, DateOrder, DecimalMark, Delimiter, LayoutGuess, LayoutQuestion } from './csv/csv-layout.js';
export type { DocumentReader, DocumentStart, OpenDocument, ReadDocument, ReadEnd, ReadOptions } from './document-reader.js';
export { CollectingSink, type DocumentSink, type StatementHead } from './document-sink.js';
export * from './limits.js';
export { parseOutput } from './parse-output.js';
export { parseDocument, readDocument, recognise, type StreamEnd } from './parse-document.js';
export { detectFormat, type ParseOptions, parseStatements, type ReadStatements } from './parse-statements.js';
export { type IdentifiedTransaction, identifyTransactions, statementTransactionIdentity } from './statement-identity.js';
export { decodeText, type DecodedText, type TextEncoding } from './text-decoding.js';
