import type { DocumentRefusal } from '#canonical';
import type { OpenDocument, ReadEnd, ReadOptions } from '../document-reader.js';
import type { DocumentSink } from '../document-sink.js';
import { FindingList, whereAt } from '../finding-list.js';
import { DETECTION_BYTES, FILE_BYTES_MAX, LINE_LENGTH_MAX } from '../limits.js';
import { changedTable, QUESTIONS } from '../table/layout-questions.js';
import type { SettledTable, TablePlan, TableReading } from '../table/table-reading.js';
import { CsvRowScanner } from './csv-rows.js';
import { FEED_BYTES, SETTLE_BYTES } from './limits.js';
import { planText } from './plan-text.js';
import { TextStream } from './text-stream.js';

/**
 * Reads a CSV file piece by piece. Its beginning is held back until the layout is settled by it: the whole file up to
 * {@link SETTLE_BYTES}, so that a layout is guessed by all rows nearly always. What comes behind is read as it arrives, and must not prove
 * another layout: a file that does is refused with the question it raises.
 */
export class CsvDocument implements OpenDocument {
  readonly #findings = new FindingList();
  readonly #text = new TextStream();
  #pieces: Uint8Array[] = [];
  #length = 0;
  /** Bytes to collect before the layout is tried again. */
  #holdBytes: number;
  #held = '';
  #heldBytes = 0;
  #plan: TablePlan | null = null;
  #settled: SettledTable | null = null;
  #scanner: CsvRowScanner | null = null;
  #reading: TableReading | null = null;
  #stopped = false;
  #refused: DocumentRefusal | null = null;

  constructor(readonly sink: DocumentSink, readonly options: ReadOptions) {
    this.#holdBytes = options.layout === undefined && options.remittanceLayout === undefined ? SETTLE_BYTES : DETECTION_BYTES;
  }

  push(bytes: Uint8Array): void {
    if (this.#stopped) return;
    this.#pieces.push(bytes);
    this.#length += bytes.length;
    if (this.#reading === null) {
      if (this.#length >= this.#holdBytes) this.#settle(false);
    } else if (this.#length >= FEED_BYTES) this.#feed(false);
  }

  end(): ReadEnd {
    if (this.#reading === null && !this.#stopped) this.#settle(true);
    else if (!this.#stopped) this.#feed(true);
    const end = this.#finish();
    for (const finding of this.#findings.all()) this.sink.finding(finding);
    return end;
  }

  /** Holds on, up to {@link FILE_BYTES_MAX}, as long as what is held leaves a question open. */
  #settle(complete: boolean): void {
    this.#heldBytes += this.#length;
    this.#held += this.#decoded(complete);
    const plan = planText(this.#held, complete, this.options);
    const settled = plan?.settle() ?? null;
    const asks = settled === null || settled.questions.length > 0;
    if (asks && !complete && this.#heldBytes < FILE_BYTES_MAX) {
      this.#holdBytes = SETTLE_BYTES;
      return;
    }
    this.#plan = plan;
    this.#settled = settled;
    const text = this.#held;
    this.#held = '';
    if (plan === null || settled === null) return this.#noTable(text);
    if (asks) {
      this.#stopped = true;
      return;
    }
    this.#scanner = new CsvRowScanner(plan.delimiter ?? ',');
    this.#reading = settled.open(this.sink, this.#findings);
    this.#scanner.feed(text, complete);
    this.#takeRows(false);
  }

  #noTable(text: string): void {
    const firstLine = text.slice(0, text.indexOf('\n') === -1 ? undefined : text.indexOf('\n'));
    this.#findings.error(whereAt(1, 1, null), firstLine, QUESTIONS.columns);
    this.#refuse(`no CSV header was found: ${QUESTIONS.columns}`, 1);
  }

  #feed(complete: boolean): void {
    this.#scanner?.feed(this.#decoded(complete), complete);
    this.#takeRows(true);
  }

  #decoded(complete: boolean): string {
    const [only] = this.#pieces;
    const bytes = this.#pieces.length === 1 && only !== undefined ? only : Buffer.concat(this.#pieces);
    this.#pieces = [];
    this.#length = 0;
    const damaged = this.#text.damaged;
    const text = this.#text.decode(bytes, complete);
    if (this.#text.damaged && !damaged) {
      this.#findings.warning(whereAt(this.#scanner?.line ?? null, null, null), '\ufffd', 'bytes behind this line are no UTF-8, though the file was until here; they were read as \ufffd');
    }
    return text;
  }

  #takeRows(prove: boolean): void {
    const scanner = this.#scanner;
    if (scanner === null || this.#reading === null) return;
    while (!this.#stopped && scanner.next()) {
      if (prove) this.#plan?.prove(scanner);
      if (!this.#reading.take(scanner)) this.#stopped = true;
    }
    if (scanner.waiting + this.#text.waiting > LINE_LENGTH_MAX) this.#refuse(`a line has more than ${LINE_LENGTH_MAX} characters`, scanner.line + 1);
  }

  #refuse(problem: string, line: number | null): void {
    this.#stopped = true;
    this.#refused ??= { problem, where: whereAt(line, line === null ? null : 1, line === null ? 'row' : null) };
  }

  #finish(): ReadEnd {
    const settled = this.#settled;
    const end = this.#reading?.end() ?? { refused: null, questions: settled?.questions ?? [] };
    const changed = this.#reading === null || settled === null || this.#plan === null ? [] : changedTable(settled, this.#plan.settle());
    const questions = [...new Set([...end.questions, ...changed])];
    for (const question of questions) this.#findings.error(whereAt(null, null, 'header'), question, QUESTIONS[question]);
    if (changed.length > 0) this.#refuse(`rows far down the file are written otherwise than its beginning (${changed.join(', ')}); state the layout and read it again`, null);
    const statement = settled?.statement ?? null;
    const remittance = settled?.remittance ?? null;
    return {
      version: null, refused: this.#refused ?? end.refused,
      layout: statement === null ? null : { layout: statement.layout, questions },
      remittanceLayout: remittance === null ? null : { layout: remittance.layout, questions },
    };
  }
}
