import type { DocumentRefusal } from '#canonical';
import type { LayoutGuess, LayoutQuestion } from '../csv/csv-layout.js';
import type { DocumentSink } from '../document-sink.js';
import type { FindingList } from '../finding-list.js';
import type { RemittanceLayoutGuess } from '../remittance-table/remittance-layout.js';
import type { TableRow } from './table-row.js';

/** How a table came to its end. */
export interface TableEnd {
  readonly refused: DocumentRefusal | null;
  /** What only the last row could raise; the rows given to the sink are then worth nothing. */
  readonly questions: readonly LayoutQuestion[];
}

/** A table being read into a sink by a settled layout. */
export interface TableReading {
  /** False once nothing more is taken. */
  take(row: TableRow): boolean;
  end(): TableEnd;
}

/** What is known of a table before a row of it is taken: its header, and what its rows prove about how they are written. */
export interface TablePlan {
  /** Null where the rows come apart already. */
  readonly delimiter: string | null;
  /** Line of the header among the rows given to {@link prove}; null where there is none. */
  readonly headerLine: number | null;
  /** Every row of the file in order, the header and what stands above it among them. */
  prove(row: TableRow): void;
  /** How the rows given to {@link prove} say that the table is to be read, and what they leave open. */
  settle(): SettledTable;
}

/** A layout with its open questions, of a statement or of a remittance. */
export interface SettledTable {
  readonly statement: LayoutGuess | null;
  readonly remittance: RemittanceLayoutGuess | null;
  readonly questions: readonly LayoutQuestion[];
  open(sink: DocumentSink, findings: FindingList): TableReading;
}
