import { ENTITY_NAMES, type EntityName } from '#canonical';
import { ConnectorError, type Context, type EntityReader, type FileDoor, type FileInbox } from '#connector-kit';
import { deliverFile, lookUpFile, type Destination } from './delivery/deliver.js';
import { readAcknowledgement } from './delivery/acknowledgement.js';
import { batchKey, renderBatch } from './delivery/posting-file.js';
import { planFileReversal, planPosting } from './delivery/posting-plan.js';
import type { OutboundFolderSettings, OutboundSettings } from './flat-file-settings.js';
import { folderInbox } from './inbox/folder-inbox.js';
import { OpenedFolders, type FolderConnection } from './opened-folders.js';
import { PgpError } from './pgp/pgp.js';
import { fileReader } from './reading/file-reader.js';
import type { Store } from './store/store.js';

/** Makes a connection's folders from a context. */
export type ConnectionOf = (context: Context) => FolderConnection;

export type Readers = Readonly<Record<EntityName, EntityReader>>;

export function folderReaders(connectionOf: ConnectionOf): Readers {
  return Object.fromEntries(ENTITY_NAMES.map((entity) => [entity, fileReader(async (context) => {
    const folders = new OpenedFolders(context, connectionOf(context));
    const source = folders.source(entity);
    if (source === null) return null;
    await enter(folders);
    return { source, end: () => folders.session.leave() };
  })])) as Record<EntityName, EntityReader>;
}

export function inboxOf(connectionOf: ConnectionOf): FileInbox {
  return folderInbox(async (context) => {
    const folders = new OpenedFolders(context, connectionOf(context));
    await enter(folders);
    return { ...folders.inbox(), end: () => folders.session.leave() };
  });
}

/** A session that could not be opened is left at once. */
async function enter({ session }: OpenedFolders): Promise<void> {
  await session.enter().catch(async (error: unknown) => {
    await session.leave();
    throw error;
  });
}

/** Everything of a file door but the way out. `outboundOf` reads the settings. */
export function fileDoorBasis(outboundOf: (config: unknown) => OutboundSettings | null): Pick<FileDoor, 'plan' | 'planReversal' | 'batchKeyOf' | 'batchPostingsMax' | 'render'> {
  const needed = (config: unknown): OutboundSettings => outboundOf(config) ?? fail();
  return {
    plan: (intent, tools) => planPosting(intent, tools, outboundOf(tools.config)),
    planReversal: (request) => planFileReversal(request),
    batchKeyOf: (step, tools) => batchKey(step, needed(tools.config)),
    batchPostingsMax: (tools) => {
      const { batchPostingsMax, layout } = needed(tools.config);
      return Math.min(batchPostingsMax, tools.layout(layout).detailsMax ?? batchPostingsMax);
    },
    render: (batch, tools) => renderBatch(batch, needed(tools.config), tools),
  };
}

export function folderFileDoor(connectionOf: ConnectionOf, outboundOf: (config: unknown) => OutboundFolderSettings | null): FileDoor {
  const at = async <T>(context: Context, work: (store: Store, to: Destination, folders: OpenedFolders) => Promise<T>): Promise<T> => {
    const folders = new OpenedFolders(context, connectionOf(context));
    const to = folders.destination() ?? fail();
    return folders.session.use((store) => work(store, to, folders)).catch(rethrown);
  };
  return {
    ...fileDoorBasis(outboundOf),
    deliver: (context, file) => at(context, (store, to) => deliverFile(store, file, to)),
    lookUp: (context, file) => at(context, (store, to) => lookUpFile(store, file, to)),
    acknowledgement: (context, file) => at(context, async (_store, { outbound: { acknowledgements } }, folders) => (acknowledgements === null ? null
      : readAcknowledgement(folders.answers(acknowledgements, file), context.layout(acknowledgements.layout), acknowledgements))),
  };
}

/** A key that cannot be used is a credential; the rest is in the contract's words already. */
function rethrown(error: unknown): never {
  if (error instanceof PgpError) throw new ConnectorError(error.message, { kind: 'auth', hint: 'check config.pgp and the OpenPGP secrets' });
  throw error;
}

function fail(): never {
  throw new ConnectorError('this connection sends no postings: set config.outbound', { kind: 'notSupported', capability: 'post' });
}
