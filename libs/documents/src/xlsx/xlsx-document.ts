import type { DocumentRefusal } from '#canonical';
import type { LayoutGuess, LayoutQuestion } from '../csv/csv-layout.js';
import type { OpenDocument, ReadEnd, ReadOptions } from '../document-reader.js';
import type { DocumentSink } from '../document-sink.js';
import { FindingList, whereAt } from '../finding-list.js';
import type { RemittanceLayoutGuess } from '../remittance-table/remittance-layout.js';
import { QUESTIONS } from '../table/layout-questions.js';
import { planRows } from '../table/plan-rows.js';
import type { CellRow } from '../table/table-row.js';
import { XmlError } from '../xml/index.js';
import { SheetRows } from './sheet-rows.js';
import { SheetScanner } from './sheet-scanner.js';
import { readSharedStrings, readStyles, readWorkbook, type SheetPart } from './workbook-parts.js';
import { XlsxError } from './xlsx-error.js';
import { Package } from './zip-unpacking.js';

/** An OLE container: a workbook of before 2007, or one under a password. */
export const OLE_START = Buffer.from('d0cf11e0a1b11ae1', 'hex');

/**
 * Reads a workbook: every visible sheet that has a table, each by its own header. The packed file is in memory, because its directory stands
 * at the end; it is unpacked piece by piece, a sheet at a time.
 */
export class XlsxDocument implements OpenDocument {
  readonly #findings = new FindingList();
  #pieces: Uint8Array[] = [];
  #statement: LayoutGuess | null = null;
  #remittance: RemittanceLayoutGuess | null = null;
  #tables = 0;

  constructor(readonly sink: DocumentSink, readonly options: ReadOptions) {}

  push(bytes: Uint8Array): void {
    this.#pieces.push(bytes);
  }

  async end(): Promise<ReadEnd> {
    const archive = Buffer.concat(this.#pieces);
    this.#pieces = [];
    const refused = await this.#read(archive);
    for (const finding of this.#findings.all()) this.sink.finding(finding);
    return { version: null, refused, layout: this.#statement, remittanceLayout: this.#remittance };
  }

  async #read(archive: Buffer): Promise<DocumentRefusal | null> {
    try {
      if (archive.subarray(0, OLE_START.length).equals(OLE_START)) throw new XlsxError('the file is a workbook of before 2007 (.xls) or under a password; save it as .xlsx without one');
      await this.#readSheets(new Package(archive));
    } catch (error) {
      if (error instanceof XlsxError) return { problem: error.part === null ? error.message : `${error.part}: ${error.message}`, where: whereAt(error.line, null, error.part ?? 'workbook') };
      if (error instanceof XmlError) return { problem: error.message, where: whereAt(error.line, error.column, 'workbook') };
      throw error;
    }
    return this.#tables > 0 ? null : { problem: `no sheet holds a table: ${QUESTIONS.columns}`, where: whereAt(null, null, 'workbook') };
  }

  async #readSheets(files: Package): Promise<void> {
    const { sheets, since1904 } = await readWorkbook(files);
    const strings = await readSharedStrings(files);
    const styles = await readStyles(files);
    for (const sheet of sheets) {
      if (sheet.hidden) {
        this.#findings.warning(whereAt(null, null, sheet.name), sheet.name, 'the sheet is hidden and was not read; show it in the workbook if it belongs to it');
        continue;
      }
      this.#readTable(sheet, await this.#rowsOf(files, new SheetRows({ sheet: sheet.name, part: sheet.part, strings, styles, since1904 }, this.#findings), sheet));
    }
  }

  async #rowsOf(files: Package, rows: SheetRows, sheet: SheetPart): Promise<CellRow[]> {
    const scanner = new SheetScanner(rows, sheet.name);
    for await (const piece of files.unpack(sheet.part)) scanner.push(piece, false);
    scanner.push(new Uint8Array(), true);
    return rows.all();
  }

  #readTable(sheet: SheetPart, rows: readonly CellRow[]): void {
    if (rows.length === 0) return;
    const plan = planRows([{ delimiter: ',', rows }], this.options);
    if (plan === null) {
      this.#findings.warning(whereAt(rows[0]?.line ?? null, null, sheet.name), sheet.name, `the sheet has ${rows.length} rows and no table that is known; none of them was taken`);
      return;
    }
    this.#tables += 1;
    for (const row of rows) plan.prove(row);
    const settled = plan.settle();
    const questions: LayoutQuestion[] = [...settled.questions];
    if (questions.length === 0) {
      const reading = settled.open(this.sink, this.#findings);
      for (const row of rows) if (!reading.take(row)) break;
      const end = reading.end();
      if (end.refused !== null) throw new XlsxError(end.refused.problem, sheet.name, end.refused.where.line);
      questions.push(...end.questions);
    }
    for (const question of questions) this.#findings.error(whereAt(plan.headerLine, null, sheet.name), question, QUESTIONS[question]);
    // The first table that asks is what a person is shown, else the first.
    if (settled.statement !== null && (this.#statement === null || this.#statement.questions.length === 0)) this.#statement = { layout: settled.statement.layout, questions };
    if (settled.remittance !== null && (this.#remittance === null || this.#remittance.questions.length === 0)) this.#remittance = { layout: settled.remittance.layout, questions };
  }
}
