import type { EntityName } from '#canonical';
import type { Context } from '#connector-kit';
import { answerPattern } from './delivery/acknowledgement.js';
import type { Destination } from './delivery/deliver.js';
import type { AcknowledgementSettings, FolderSettings } from './flat-file-settings.js';
import type { OpenInbox } from './inbox/folder-inbox.js';
import { FolderIntake, type Decipher } from './intake/folder-intake.js';
import { Pgp } from './pgp/pgp.js';
import type { FileSource } from './reading/file-reader.js';
import { repeatedRowsOf } from './reading/record-rows.js';
import { joinPath, type Store } from './store/store.js';
import { StoreSession } from './store/store-session.js';

/** How a connector opens its store, and what its settings say about folders. */
export interface FolderConnection {
  readonly settings: FolderSettings;
  readonly secrets: { readonly pgpPrivateKey?: string | undefined; readonly pgpPassphrase?: string | undefined };
  open(context: Context): Promise<Store>;
}

/** One connection's folders, for one piece of work. */
export class OpenedFolders {
  readonly session: StoreSession;
  readonly #pgp: Pgp | null;

  constructor(private readonly context: Context, private readonly connection: FolderConnection) {
    this.session = new StoreSession(() => connection.open(context));
    this.#pgp = connection.settings.pgp === null ? null : new Pgp(connection.settings.pgp, connection.secrets);
  }

  source(entity: EntityName): FileSource | null {
    const { reads, pageSize } = this.connection.settings;
    const read = reads.find((each) => each.entity === entity);
    if (read === undefined) return null;
    const { layout, record, idField, content, folder, pattern } = read;
    return { intake: this.#intake(folder, pattern), layout: this.context.layout(layout), record, idField, content, pageSize, repeated: repeatedRowsOf(entity) };
  }

  inbox(): Omit<OpenInbox, 'end'> {
    const folders = this.connection.settings.inbox.map(({ folder, pattern, purpose }) => ({ folder, purpose, intake: this.#intake(folder, pattern) }));
    return { folders, session: this.session };
  }

  answers(settings: AcknowledgementSettings, file: { readonly name: string; readonly bytes: Uint8Array }): FolderIntake {
    return this.#intake(settings.folder, answerPattern(settings, file));
  }

  destination(): Destination | null {
    const { outbound, pgp } = this.connection.settings;
    if (outbound === null) return null;
    return pgp === null || pgp.encryptFor === null ? { outbound, pgp: null, suffix: '' } : { outbound, pgp: this.#pgp, suffix: pgp.fileSuffix };
  }

  #intake(folder: string, pattern: string): FolderIntake {
    const { archive, errors, settleSeconds, temporarySuffixes, markerSuffix } = this.connection.settings;
    const pgp = this.#pgp;
    const decipher: Decipher = pgp === null ? (bytes) => bytes : (bytes) => pgp.decipher(bytes);
    return new FolderIntake(this.context, this.session, {
      folder, archiveFolder: joinPath(folder, archive), errorFolder: joinPath(folder, errors), pattern, temporarySuffixes, markerSuffix, settleMs: settleSeconds * 1000,
    }, decipher);
  }
}
