/** A file as its store shows it. */
export interface StoredFile {
  /** Folder and name as the store has them. Never used as a path on our side. */
  readonly path: string;
  readonly name: string;
  readonly size: number;
  /** Changes when the content does: S3's ETag, or size and modification time. */
  readonly version: string;
  readonly modifiedAt: Date;
}

/**
 * Where files lie: one SFTP server or one bucket, opened for one piece of work. Nothing here replaces a file that is there.
 * Every method may throw ConnectorError; `outcomeUnknown` only from {@link Store.publish}.
 */
export interface Store {
  /** Regular files of one folder, not of the folders in it, each name once. Null where there is no such folder. */
  list(folder: string): Promise<readonly StoredFile[] | null>;
  /** Null when there is no such file. */
  stat(path: string): Promise<StoredFile | null>;
  /** The whole content, in order. @throws ReplacedError when the file is not the one that was listed, or ends before its size. */
  open(file: StoredFile): AsyncIterable<Uint8Array>;
  /** All bytes under this path, or none. `taken`: something stands there already, and was left as it is. */
  publish(path: string, bytes: Uint8Array): Promise<'written' | 'taken'>;
  /** Makes the folder of `to` where needed. `gone`: nobody is there to move. `taken`: something stands at `to`. @throws ReplacedError as {@link open}. */
  move(file: StoredFile, to: string): Promise<'moved' | 'gone' | 'taken'>;
  /** Deletes; a file that is not there is no mistake. */
  remove(path: string): Promise<void>;
  /** What the store's own clock shows, as it would stamp a file in `folder` now. */
  now(folder: string): Promise<Date>;
  /** Ends the connection. Safe to repeat. */
  close(): Promise<void>;
}

/** The file changed since it was listed, or ended early: it is listed and read again, whole. */
export class ReplacedError extends Error {
  override readonly name = 'ReplacedError';
}

export function joinPath(folder: string, name: string): string {
  const trimmed = folder.replace(/\/+$/, '');
  return folder === '' ? name : `${trimmed}/${name}`;
}

/** Folder part of a path, `.` where it has none. */
export function folderOf(path: string): string {
  const cut = path.lastIndexOf('/');
  return cut < 0 ? '' : cut === 0 ? '/' : path.slice(0, cut);
}
