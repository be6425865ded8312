import { ConnectorError, type Checkpoint, type Context, type EntityReader, type Layout, type Page, type SourceRecord, type UnreadableRow } from '#connector-kit';
import type { Intake } from '../intake/intake.js';
import { ReplacedError, type StoredFile } from '../store/store.js';
import { checkpointOf, LEFT_MAX, positionOf, type Position } from './checkpoint.js';
import { rowOf, unreadable, type RowSettings } from './rows.js';

/** One kind of file, ready to be read. */
export interface FileSource extends RowSettings {
  readonly intake: Intake;
  readonly layout: Layout;
  /** `snapshot`: each file lists everything there is; `changes`: what is new. */
  readonly content: 'changes' | 'snapshot';
  readonly pageSize: number;
}

/** Opens the source an entity is read from. The connection it needs is held until `end`. */
export type OpenSource = (context: Context) => Promise<{ readonly source: FileSource; readonly end: () => Promise<void> }>;

/** Errors by which a content says that it cannot be read; made in rooms that a connector may not import. */
const CONTENT_ERRORS: ReadonlySet<string> = new Set(['LayoutError', 'PgpError']);

/** Reads an entity from files: each content once, archived after its last page is committed, refused with a reason where it cannot be read. */
export function fileReader(open: OpenSource): EntityReader {
  return {
    async* changes(context, from) {
      const { source, end } = await open(context);
      try {
        yield* new FileRead(context, source, from).pages();
      } finally {
        await end();
      }
    },
    async* ids(context) {
      const { source, end } = await open(context);
      try {
        yield* idsOfSnapshot(context, source);
      } finally {
        await end();
      }
    },
  };
}

/** One read of one entity, from a checkpoint to where no file waits. */
class FileRead {
  readonly #left: Set<string>;
  readonly #refused = new Set<string>();
  #position: Position;
  #yielded: Checkpoint | null;

  constructor(private readonly context: Context, private readonly source: FileSource, from: Checkpoint | null) {
    this.#position = positionOf(from);
    this.#left = new Set(this.#position.left);
    this.#yielded = from;
  }

  async* pages(): AsyncGenerator<Page> {
    const taken = await this.source.intake.taken();
    const known = new Set(taken.map(({ digest }) => digest));
    if (this.#position.replaying) {
      // Each snapshot says everything: the last one is enough.
      for (const { file, digest } of this.#afterPosition(this.source.content === 'snapshot' ? taken.slice(-1) : taken)) yield* this.#file(file, digest);
      this.#position = { ...this.#position, replaying: false };
    }
    yield* this.#waiting(known);
    const last = checkpointOf(this.#at(this.#position));
    if (JSON.stringify(last) !== JSON.stringify(this.#yielded)) yield { records: [], checkpoint: last };
  }

  /** From the file the last read stopped in. One that is no longer there was pruned: everything that is left comes again. */
  #afterPosition<T extends { readonly digest: string }>(taken: readonly T[]): readonly T[] {
    const { digest, whole } = this.#position;
    const index = taken.findIndex((file) => file.digest === digest);
    return index < 0 ? taken : taken.slice(whole ? index + 1 : index);
  }

  async* #waiting(known: Set<string>): AsyncGenerator<Page> {
    const { intake } = this.source;
    const seen = new Set<string>();
    for (const file of await intake.waiting()) {
      const digest = await this.#digestOf(file);
      if (digest === null) continue;
      seen.add(digest);
      if (this.#left.has(digest)) await this.#letGoAgain(file, digest);
      else if (known.has(digest)) await intake.setAside(file);
      else yield* this.#file(file, digest);
      if (!this.#refused.has(digest)) known.add(digest);
    }
    // Whatever was to be moved away and is no longer there has been moved by somebody else.
    for (const digest of this.#left) if (!seen.has(digest)) this.#left.delete(digest);
  }

  async #digestOf(file: StoredFile): Promise<string | null> {
    try {
      return await this.source.intake.digestOf(file);
    } catch (error) {
      if (!(error instanceof ReplacedError)) throw error;
      this.context.log('file.stillChanging', { file: file.path });
      return null;
    }
  }

  async* #file(file: StoredFile, digest: string): AsyncGenerator<Page> {
    if (this.#left.size >= LEFT_MAX) throw stuck(file);
    const { source } = this;
    const from = this.#position.digest === digest && !this.#position.whole ? this.#position.line : 0;
    this.#position = { ...this.#position, digest, line: from, whole: false };
    let [records, rows]: [SourceRecord[], UnreadableRow[]] = [[], []];
    let whole = false;
    try {
      for await (const part of source.layout.read(source.intake.open(file, digest))) {
        if (part.kind === 'end') whole = true;
        else if (part.line > from) {
          const row = rowOf(part, file, digest, source);
          if (row !== null && 'record' in row) records.push(row.record);
          else if (row !== null) rows.push(row.unreadable);
          this.#position = { ...this.#position, line: part.line };
          if (records.length + rows.length < source.pageSize) continue;
          await this.#assertUnchanged(file);
          yield this.#page(records, rows);
          [records, rows] = [[], []];
        }
      }
      yield await this.#lastPage(file, digest, records, whole ? rows : [...rows, this.#broken(file, digest, 'the file ends before its end: its trailer is missing or its control totals disagree')], whole);
    } catch (error) {
      if (error instanceof ReplacedError) throw replaced(error);
      if (!(error instanceof Error) || !CONTENT_ERRORS.has(error.name)) throw error;
      yield await this.#lastPage(file, digest, records, [...rows, this.#broken(file, digest, error.message)], false);
    }
  }

  /** After its commit the file is archived, or refused with what is wrong with it as a whole. */
  async #lastPage(file: StoredFile, digest: string, records: readonly SourceRecord[], rows: readonly UnreadableRow[], whole: boolean): Promise<Page> {
    await this.#assertUnchanged(file);
    this.#position = { ...this.#position, whole: true };
    if (this.#position.replaying) return this.#page(records, rows);
    this.#left.add(digest);
    if (!whole) this.#refused.add(digest);
    const page = this.#page(records, rows);
    const { intake } = this.source;
    const because = rows.at(-1)?.problem ?? '';
    return { ...page, stored: () => this.#letGo(digest, () => (whole ? intake.take(file, digest) : intake.refuse(file, because))) };
  }

  async #letGo(digest: string, move: () => Promise<void>): Promise<void> {
    try {
      await move();
      this.#left.delete(digest);
    } catch (error) {
      // It was replaced since: what lies there now has another content and is read in its own right.
      if (!(error instanceof ReplacedError)) throw error;
      this.#left.delete(digest);
    }
  }

  /** A folder that still cannot be moved to stops nothing yet: see {@link LEFT_MAX}. */
  async #letGoAgain(file: StoredFile, digest: string): Promise<void> {
    try {
      await this.#letGo(digest, () => this.source.intake.take(file, digest));
    } catch (error) {
      this.context.signal.throwIfAborted();
      this.context.log('file.notMoved', { file: file.path, problem: error instanceof Error ? error.message : String(error) });
    }
  }

  async #assertUnchanged(file: StoredFile): Promise<void> {
    if (!await this.source.intake.isUnchanged(file)) throw new ReplacedError(`"${file.path}" changed while it was read`);
  }

  #broken(file: StoredFile, digest: string, problem: string): UnreadableRow {
    return unreadable(file, digest, this.#position.line + 1, { file: file.name }, problem);
  }

  #page(records: readonly SourceRecord[], rows: readonly UnreadableRow[]): Page {
    const checkpoint = checkpointOf(this.#at(this.#position));
    this.#yielded = checkpoint;
    return rows.length === 0 ? { records, checkpoint } : { records, unreadable: rows, checkpoint };
  }

  #at(position: Position): Position {
    return { ...position, left: [...this.#left] };
  }
}

function replaced(error: ReplacedError): ConnectorError {
  return new ConnectorError(`${error.message}: it is read again from its beginning`, { kind: 'transient' }, { cause: error });
}

function stuck(file: StoredFile): ConnectorError {
  return new ConnectorError(`${LEFT_MAX} files were read and could not be moved to the archive; "${file.path}" and those after it wait. Let this login rename files, then sync again`, {
    kind: 'auth', hint: 'allow the login to move files into the archive folder',
  });
}

/**
 * Ids of the newest snapshot, taken or waiting. A row that cannot be read has no id, so a snapshot with such a row says nothing about what is gone.
 * @throws ConnectorError `notSupported` where files hold changes; `invalid` before the first snapshot, or for one that cannot be read to its end.
 */
async function* idsOfSnapshot(context: Context, source: FileSource): AsyncGenerator<readonly string[]> {
  if (source.content !== 'snapshot') throw new ConnectorError('files that hold changes do not say what is gone', { kind: 'notSupported', capability: 'ids' });
  const file = (await source.intake.waiting()).at(-1) ?? (await source.intake.taken()).at(-1)?.file;
  if (file === undefined) throw unfit('', 'no snapshot has come yet, so nothing is known to be gone');
  let ids: string[] = [];
  let whole = false;
  try {
    for await (const part of source.layout.read(source.intake.open(file))) {
      context.signal.throwIfAborted();
      whole ||= part.kind === 'end';
      const row = rowOf(part, file, '', source);
      if (row !== null && 'unreadable' in row) throw unfit(file.path, `${row.unreadable.problem}; a snapshot with an unreadable row does not say what is gone`);
      if (row !== null) ids.push(row.record.externalId);
      if (ids.length < source.pageSize) continue;
      yield ids;
      ids = [];
    }
  } catch (error) {
    throw error instanceof ReplacedError ? replaced(error) : error;
  }
  if (!whole) throw unfit(file.path, 'the snapshot ends before its end, so it does not say what is gone');
  yield ids;
}

function unfit(path: string, problem: string): ConnectorError {
  return new ConnectorError(path === '' ? problem : `${path}: ${problem}`, { kind: 'invalid', issues: [{ path: 'snapshot', value: path, problem }] });
}
