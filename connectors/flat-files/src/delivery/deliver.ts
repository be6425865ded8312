import { createHash } from 'node:crypto';
import { ConnectorError, type Delivery, type RenderedFile } from '#connector-kit';
import type { OutboundFolderSettings } from '../flat-file-settings.js';
import type { Pgp } from '../pgp/pgp.js';
import { joinPath, type Store } from '../store/store.js';

/** Where a file goes, and in which clothes. */
export interface Destination {
  readonly outbound: OutboundFolderSettings;
  /** Null where files go as they are. */
  readonly pgp: Pgp | null;
  /** Added to the names of encrypted files; empty where they are plain. */
  readonly suffix: string;
}

/** Safe to repeat: what is there already is compared by content, never replaced. */
export async function deliverFile(store: Store, file: RenderedFile, to: Destination): Promise<Delivery> {
  if (await isDelivered(store, file, to)) return { state: 'delivered', alreadyThere: true };
  const path = joinPath(to.outbound.folder, nameAt(file, to));
  if (await store.publish(path, to.pgp === null ? file.bytes : await to.pgp.protect(file.bytes)) === 'written') return { state: 'delivered', alreadyThere: false };
  // Somebody, perhaps we ourselves, was faster.
  if (await isDelivered(store, file, to)) return { state: 'delivered', alreadyThere: true };
  throw new ConnectorError(`"${path}" came and went while it was delivered`, { kind: 'outcomeUnknown' });
}

export async function lookUpFile(store: Store, file: RenderedFile, to: Destination): Promise<'delivered' | 'absent' | 'unknown'> {
  if (await isDelivered(store, file, to)) return 'delivered';
  // A target that deletes what it takes leaves nothing to find.
  return to.outbound.pickedUp === 'deleted' ? 'unknown' : 'absent';
}

/** @throws ConnectorError `conflict` where other bytes stand under the name. */
async function isDelivered(store: Store, file: RenderedFile, to: Destination): Promise<boolean> {
  const { folder, pickedUp, takenFolder } = to.outbound;
  const folders = pickedUp === 'moved' && takenFolder !== null ? [folder, takenFolder] : [folder];
  for (const each of folders) {
    const path = joinPath(each, nameAt(file, to));
    const found = await store.stat(path);
    if (found === null) continue;
    const pieces: Uint8Array[] = [];
    for await (const bytes of store.open(found)) pieces.push(bytes);
    const there = Buffer.concat(pieces);
    const plain = to.pgp === null ? there : await to.pgp.reveal(there).catch(() => there);
    if (digestOf(plain) === digestOf(file.bytes)) return true;
    throw new ConnectorError(`"${path}" holds another content (${found.size} bytes): it was left as it is. Move it away, then deliver again`, { kind: 'conflict', externalId: path, differsIn: ['bytes'] });
  }
  return false;
}

function nameAt({ name }: RenderedFile, { suffix }: Destination): string {
  return `${name}${suffix}`;
}

function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
