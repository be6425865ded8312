import type { CurrencyCode, DocumentFormat, DocumentRefusal, ParsedDocument } from '#canonical';
import type { CsvLayout, LayoutGuess } from './csv/csv-layout.js';
import type { DocumentSink } from './document-sink.js';
import type { LockboxProfile } from './lockbox/profile.js';
import type { DocumentModel } from './model/model-reader.js';
import type { AssumedCurrency } from './text/prose-amounts.js';
import type { RemittanceLayout, RemittanceLayoutGuess } from './remittance-table/remittance-layout.js';

/** What the caller knows of the source. Everything may be left out. */
export interface ReadOptions {
  /** Skips detection. */
  readonly format?: DocumentFormat;
  /** The file's name: only ever a hint where content decides nothing. */
  readonly name?: string;
  /** What the table of a CSV or XLSX file is; without it, content decides. */
  readonly table?: 'statement' | 'remittance';
  /** The remembered layout of this source's CSV and XLSX statements. */
  readonly layout?: CsvLayout;
  /** The remembered layout of this payer's CSV, XLSX and pasted remittance tables. */
  readonly remittanceLayout?: RemittanceLayout;
  /** Own account of a file that does not name it. */
  readonly account?: string;
  /** Currency of a file that does not name it. */
  readonly currency?: CurrencyCode;
  /** Taken, aloud, by a text, a mail, a PDF or a scan where neither it nor {@link currency} says one; left out, USD. Tables ask instead. */
  readonly assumedCurrency?: AssumedCurrency;
  /** How the bank of this source fills the columns of a lockbox file; left out, the shipped profile that fits is taken. */
  readonly lockboxProfile?: LockboxProfile;
  /** Asked about a text, a mail or a PDF that rules could not read. Without it nothing is ever asked. */
  readonly model?: DocumentModel;
}

/** How a file ended. */
export interface ReadEnd {
  readonly version: string | null;
  /** Nothing of what the sink was given may be used. */
  readonly refused: DocumentRefusal | null;
  /**
   * How a statement's table was read, for a person to confirm once; null for formats that need none. While it has questions, nothing of
   * what the sink was given may be used.
   */
  readonly layout: LayoutGuess | null;
  /** The same of a remittance's table. */
  readonly remittanceLayout?: RemittanceLayoutGuess | null;
}

/** Reads one file piece by piece. Content never makes it throw: that ends in findings or in a refusal. */
export interface OpenDocument {
  push(bytes: Uint8Array): void;
  end(): ReadEnd | Promise<ReadEnd>;
}

/** The beginning of a file, {@link DETECTION_BYTES} at most. */
export interface DocumentStart {
  readonly bytes: Uint8Array;
  /** The same decoded; of a binary file it means nothing. */
  readonly text: string;
  readonly complete: boolean;
}

/** A format of this room. */
export interface DocumentReader {
  readonly formats: readonly DocumentFormat[];
  /** Bytes of one file at most: more where the reader keeps nothing of what it has handed on. */
  readonly bytesMax: number;
  /** The format the file is in when it is one of this reader's, by content alone. */
  recognise(start: DocumentStart): DocumentFormat | null;
  open(format: DocumentFormat, sink: DocumentSink, options: ReadOptions): OpenDocument;
}

/** A read file, whole. */
export interface ReadDocument extends ParsedDocument {
  readonly layout: LayoutGuess | null;
  readonly remittanceLayout?: RemittanceLayoutGuess | null;
}
