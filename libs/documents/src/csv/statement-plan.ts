import type { DocumentSink } from '../document-sink.js';
import type { FindingList } from '../finding-list.js';
import type { SettledTable, TablePlan, TableReading } from '../table/table-reading.js';
import type { TableRow } from '../table/table-row.js';
import type { CsvLayout, LayoutGuess } from './csv-layout.js';
import { type HeaderRow, isHeaderRow, type KnownOfSource, StatementLayoutEvidence } from './layout-guess.js';
import { StatementTable } from './statement-table.js';

/** A bank's table by its own evidence, or by a given layout, which nothing in the file changes. */
export class StatementPlan implements TablePlan {
  readonly #evidence: StatementLayoutEvidence;
  #inData = false;
  headerLine: number | null = null;

  constructor(readonly header: HeaderRow, readonly given: CsvLayout | null, readonly known: KnownOfSource) {
    this.#evidence = new StatementLayoutEvidence(header, known);
  }

  get delimiter(): string {
    return this.header.delimiter;
  }

  prove(row: TableRow): void {
    if (this.given !== null) return;
    if (isHeaderRow(row, this.header.headers)) {
      this.#inData = true;
      this.headerLine ??= row.line;
    } else if (this.#inData) this.#evidence.add(row);
  }

  settle(): SettledTable {
    const statement = this.given === null ? this.#evidence.guess() : this.#confirmed(this.given);
    const open = (sink: DocumentSink, findings: FindingList): TableReading => new StatementTable(this.header.headers, statement.layout, this.known, sink, findings);
    return { statement, remittance: null, questions: statement.questions, open };
  }

  #confirmed(layout: CsvLayout): LayoutGuess {
    const nameless = layout.columns.currency === null && (layout.currency ?? this.known.currency) === null;
    return { layout, questions: nameless ? ['currency'] : [] };
  }
}
