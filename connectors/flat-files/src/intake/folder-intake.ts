import { createHash } from 'node:crypto';
import { ConnectorError, type Context } from '#connector-kit';
import { harmlessName, isPlainName, matchesPattern } from '../store/file-names.js';
import { joinPath, ReplacedError, type Store, type StoredFile } from '../store/store.js';
import type { StoreSession } from '../store/store-session.js';
import { archivedAs, archiveName, stampOf, type ArchivedAs } from './archive-name.js';
import { DIGEST_LENGTH, type Intake, type TakenFile } from './intake.js';
import { byAge, isSettled, isTemporaryName, type WholenessSettings } from './wholeness.js';

export interface FolderSettings extends WholenessSettings {
  readonly folder: string;
  readonly archiveFolder: string;
  readonly errorFolder: string;
}

/** Undoes encryption; the content itself where there is none. */
export type Decipher = (bytes: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>;

/** Names tried for a file whose name is taken in the folder it is moved to. */
const NAMES_MAX = 100;
const NAME_SHOWN_MAX = 200;

type ArchivedFile = ArchivedAs & TakenFile;

/** A folder of a store, with the two folders its files end in. */
export class FolderIntake implements Intake {
  #archived: ArchivedFile[] | null = null;

  constructor(
    private readonly context: Context, private readonly session: StoreSession, private readonly settings: FolderSettings, private readonly decipher: Decipher,
  ) {}

  async waiting(): Promise<readonly StoredFile[]> {
    const { folder, pattern, markerSuffix, settleMs } = this.settings;
    return this.session.use(async (store) => {
      const files = await store.list(folder);
      if (files === null) throw missingFolder(folder);
      const names = new Set(files.map(({ name }) => name));
      const candidates = files.filter(({ name }) => this.#isOurs(name) && matchesPattern(name, pattern) && !isTemporaryName(name, this.settings)
        && (markerSuffix === null || names.has(`${name}${markerSuffix}`)));
      if (candidates.length === 0 || settleMs === 0) return candidates.toSorted(byAge);
      // Asked only when something waits: on a server without a clock command it costs a file.
      const storeNow = await store.now(this.settings.archiveFolder);
      return candidates.filter((file) => isSettled(file, storeNow, this.settings)).toSorted(byAge);
    });
  }

  async taken(): Promise<readonly TakenFile[]> {
    return this.session.use(async (store) => [...await this.#archive(store)]);
  }

  async* open(file: StoredFile, digest?: string): AsyncGenerator<Uint8Array> {
    const store = await this.session.enter();
    try {
      yield* this.decipher(digest === undefined ? store.open(file) : checked(store.open(file), file, digest));
    } finally {
      await this.session.leave();
    }
  }

  isUnchanged(file: StoredFile): Promise<boolean> {
    return this.session.use(async (store) => (await store.stat(file.path))?.version === file.version);
  }

  async digestOf(file: StoredFile): Promise<string> {
    return this.session.use(async (store) => {
      const hash = createHash('sha256');
      for await (const bytes of store.open(file)) hash.update(bytes);
      const digest = hash.digest('hex').slice(0, DIGEST_LENGTH);
      // A second look: a writer that was still at it has changed size or time by now.
      if ((await store.stat(file.path))?.version !== file.version) throw new ReplacedError(`"${file.path}" changed while it was looked at`);
      return digest;
    });
  }

  async take(file: StoredFile, digest: string): Promise<void> {
    await this.session.use(async (store) => {
      const archived = await this.#archive(store);
      if (archived.some((known) => known.digest === digest)) return this.#aside(store, file);
      // One millisecond after the last, whatever our clock says: the archive's order is the order of taking.
      const takenAt = new Date(Math.max(this.context.now().getTime(), (archived.at(-1)?.takenAt.getTime() ?? 0) + 1));
      const as = { takenAt, modifiedAt: file.modifiedAt, digest };
      const path = joinPath(this.settings.archiveFolder, archiveName(as, file.name));
      if (await store.move(file, path) === 'moved') archived.push({ ...as, file: { ...file, path } });
      return this.#dropMarker(store, file);
    });
  }

  async setAside(file: StoredFile): Promise<void> {
    await this.session.use((store) => this.#aside(store, file));
  }

  async refuse(file: StoredFile, because: string): Promise<void> {
    await this.session.use(async (store) => {
      const name = await this.#moveTo(store, file, this.settings.errorFolder, `${stampOf(this.context.now())}_${harmlessName(file.name)}`);
      if (name !== null) await store.publish(joinPath(this.settings.errorFolder, `${name}.reason.txt`), Buffer.from(`${file.path}\n${because}\n`));
    });
  }

  async #aside(store: Store, file: StoredFile): Promise<void> {
    await this.#moveTo(store, file, this.settings.archiveFolder, `duplicate_${stampOf(this.context.now())}_${harmlessName(file.name)}`);
  }

  /** The name it got; null when it is gone, which is what was wanted. */
  async #moveTo(store: Store, file: StoredFile, folder: string, name: string): Promise<string | null> {
    for (let attempt = 0; attempt < NAMES_MAX; attempt += 1) {
      const tried = attempt === 0 ? name : `${name}.${attempt}`;
      const outcome = await store.move(file, joinPath(folder, tried));
      if (outcome === 'taken') continue;
      await this.#dropMarker(store, file);
      return outcome === 'moved' ? tried : null;
    }
    throw new ConnectorError(`"${file.path}" cannot be moved: ${NAMES_MAX} names like "${name}" are taken in "${folder}"; clear that folder`, { kind: 'transient' });
  }

  async #dropMarker(store: Store, file: StoredFile): Promise<void> {
    if (this.settings.markerSuffix !== null) await store.remove(`${file.path}${this.settings.markerSuffix}`);
  }

  /** Listed once: while we hold the connection nobody else takes files. */
  async #archive(store: Store): Promise<ArchivedFile[]> {
    this.#archived ??= (await store.list(this.settings.archiveFolder) ?? []).flatMap((file) => {
      const known = archivedAs(file.name);
      return known === null ? [] : [{ ...known, file: { ...file, modifiedAt: known.modifiedAt } }];
    }).toSorted((left, right) => (left.file.name < right.file.name ? -1 : 1));
    return this.#archived;
  }

  #isOurs(name: string): boolean {
    if (isPlainName(name)) return true;
    this.context.log('file.nameRefused', { folder: this.settings.folder, name: JSON.stringify(name).slice(0, NAME_SHOWN_MAX) });
    return false;
  }
}

async function* checked(source: AsyncIterable<Uint8Array>, file: StoredFile, digest: string): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256');
  for await (const bytes of source) {
    hash.update(bytes);
    yield bytes;
  }
  if (hash.digest('hex').slice(0, DIGEST_LENGTH) !== digest) throw new ReplacedError(`"${file.path}" changed while it was read`);
}

function missingFolder(folder: string): ConnectorError {
  return new ConnectorError(`there is no folder "${folder}": make it, or correct the setting`, {
    kind: 'invalid', issues: [{ path: 'config.folder', value: folder, problem: 'does not exist' }],
  });
}
