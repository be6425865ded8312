import type { RecordTable } from './layout-table.js';

/** A record that stands open: what follows may belong to it. */
interface Open {
  readonly record: RecordTable;
  line: number;
  /** It could not be read: what belongs to it has no home. */
  bad: boolean;
  readonly seen: Set<string>;
}

/** Something wrong with the file rather than with one row. */
export interface FileProblem {
  readonly line: number;
  readonly problem: string;
}

/** Follows a file's records: headers first, details with what they hold, trailers last. */
export class RecordOrder {
  #rank = -1;
  readonly #open: Open[] = [];
  readonly #headers: number;

  constructor(private readonly records: readonly RecordTable[], private readonly found: (problem: FileProblem) => void) {
    this.#headers = records.filter((record) => record.place === 'header').length;
  }

  /** A row of this kind stands here. The answer is why it may not, or null. */
  enter(record: RecordTable, line: number): string | null {
    return record.place === 'nested' ? this.#enterNested(record, line) : this.#enterTop(record, line);
  }

  /** The row that was entered last could not be read. */
  spoil(): void {
    const last = this.#open.at(-1);
    if (last !== undefined) last.bad = true;
  }

  /** A row of unknown kind: what follows may have belonged to it. */
  loseTrack(line: number): void {
    for (const open of this.#open) {
      open.bad = true;
      open.line = line;
    }
  }

  /** Closes everything. Records that had to be there and were not are told. */
  end(line: number): void {
    this.#close(0, line);
    this.#passed(this.#headers + 1 + this.records.length, line, true);
  }

  #enterTop(record: RecordTable, line: number): string | null {
    const rank = this.#rankOf(record);
    if (rank < this.#rank) return `stands behind ${this.#headers > this.#rank ? 'a later header' : record.place === 'trailer' ? 'a later trailer' : 'the details'}`;
    if (rank === this.#rank && record.place !== 'detail') return 'stands here a second time';
    this.#close(0, line);
    this.#passed(rank, line, false);
    this.#rank = rank;
    if (record.place === 'detail') this.#open.push({ record, line, bad: false, seen: new Set() });
    return null;
  }

  #enterNested(record: RecordTable, line: number): string | null {
    const index = this.#open.findLastIndex((open) => open.record.nested.includes(record));
    const parent = this.#open[index];
    if (parent === undefined) return 'stands without the record it belongs to';
    this.#close(index + 1, line);
    if (record.each === null && parent.seen.has(record.name)) return 'stands here a second time';
    parent.seen.add(record.name);
    this.#open.push({ record, line, bad: parent.bad, seen: new Set() });
    return parent.bad ? `belongs to the row on line ${parent.line}, which could not be read` : null;
  }

  #rankOf(record: RecordTable): number {
    if (record.place === 'detail') return this.#headers;
    const peers = this.records.filter((other) => other.place === record.place);
    return peers.indexOf(record) + (record.place === 'trailer' ? this.#headers + 1 : 0);
  }

  /** Headers and trailers between the last rank and this one are missing. */
  #passed(rank: number, line: number, atEnd: boolean): void {
    for (const record of this.records) {
      const own = this.#rankOf(record);
      if (record.place === 'detail' || record.optional || own <= this.#rank || own >= rank) continue;
      this.found({ line, problem: atEnd && record.place === 'trailer' ? `the file ends without its "${record.name}" record: it is cut` : `there is no "${record.name}" record` });
    }
  }

  #close(depth: number, line: number): void {
    for (const { record, seen, line: begun } of this.#open.splice(depth)) {
      for (const held of record.nested) {
        if (held.each !== null || held.optional || held.only.length + held.unless.length > 0 || seen.has(held.name)) continue;
        this.found({ line, problem: `the "${record.name}" of line ${begun} ends without its "${held.name}" record: the file is cut, or a row is missing` });
      }
    }
  }
}
