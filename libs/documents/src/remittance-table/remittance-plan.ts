import type { CurrencyCode } from '#canonical';
import { columnIndex, type Delimiter, type LayoutQuestion } from '../csv/csv-layout.js';
import { currencyBeside } from '../csv/csv-amounts.js';
import type { DocumentSink } from '../document-sink.js';
import type { FindingList } from '../finding-list.js';
import type { SettledTable, TablePlan, TableReading } from '../table/table-reading.js';
import { CellRow, cellsOf, type TableRow } from '../table/table-row.js';
import { WritingEvidence } from '../table/writing-evidence.js';
import { columnsByContent, type ColumnsByContent } from './column-content.js';
import { paymentFacts } from './payment-facts.js';
import { namedColumns } from './remittance-columns.js';
import { isRemittanceHeader, type RemittanceHeader } from './remittance-header.js';
import type { RemittanceColumns, RemittanceLayout, RemittanceLayoutGuess } from './remittance-layout.js';
import { RemittanceTable } from './remittance-table.js';

/** A payer's table under a header, by its rows or by a given layout. */
export class RemittancePlan implements TablePlan {
  readonly #style = new WritingEvidence();
  readonly #columns: RemittanceColumns;
  readonly #headerCurrency: CurrencyCode | null;
  readonly #amounts: readonly number[];
  readonly #days: readonly number[];
  readonly #sure: boolean;
  #factCurrency: CurrencyCode | null = null;
  #inData = false;
  headerLine: number | null = null;

  constructor(readonly header: RemittanceHeader, readonly given: RemittanceLayout | null, readonly known: CurrencyCode | null, columns?: ColumnsByContent) {
    const named = namedColumns(header.headers);
    this.#columns = given?.columns ?? columns?.columns ?? named.columns;
    this.#headerCurrency = named.currency;
    const at = (name: string | null): number => columnIndex(name, header.headers);
    const { paid, gross, discount, deduction, paymentAmount, paidOn } = this.#columns;
    this.#amounts = [paid, gross, discount, deduction, paymentAmount].map(at).filter((index) => index >= 0);
    this.#days = [paidOn].map(at).filter((index) => index >= 0);
    this.#inData = header.headers.length === 0;
    this.#sure = columns?.sure ?? true;
  }

  get delimiter(): string {
    return this.header.delimiter;
  }

  prove(row: TableRow): void {
    if (this.header.headers.length > 0 && isRemittanceHeader(row, this.header)) {
      this.#inData = true;
      this.headerLine ??= row.line;
    } else if (this.given !== null) return;
    else if (this.#inData) {
      for (const index of this.#amounts) this.#style.addAmount(row, index);
      for (const index of this.#days) this.#style.addDay(row.cell(index));
    } else this.#proveFacts(row);
  }

  settle(): SettledTable {
    const remittance = this.given === null ? this.#guess() : this.#confirmed(this.given);
    const open = (sink: DocumentSink, findings: FindingList): TableReading => new RemittanceTable(this.header, remittance.layout, sink, findings);
    return { statement: null, remittance, questions: remittance.questions, open };
  }

  #proveFacts(row: TableRow): void {
    for (const { fact, value, index } of paymentFacts(row)) {
      if (fact === 'currency' || fact === 'paymentAmount') this.#factCurrency ??= currencyBeside(value);
      if (fact === 'paymentAmount') this.#style.addAmount(row.cell(index) === value ? row : new CellRow(row.line, [value]), row.cell(index) === value ? index : 0);
      if (fact === 'paidOn') this.#style.addDay(value);
    }
  }

  #guess(): RemittanceLayoutGuess {
    const questions: LayoutQuestion[] = this.#sure ? [] : ['columns'];
    const decimalMark = this.#style.decimalMark(questions);
    const dateOrder = this.#style.dateOrder(questions);
    const currency = this.known ?? (this.#columns.currency === null ? this.#headerCurrency ?? this.#style.currency() ?? this.#factCurrency : null);
    if (currency === null && this.#columns.currency === null) questions.push('currency');
    return { layout: { table: 'remittance', delimiter: this.header.delimiter, hasHeader: this.header.headers.length > 0, columns: this.#columns, decimalMark, dateOrder, currency }, questions };
  }

  #confirmed(layout: RemittanceLayout): RemittanceLayoutGuess {
    const currency = layout.currency ?? this.known;
    return { layout: { ...layout, currency }, questions: layout.columns.currency === null && currency === null ? ['currency'] : [] };
  }
}

/** A payer's table without a header, by the content of its first rows; null when they are none. */
export function headerlessPlan(rows: readonly TableRow[], delimiter: Delimiter, known: CurrencyCode | null): RemittancePlan | null {
  const sample = rows.map((row) => new CellRow(row.line, cellsOf(row), row.record));
  const style = new WritingEvidence();
  for (const row of sample) for (let index = 0; index < row.length; index += 1) style.addAmount(row, index);
  const columns = columnsByContent(sample, style.decimalMark([]));
  return columns === null ? null : new RemittancePlan({ delimiter, headers: [], lastRow: [], score: 0, named: false }, null, known, columns);
}
