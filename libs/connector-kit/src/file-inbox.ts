import type { Context } from './context.js';

/** Bank and remittance files waiting in a folder: handed to `documents` as they are, each once. */
export interface FileInbox {
  /** Files that are whole: not being written, not under a temporary name, not yet taken. Oldest first. */
  waiting(context: Context): AsyncIterable<WaitingFile>;
  /** @throws ConnectorError `conflict` when the file was replaced since it was listed; it is listed again next time. */
  open(context: Context, file: WaitingFile): Promise<AsyncIterable<Uint8Array>>;
  /**
   * Moves the file out of the way: `taken` to the archive, `refused` to the error folder with a note that says why.
   * Safe to repeat; a file that is gone already is settled. Two files of one name never overwrite each other.
   */
  settle(context: Context, file: WaitingFile, how: { readonly state: 'taken' } | { readonly state: 'refused'; readonly because: string }): Promise<void>;
}

export interface WaitingFile {
  /** Folder and name as the store has them. Never used as a path on our side. */
  readonly path: string;
  readonly size: number;
  /** Changes when the content does: S3's ETag, or size and modification time. */
  readonly version: string;
  readonly modifiedAt: string;
  readonly purpose: 'bankStatement' | 'remittance';
  /** How it reached the inbox, as remittances are listed by; `EDI` when left out. */
  readonly channel?: 'Email' | 'Lockbox' | 'EDI' | 'Portal';
  /** Who sent it, where the store knows: the address of a mail. */
  readonly sender?: string;
}
