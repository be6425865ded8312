import { ConnectorError, LayoutError, type Checkpoint, type Context, type EntityReader, type Layout, type Page } from '#connector-kit';
import type { Intake } from '../intake/intake.js';
import { PgpError } from '../pgp/pgp.js';
import { ReplacedError, type StoredFile } from '../store/store.js';
import { checkpointOf, LEFT_MAX, positionOf, type Position } from './checkpoint.js';
import { PageRows, type LastRows, type Rows } from './page-rows.js';
import type { RepeatedRows } from './record-rows.js';
import { rowOf, type RowSettings } from './rows.js';

/** One kind of file, ready to be read. */
export interface FileSource extends RowSettings {
  readonly intake: Intake;
  readonly layout: Layout;
  /** `snapshot`: each file lists everything there is; `changes`: what is new. */
  readonly content: 'changes' | 'snapshot';
  readonly pageSize: number;
  /** Null where a row is a record. */
  readonly repeated: RepeatedRows | null;
}

/** Opens the source an entity is read from; null where the settings name none. The connection it needs is held until `end`. */
export type OpenSource = (context: Context) => Promise<{ readonly source: FileSource; readonly end: () => Promise<void> } | null>;

/** Reads an entity from files: each content once, archived after its last page is committed, refused with a reason where it cannot be read. */
export function fileReader(open: OpenSource): EntityReader {
  return {
    async* changes(context, from) {
      const opened = await open(context);
      // Before a connection's first check the engine asks for everything a connector can read.
      if (opened === null) return;
      const { source, end } = opened;
      try {
        yield* new FileRead(context, source, from).pages();
      } finally {
        await end();
      }
    },
    async* ids(context) {
      const opened = await open(context);
      if (opened === null) throw new ConnectorError('no files of this kind are set for the connection, so nothing is known to be gone', { kind: 'notSupported', capability: 'ids' });
      const { source, end } = opened;
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
    const reading = new PageRows(file, digest, source);
    try {
      for await (const part of source.layout.read(source.intake.open(file, digest))) {
        if (part.kind !== 'end' && part.line <= from) continue;
        reading.add(part);
        if (reading.size < source.pageSize) continue;
        await this.#assertUnchanged(file);
        this.#position = { ...this.#position, line: reading.line };
        yield this.#page(reading.take());
      }
      yield await this.#lastPage(file, digest, reading.end());
    } catch (error) {
      if (error instanceof ReplacedError) throw replaced(error);
      if (!(error instanceof LayoutError) && !(error instanceof PgpError)) throw error;
      yield await this.#lastPage(file, digest, reading.end(error.message));
    }
  }

  /** After its commit the file is archived, or refused with what is wrong with it as a whole. */
  async #lastPage(file: StoredFile, digest: string, { brokenBecause, ...rows }: LastRows): Promise<Page> {
    await this.#assertUnchanged(file);
    this.#position = { ...this.#position, whole: true };
    if (this.#position.replaying) return this.#page(rows);
    this.#left.add(digest);
    if (brokenBecause !== null) this.#refused.add(digest);
    const page = this.#page(rows);
    const { intake } = this.source;
    return { ...page, stored: () => this.#letGo(digest, () => (brokenBecause === null ? intake.take(file, digest) : intake.refuse(file, brokenBecause))) };
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

  #page({ records, unreadable: rows }: Rows): Page {
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
