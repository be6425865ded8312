import { ConnectorError, type Capabilities, type Context, type Probe } from '#connector-kit';
import { capabilitiesOf } from './capabilities.js';
import { OpenedFolders, type FolderConnection } from './opened-folders.js';

/** Looks into every folder the settings name and asks for every layout. Writes nothing: whether we may write is seen at the first file. */
export async function probeFolders(context: Context, connection: FolderConnection, all: Capabilities): Promise<Probe> {
  const { settings } = connection;
  const { session } = new OpenedFolders(context, connection);
  const { missing, denied, asked } = await session.use(async (store) => lookInto(context, foldersOf(connection), (folder) => store.list(folder)));
  // Denied everywhere is no missing permission, it is no permission.
  if (denied !== null && missing.length === asked) throw denied;
  return {
    at: context.now().toISOString(), missing: [...missing, ...missingLayouts(context, layoutsOf(connection))], timeZone: settings.timeZone,
    features: { folders: asked, sends: settings.outbound !== null, encrypts: settings.pgp?.encryptFor !== null && settings.pgp !== null },
    capabilities: capabilitiesOf(all, settings, settings.outbound),
  };
}

interface Look {
  readonly missing: readonly string[];
  readonly denied: ConnectorError | null;
  readonly asked: number;
}

async function lookInto(context: Context, folders: readonly string[], list: (folder: string) => Promise<unknown>): Promise<Look> {
  const missing: string[] = [];
  let denied: ConnectorError | null = null;
  for (const folder of folders) {
    try {
      if (await list(folder) === null) missing.push(`The folder "${folder}" does not exist: make it, or correct the setting.`);
    } catch (error) {
      context.signal.throwIfAborted();
      if (!(error instanceof ConnectorError) || error.failure.kind !== 'auth') throw error;
      denied = error;
      missing.push(`The folder "${folder}" may not be listed by this login: let it read, write and rename there.`);
    }
  }
  return { missing, denied, asked: folders.length };
}

function foldersOf({ settings: { reads, inbox, outbound } }: FolderConnection): readonly string[] {
  const folders = [...reads, ...inbox, ...outbound === null ? [] : [outbound], ...outbound?.acknowledgements ? [outbound.acknowledgements] : []].map(({ folder }) => folder);
  const all = new Set([...folders, ...outbound?.takenFolder ? [outbound.takenFolder] : []]);
  // A connection without any folder yet still proves its login.
  return all.size === 0 ? [''] : [...all];
}

function layoutsOf({ settings: { reads, outbound } }: FolderConnection): readonly string[] {
  return [...reads.map(({ layout }) => layout), ...outbound === null ? [] : [outbound.layout], ...outbound?.acknowledgements ? [outbound.acknowledgements.layout] : []];
}

/** A sentence for each layout that is not there. */
export function missingLayouts(context: Context, names: readonly string[]): readonly string[] {
  return [...new Set(names)].flatMap((name) => {
    try {
      context.layout(name);
      return [];
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      return [`The settings name a layout this hub does not have: ${error.message}.`];
    }
  });
}
