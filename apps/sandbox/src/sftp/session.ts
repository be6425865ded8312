import ssh2, { type Attributes, type FileEntry, type SFTPWrapper } from 'ssh2';
import { absolute, type FileTree, type TreeNode } from './file-tree.js';
import type { SftpFaults } from './faults.js';

const { STATUS_CODE, OPEN_MODE } = ssh2.utils.sftp;
/** Names in one answer to a listing; OpenSSH gives about a hundred. */
const NAMES_PER_ANSWER = 4;
const MODES = { folder: 0o040_755, file: 0o100_644, link: 0o120_777 } as const;

interface OpenFile {
  readonly path: string;
  readonly node: Extract<TreeNode, { kind: 'file' }>;
  /** Bytes sent or received before the connection breaks. */
  cutAfter: number | null;
  /** Where the content ends, whatever its size says. */
  readonly end: number;
  /** What this handle's writes grow into. */
  room: Buffer;
}

interface OpenFolder {
  readonly names: FileEntry[];
  repeat: boolean;
  last: FileEntry[];
}

export interface SessionWorld {
  readonly tree: FileTree;
  readonly faults: SftpFaults;
  /** Folders this user may not even look into, absolute. */
  readonly denied: readonly string[];
  seconds(): number;
  /** Breaks the connection without a word. */
  reset(): void;
  /** Waits as slow servers do; false when the caller went away meanwhile. */
  delay(): Promise<boolean>;
}

/** One SFTP channel: the protocol, version 3, without extensions. */
export class SftpSession {
  readonly #files = new Map<number, OpenFile>();
  readonly #folders = new Map<number, OpenFolder>();
  #handles = 0;
  #line: Promise<void> = Promise.resolve();

  constructor(private readonly channel: SFTPWrapper, private readonly world: SessionWorld) {
    channel.on('OPEN', (id, path, flags) => this.#answer(id, () => this.#open(id, path, flags)));
    channel.on('READ', (id, handle, offset, length) => this.#answer(id, () => this.#read(id, handle, offset, length)));
    channel.on('WRITE', (id, handle, offset, data) => this.#answer(id, () => this.#write(id, handle, offset, data)));
    channel.on('CLOSE', (id, handle) => this.#answer(id, () => this.#close(id, handle)));
    channel.on('OPENDIR', (id, path) => this.#answer(id, () => this.#openFolder(id, path)));
    channel.on('READDIR', (id, handle) => this.#answer(id, () => this.#readFolder(id, handle)));
    channel.on('LSTAT', (id, path) => this.#answer(id, () => this.#stat(id, path)));
    channel.on('STAT', (id, path) => this.#answer(id, () => this.#stat(id, path)));
    channel.on('REMOVE', (id, path) => this.#answer(id, () => this.#remove(id, path)));
    channel.on('RENAME', (id, from, to) => this.#answer(id, () => this.#rename(id, from, to)));
    channel.on('MKDIR', (id, path) => this.#answer(id, () => this.#makeFolder(id, path)));
    channel.on('REALPATH', (id, path) => this.#answer(id, () => { channel.name(id, [{ filename: absolute(path), longname: absolute(path), attrs: attributesOf({ kind: 'folder', mtime: 0 }) }]); }));
  }

  /** In the order the requests came, one at a time, after whatever is to go wrong has. */
  #answer(id: number, work: () => void): void {
    this.#line = this.#line.then(async () => {
      if (!await this.world.delay()) return;
      const failure = this.world.faults.nextFailure();
      if (failure === 'reset') this.world.reset();
      else if (failure === 'failure') this.channel.status(id, STATUS_CODE.FAILURE);
      else work();
    });
  }

  #open(id: number, path: string, flags: number): void {
    if (this.#isDenied(path)) return this.#status(id, STATUS_CODE.PERMISSION_DENIED);
    const found = this.world.tree.get(path);
    const writes = (flags & OPEN_MODE.WRITE) !== 0;
    if (found === undefined && !writes) return this.#status(id, STATUS_CODE.NO_SUCH_FILE);
    if (found !== undefined && found.kind !== 'file') return this.#status(id, STATUS_CODE.FAILURE);
    if (writes && this.world.tree.get(`${path}/..`)?.kind !== 'folder') return this.#status(id, STATUS_CODE.NO_SUCH_FILE);
    const node = found ?? { kind: 'file' as const, bytes: Buffer.alloc(0), mtime: this.world.seconds() };
    if (writes && (flags & OPEN_MODE.TRUNC) !== 0) Object.assign(node, { bytes: Buffer.alloc(0), mtime: this.world.seconds() });
    if (found === undefined) this.world.tree.set(path, node);
    const cut = writes ? this.world.faults.take('cutNextWrite') : this.world.faults.take('cutNextRead');
    const end = !writes && this.world.faults.take('truncateNextRead') !== null ? Math.floor(node.bytes.length / 2) : Number.MAX_SAFE_INTEGER;
    this.#files.set(this.#handles, { path: absolute(path), node, cutAfter: cut?.afterBytes ?? null, end, room: Buffer.alloc(0) });
    this.#giveHandle(id);
  }

  #read(id: number, handle: Buffer, offset: number, length: number): void {
    const file = this.#files.get(handle.readUInt32BE(0));
    if (file === undefined) return this.#status(id, STATUS_CODE.FAILURE);
    if (file.cutAfter !== null && offset + length > file.cutAfter) return this.world.reset();
    const bytes = file.node.bytes.subarray(offset, Math.min(offset + length, file.end));
    if (bytes.length === 0) this.#status(id, STATUS_CODE.EOF);
    else this.channel.data(id, bytes);
  }

  #write(id: number, handle: Buffer, offset: number, data: Buffer): void {
    const file = this.#files.get(handle.readUInt32BE(0));
    if (file === undefined || this.world.faults.diskFull) return this.#status(id, STATUS_CODE.FAILURE);
    const { node, cutAfter } = file;
    const kept = cutAfter === null ? data : data.subarray(0, Math.max(cutAfter - offset, 0));
    if (offset + kept.length > node.bytes.length) node.bytes = extended(file, offset + kept.length);
    kept.copy(node.bytes, offset);
    node.mtime = this.world.seconds();
    if (kept.length < data.length) return this.world.reset();
    this.#status(id, STATUS_CODE.OK);
  }

  #close(id: number, handle: Buffer): void {
    const known = handle.readUInt32BE(0);
    const closed = this.#files.delete(known) || this.#folders.delete(known);
    this.#status(id, closed ? STATUS_CODE.OK : STATUS_CODE.FAILURE);
  }

  #openFolder(id: number, path: string): void {
    if (this.#isDenied(path)) return this.#status(id, STATUS_CODE.PERMISSION_DENIED);
    const children = this.world.tree.children(path);
    if (children === undefined) return this.#status(id, STATUS_CODE.NO_SUCH_FILE);
    const names = children.map(({ name, node }) => ({ filename: name, longname: `${node.kind} ${name}`, attrs: attributesOf(node) }));
    this.#folders.set(this.#handles, { names, last: [], repeat: names.length > NAMES_PER_ANSWER && this.world.faults.take('repeatNextListing') !== null });
    this.#giveHandle(id);
  }

  #readFolder(id: number, handle: Buffer): void {
    const folder = this.#folders.get(handle.readUInt32BE(0));
    if (folder === undefined) return this.#status(id, STATUS_CODE.FAILURE);
    if (folder.repeat && folder.last.length > 0) {
      folder.repeat = false;
      this.channel.name(id, folder.last);
      return;
    }
    folder.last = folder.names.splice(0, NAMES_PER_ANSWER);
    if (folder.last.length === 0) this.#status(id, STATUS_CODE.EOF);
    else this.channel.name(id, folder.last);
  }

  #stat(id: number, path: string): void {
    if (this.#isDenied(path)) return this.#status(id, STATUS_CODE.PERMISSION_DENIED);
    const node = this.world.tree.get(path);
    if (node === undefined) this.#status(id, STATUS_CODE.NO_SUCH_FILE);
    else this.channel.attrs(id, attributesOf(node));
  }

  #remove(id: number, path: string): void {
    if (this.#isDenied(path)) return this.#status(id, STATUS_CODE.PERMISSION_DENIED);
    if (this.world.tree.get(path)?.kind === 'folder') return this.#status(id, STATUS_CODE.FAILURE);
    this.#status(id, this.world.tree.delete(path) ? STATUS_CODE.OK : STATUS_CODE.NO_SUCH_FILE);
  }

  /** As OpenSSH does it: a name that is taken is refused. */
  #rename(id: number, from: string, to: string): void {
    if (this.#isDenied(from) || this.#isDenied(to)) return this.#status(id, STATUS_CODE.PERMISSION_DENIED);
    const { tree, faults } = this.world;
    const node = tree.get(from);
    if (node === undefined) return this.#status(id, STATUS_CODE.NO_SUCH_FILE);
    if (tree.get(to) !== undefined) return this.#status(id, STATUS_CODE.FAILURE);
    tree.delete(from);
    tree.set(to, node);
    if (faults.take('loseNextRenameAnswer') !== null) this.world.reset();
    else this.#status(id, STATUS_CODE.OK);
  }

  #makeFolder(id: number, path: string): void {
    if (this.#isDenied(path)) return this.#status(id, STATUS_CODE.PERMISSION_DENIED);
    if (this.world.tree.get(path) !== undefined || this.world.faults.diskFull) return this.#status(id, STATUS_CODE.FAILURE);
    this.world.tree.set(path, { kind: 'folder', mtime: this.world.seconds() });
    this.#status(id, STATUS_CODE.OK);
  }

  #isDenied(path: string): boolean {
    const at = absolute(path);
    return this.world.denied.some((folder) => at === folder || at.startsWith(`${folder}/`));
  }

  #giveHandle(id: number): void {
    const handle = Buffer.alloc(4);
    handle.writeUInt32BE(this.#handles);
    this.#handles += 1;
    this.channel.handle(id, handle);
  }

  #status(id: number, code: number): void {
    this.channel.status(id, code);
  }
}

/** The file's bytes, with zeros up to this length. The handle keeps room to spare: copying a file for every piece of it made large ones slower than any line. */
function extended(file: OpenFile, length: number): Buffer {
  const { bytes } = file.node;
  if (bytes.buffer !== file.room.buffer || length > file.room.length) {
    file.room = Buffer.alloc(Math.max(length, bytes.length * 2));
    bytes.copy(file.room);
  }
  return file.room.subarray(0, length);
}

function attributesOf(node: TreeNode): Attributes {
  return { mode: MODES[node.kind], uid: 1000, gid: 1000, size: node.kind === 'file' ? node.bytes.length : 0, atime: node.mtime, mtime: node.mtime };
}
