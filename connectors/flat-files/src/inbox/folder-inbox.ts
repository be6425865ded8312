import { ConnectorError, type Context, type FileInbox, type WaitingFile } from '#connector-kit';
import { FolderIntake } from '../intake/folder-intake.js';
import { PgpError } from '../pgp/pgp.js';
import { ReplacedError, type StoredFile } from '../store/store.js';
import type { StoreSession } from '../store/store-session.js';

/** One inbox folder of an opened connection. */
export interface InboxFolder {
  readonly intake: FolderIntake;
  readonly folder: string;
  readonly purpose: WaitingFile['purpose'];
}

/** A connection's inbox folders; the session is held until `end`. */
export interface OpenInbox {
  readonly folders: readonly InboxFolder[];
  readonly session: StoreSession;
  readonly end: () => Promise<void>;
}

/** Bank and remittance files of all inbox folders, each known by its path and version. */
export function folderInbox(openInbox: (context: Context) => Promise<OpenInbox>): FileInbox {
  return {
    async* waiting(context) {
      const { folders, end } = await openInbox(context);
      try {
        for (const { intake, purpose } of folders) for (const file of await intake.waiting()) yield asWaiting(file, purpose);
      } finally {
        await end();
      }
    },
    async open(context, file) {
      const inbox = await openInbox(context);
      const found = await storedFile(inbox, file).catch(async (error: unknown) => {
        await inbox.end();
        throw error;
      });
      if (found !== null) return bytesOf(inbox, found.intake, found.file);
      await inbox.end();
      throw replaced(file.path);
    },
    async settle(context, file, how) {
      const inbox = await openInbox(context);
      try {
        const found = await storedFile(inbox, file);
        if (found === null) return;
        const { intake } = found;
        if (how.state === 'refused') await intake.refuse(found.file, how.because);
        else await intake.take(found.file, await intake.digestOf(found.file));
      } catch (error) {
        // Replaced since it was read: another file, which is listed next time.
        if (!(error instanceof ReplacedError)) throw error;
      } finally {
        await inbox.end();
      }
    },
  };
}

/** The file as it lies there now; null when it is gone or another one. */
async function storedFile({ folders, session }: OpenInbox, file: WaitingFile): Promise<{ readonly intake: FolderIntake; readonly file: StoredFile } | null> {
  const home = folders.find(({ folder }) => file.path.slice(0, Math.max(file.path.lastIndexOf('/'), 0)) === folder.replace(/\/+$/, ''));
  const found = await session.use((store) => store.stat(file.path));
  return home === undefined || found === null || found.version !== file.version ? null : { intake: home.intake, file: found };
}

async function* bytesOf(inbox: OpenInbox, intake: FolderIntake, file: StoredFile): AsyncGenerator<Uint8Array> {
  try {
    yield* intake.open(file);
  } catch (error) {
    if (error instanceof PgpError) throw new ConnectorError(`"${file.path}": ${error.message}`, { kind: 'invalid', issues: [{ path: file.path, value: '', problem: error.message }] });
    throw error instanceof ReplacedError ? replaced(file.path) : error;
  } finally {
    await inbox.end();
  }
}

function asWaiting({ path, size, version, modifiedAt }: StoredFile, purpose: WaitingFile['purpose']): WaitingFile {
  return { path, size, version, modifiedAt: modifiedAt.toISOString(), purpose };
}

function replaced(path: string): ConnectorError {
  return new ConnectorError(`"${path}" was replaced or removed since it was listed; it is listed again`, { kind: 'conflict', externalId: path, differsIn: ['version'] });
}
