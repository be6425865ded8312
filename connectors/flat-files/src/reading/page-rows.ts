import type { LayoutPart, SourceRecord, UnreadableRow } from '#connector-kit';
import type { StoredFile } from '../store/store.js';
import { RecordRows, type RepeatedRows } from './record-rows.js';
import { rowOf, unreadable, type RowSettings } from './rows.js';

export interface Rows {
  readonly records: readonly SourceRecord[];
  readonly unreadable: readonly UnreadableRow[];
}

export interface LastRows extends Rows {
  /** Why the file as a whole is refused; null where it is whole. */
  readonly brokenBecause: string | null;
}

/** The rows of one file on their way into pages. */
export class PageRows {
  readonly #gathering: RecordRows;
  #records: SourceRecord[] = [];
  #unreadable: UnreadableRow[] = [];
  #whole = false;
  #lastProblem: string | null = null;
  #lastLine = 0;
  /** Last line that is taken once this page is stored. */
  line = 0;

  constructor(private readonly file: StoredFile, private readonly digest: string, private readonly settings: RowSettings & { readonly repeated: RepeatedRows | null }) {
    this.#gathering = new RecordRows(settings.repeated);
  }

  get size(): number {
    return this.#records.length + this.#unreadable.length;
  }

  add(part: LayoutPart): void {
    if (part.kind === 'end') {
      this.#whole = true;
      return;
    }
    this.#lastLine = part.line;
    const row = rowOf(part, this.file, this.digest, this.settings);
    this.#lastProblem = row !== null && 'unreadable' in row ? row.unreadable.problem : null;
    if (row === null) return;
    if ('unreadable' in row) {
      // What came before it is whole: otherwise a page could end between a record and its row.
      this.#keep(this.#gathering.end());
      this.#unreadable.push(row.unreadable);
      this.line = part.line;
    } else this.#keep(this.#gathering.add(row.record, part.line));
  }

  /** Everything since the last page. */
  take(): Rows {
    const rows = { records: this.#records, unreadable: this.#unreadable };
    [this.#records, this.#unreadable] = [[], []];
    return rows;
  }

  /** The rest, and whether the file is whole. @param because what went wrong with it, where its layout or its encryption gave up. */
  end(because: string | null = null): LastRows {
    this.#keep(this.#gathering.end());
    if (this.#whole && because === null) return { ...this.take(), brokenBecause: null };
    const brokenBecause = because ?? this.#lastProblem ?? 'the file ends before its end: its trailer is missing, or its control totals disagree';
    if (this.#lastProblem !== brokenBecause) this.#unreadable.push(unreadable(this.file, this.digest, this.#lastLine + 1, { file: this.file.name }, brokenBecause));
    return { ...this.take(), brokenBecause };
  }

  #keep(gathered: { readonly record: SourceRecord; readonly line: number } | null): void {
    if (gathered === null) return;
    this.#records.push(gathered.record);
    this.line = gathered.line;
  }
}
