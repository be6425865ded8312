import { FILE_BYTES_MAX } from '#documents';
import type { OpenConnection } from '#connections';
import { ConnectorError, type Context, type FileInbox, type WaitingFile } from '#connector-kit';
import { acquireLease, noteConnectionFailure, releaseLease, renewLease, type ReceivedDocumentRecord, type Database } from '#storage';
import type { ReceivedDocuments } from './received-documents.js';
import { FILE_NAME_LENGTH_MAX } from './bank-limits.js';

/** One file must be read and imported well within this; it is renewed before each. */
const INBOX_LEASE_MS = 300_000;
/** Findings a refusal note repeats; the hub keeps them all. */
const FINDINGS_SHOWN_MAX = 20;

export interface InboxImportDependencies {
  readonly database: Database;
  readonly receivedDocuments: Pick<ReceivedDocuments, 'importFile'>;
  readonly openConnection: (tenantId: string, connectionId: string) => Promise<OpenConnection>;
  /** Names this process in leases. */
  readonly holder: string;
  readonly log: (event: string, detail: Readonly<Record<string, string | number>>) => void;
}

/** What became of a waiting file. */
type Settlement = Parameters<FileInbox['settle']>[2];

/**
 * Brings the documents that wait in connections' folders and mailboxes into the hub: each is kept, imported and only then moved out of the way, so a crash between
 * the two imports the same bytes again, which changes nothing. One worker per connection at a time.
 */
export class InboxImport {
  constructor(private readonly dependencies: InboxImportDependencies) {}

  /** Imports everything that waits. Returns at once when another worker is at it. A failure of the source is noted on the connection and logged. */
  async drain(tenantId: string, connectionId: string, signal: AbortSignal): Promise<void> {
    const { database, holder, openConnection } = this.dependencies;
    const connection = await openConnection(tenantId, connectionId);
    const { inbox } = connection.connector;
    if (inbox === undefined || connection.capabilities.inbox !== 'files') return;
    const lease = await acquireLease(database, `inbox:${connectionId}`, holder, INBOX_LEASE_MS);
    if (lease === null) return;
    try {
      const context = connection.context(signal);
      for await (const file of inbox.waiting(context)) {
        if (!await renewLease(database, lease, INBOX_LEASE_MS)) return;
        await this.#take(connection, inbox, context, file);
      }
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof ConnectorError)) throw error;
      await this.#note(connection, error);
    } finally {
      await releaseLease(database, lease);
    }
  }

  async #take(connection: OpenConnection, inbox: FileInbox, context: Context, file: WaitingFile): Promise<void> {
    const { log } = this.dependencies;
    try {
      const how = await this.#import(connection, await inbox.open(context, file), file).catch(refusedContent);
      await inbox.settle(context, file, how);
      log('inbox.settled', { connectionId: connection.id, file: file.path, state: how.state });
    } catch (error) {
      // Replaced since it was listed: it is listed again next time.
      if (!(error instanceof ConnectorError) || error.failure.kind !== 'conflict') throw error;
      log('inbox.replaced', { connectionId: connection.id, file: file.path });
    }
  }

  async #import(connection: OpenConnection, source: AsyncIterable<Uint8Array>, file: WaitingFile): Promise<Settlement> {
    const bytes = await wholeOf(source);
    if (bytes === null) return { state: 'refused', because: `the file has more than ${FILE_BYTES_MAX} bytes; split it` };
    if (bytes.length === 0) return { state: 'refused', because: 'the file is empty' };
    const name = file.path.slice(file.path.lastIndexOf('/') + 1).slice(-FILE_NAME_LENGTH_MAX);
    const imported = await this.dependencies.receivedDocuments.importFile(connection.tenantId, { name, bytes, source: connection.connector.id, channel: file.channel ?? 'EDI', ...(file.sender === undefined ? {} : { sender: file.sender }), uploadedBy: `connection/${connection.id}` });
    return imported.file.status === 'processed' ? { state: 'taken' } : { state: 'refused', because: refusalOf(imported.file) };
  }

  /** Refused credentials stop the connection, as they do in a sync: repeating them locks accounts. */
  async #note({ tenantId, id }: OpenConnection, error: ConnectorError): Promise<void> {
    this.dependencies.log('inbox.failed', { connectionId: id, kind: error.failure.kind, message: error.message });
    await this.dependencies.database.inTenant(tenantId, (transaction) => noteConnectionFailure(transaction, id, () => (error.failure.kind === 'auth' ? error.message : null)));
  }
}

/** A content that cannot be opened at all (wrong key, no signature) will not be better next time. */
function refusedContent(error: unknown): Settlement {
  if (error instanceof ConnectorError && error.failure.kind === 'invalid') return { state: 'refused', because: error.message };
  throw error;
}

/** Null for more bytes than a document may have. */
async function wholeOf(source: AsyncIterable<Uint8Array>): Promise<Uint8Array | null> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of source) {
    size += piece.length;
    if (size > FILE_BYTES_MAX) return null;
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

/** What a person at the sender's side needs to know. */
function refusalOf({ id, findings }: ReceivedDocumentRecord): string {
  const shown = findings.slice(0, FINDINGS_SHOWN_MAX).map(({ where, problem }) => `line ${where.line}: ${problem}`);
  return [`nothing was imported; the hub keeps the file as document ${id}`, ...shown].join('\n');
}
