import type { Stats } from 'ssh2';
import { ConnectorError, type Context } from '#connector-kit';
import { folderOf, joinPath, ReplacedError, type Store, type StoredFile } from '../store/store.js';
import type { SftpConnection } from './sftp-connection.js';
import { isStatus, sftpError, STATUS } from './sftp-errors.js';

/** Bytes asked for or sent at once; every server takes 32 KiB, OpenSSH 256. */
const PIECE_BYTES = 32_768;
/** Pieces under way at once: a window of 2 MiB hides the way to the server and back. Measured: one at a time is a quarter of the speed. */
const PIECES_AT_ONCE = 64;
const TEMPORARY_SUFFIX = '.tributary.tmp';

/**
 * Files on an SFTP server. Published by a plain rename of a temporary file: OpenSSH's plain rename refuses a name that is taken, which is what we want;
 * its posix-rename extension, which replaces, is never asked for, so servers without it are as good.
 */
export class SftpStore implements Store {
  constructor(private readonly context: Context, private readonly connection: SftpConnection) {}

  async list(folder: string): Promise<readonly StoredFile[] | null> {
    const doing = `listing "${folder}"`;
    try {
      const entries = await this.connection.call<readonly { filename: string; attrs: Stats }[]>((channel, done) => { channel.readdir(folder === '' ? '.' : folder, done); });
      // Of a name that a server repeats the last one counts.
      const files = entries.filter(({ attrs }) => attrs.isFile()).map(({ filename, attrs }) => [filename, storedFile(joinPath(folder, filename), filename, attrs)] as const);
      return [...new Map(files).values()];
    } catch (error) {
      this.context.signal.throwIfAborted();
      if (isStatus(error, STATUS.noSuchFile)) return null;
      throw sftpError(error, doing);
    }
  }

  async stat(path: string): Promise<StoredFile | null> {
    try {
      const attributes = await this.connection.call<Stats>((channel, done) => { channel.lstat(path, done); });
      return storedFile(path, path.slice(path.lastIndexOf('/') + 1), attributes);
    } catch (error) {
      this.context.signal.throwIfAborted();
      if (isStatus(error, STATUS.noSuchFile)) return null;
      throw sftpError(error, `looking at "${path}"`);
    }
  }

  async* open(file: StoredFile): AsyncGenerator<Uint8Array> {
    const doing = `reading "${file.path}"`;
    const handle = await this.connection.ask<Buffer>(doing, (channel, done) => { channel.open(file.path, 'r', done); });
    const pending: Promise<Buffer>[] = [];
    try {
      let next = 0;
      for (let position = 0; position < file.size; position += PIECE_BYTES) {
        while (next < file.size && pending.length < PIECES_AT_ONCE) {
          const piece = this.#piece(handle, next, Math.min(PIECE_BYTES, file.size - next), doing);
          // Seen when its turn comes; until then it must not count as unhandled.
          piece.catch(() => undefined);
          pending.push(piece);
          next += PIECE_BYTES;
        }
        const bytes = await pending.shift() ?? Buffer.alloc(0);
        if (bytes.length < Math.min(PIECE_BYTES, file.size - position)) await this.#endedEarly(file, position + bytes.length);
        yield bytes;
      }
    } finally {
      await Promise.allSettled(pending);
      await this.connection.call<void>((channel, done) => { channel.close(handle, (error) => { done(error, undefined); }); }).catch(() => undefined);
    }
  }

  async publish(path: string, bytes: Uint8Array): Promise<'written' | 'taken'> {
    await this.#makeFolder(folderOf(path));
    const temporary = `${path}${TEMPORARY_SUFFIX}`;
    await this.#write(temporary, Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    return await this.#rename(temporary, path) === 'taken' ? 'taken' : 'written';
  }

  async move(file: StoredFile, to: string): Promise<'moved' | 'gone' | 'taken'> {
    const now = await this.stat(file.path);
    if (now === null) return 'gone';
    if (now.version !== file.version) throw new ReplacedError(`"${file.path}" was replaced before it was moved`);
    await this.#makeFolder(folderOf(to));
    if (await this.#rename(file.path, to) === 'taken') return 'taken';
    // Replaced between the look and the rename: what we moved is a file nobody has read. It goes back.
    if ((await this.stat(to))?.version !== file.version) {
      await this.#rename(to, file.path);
      throw new ReplacedError(`"${file.path}" was replaced while it was moved`);
    }
    return 'moved';
  }

  async remove(path: string): Promise<void> {
    try {
      await this.connection.call<void>((channel, done) => { channel.unlink(path, (error) => { done(error, undefined); }); });
    } catch (error) {
      this.context.signal.throwIfAborted();
      if (!isStatus(error, STATUS.noSuchFile)) throw sftpError(error, `deleting "${path}"`);
    }
  }

  /** The protocol has no clock: a file is written and looked at. Where that is not allowed, nothing settles, and the error says so. */
  async now(folder: string): Promise<Date> {
    await this.#makeFolder(folder);
    const path = joinPath(folder, `.clock-${this.context.connectionId}${TEMPORARY_SUFFIX}`);
    await this.#write(path, Buffer.from('.'));
    const written = await this.stat(path);
    await this.remove(path);
    if (written === null) throw new ConnectorError(`"${path}" was written to learn the server's clock, and vanished`, { kind: 'transient' });
    return written.modifiedAt;
  }

  close(): Promise<void> {
    return this.connection.close();
  }

  /** A server may answer fewer bytes than asked for; only an end of file means that there are no more. */
  async #piece(handle: Buffer, position: number, length: number, doing: string): Promise<Buffer> {
    const piece = Buffer.allocUnsafe(length);
    let filled = 0;
    while (filled < length) {
      const count = await this.#readOnce(handle, piece, filled, position, doing);
      if (count === 0) break;
      filled += count;
    }
    return piece.subarray(0, filled);
  }

  async #readOnce(handle: Buffer, into: Buffer, filled: number, position: number, doing: string): Promise<number> {
    try {
      return await this.connection.call<number>((channel, done) => { channel.read(handle, into, filled, into.length - filled, position + filled, (error, count) => { done(error, count); }); });
    } catch (error) {
      this.context.signal.throwIfAborted();
      if (isStatus(error, STATUS.eof)) return 0;
      throw sftpError(error, doing);
    }
  }

  async #endedEarly(file: StoredFile, end: number): Promise<never> {
    const now = await this.stat(file.path);
    if (now?.version !== file.version) throw new ReplacedError(`"${file.path}" was replaced while it was read`);
    throw new ConnectorError(`"${file.path}" ended at byte ${end} of ${file.size}: the server did not send all of it`, { kind: 'transient' });
  }

  async #write(path: string, bytes: Buffer): Promise<void> {
    const doing = `writing "${path}"`;
    const handle = await this.connection.ask<Buffer>(doing, (channel, done) => { channel.open(path, 'w', done); });
    try {
      const pending = new Set<Promise<void>>();
      for (let position = 0; position < bytes.length; position += PIECE_BYTES) {
        const length = Math.min(PIECE_BYTES, bytes.length - position);
        const piece = this.connection.ask<void>(doing, (channel, done) => { channel.write(handle, bytes, position, length, position, (error) => { done(error, undefined); }); })
          .finally(() => { pending.delete(piece); });
        piece.catch(() => undefined);
        pending.add(piece);
        if (pending.size >= PIECES_AT_ONCE) await Promise.race(pending);
      }
      await Promise.all(pending);
    } finally {
      await this.connection.call<void>((channel, done) => { channel.close(handle, (error) => { done(error, undefined); }); }).catch(() => undefined);
    }
    const { size = 0 } = await this.stat(path) ?? {};
    if (size !== bytes.length) throw new ConnectorError(`${doing}: ${size} of ${bytes.length} bytes arrived`, { kind: 'transient' });
  }

  async #rename(from: string, to: string): Promise<'moved' | 'taken'> {
    if (await this.stat(to) !== null) return 'taken';
    try {
      await this.connection.call<void>((channel, done) => { channel.rename(from, to, (error) => { done(error, undefined); }); });
      return 'moved';
    } catch (error) {
      this.context.signal.throwIfAborted();
      const known = error as { code?: unknown };
      // An answer with a status is an answer; anything else leaves open whether the rename happened.
      if (typeof known.code !== 'number') throw new ConnectorError(`renaming "${from}" to "${to}": no answer came`, { kind: 'outcomeUnknown' });
      if (isStatus(error, STATUS.failure) && await this.stat(to) !== null) return 'taken';
      throw sftpError(error, `renaming "${from}" to "${to}"`);
    }
  }

  async #makeFolder(folder: string): Promise<void> {
    if (folder === '' || folder === '/' || await this.stat(folder) !== null) return;
    await this.#makeFolder(folderOf(folder));
    await this.connection.call<void>((channel, done) => { channel.mkdir(folder, (error) => { done(error, undefined); }); }).catch(async (error: unknown) => {
      // Somebody else may have made it.
      if (await this.stat(folder) === null) throw sftpError(error, `making the folder "${folder}"`);
    });
  }
}

function storedFile(path: string, name: string, { size, mtime }: Stats): StoredFile {
  return { path, name, size, version: `${size}-${mtime}`, modifiedAt: new Date(mtime * 1000) };
}
