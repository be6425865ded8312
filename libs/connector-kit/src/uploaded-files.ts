import type { EntityName } from '#canonical';

/** Files people handed in for one connection: kept by the hub, so that a connector without a remote reads as one with. */
export interface UploadedFiles {
  /** Of one entity. `waiting`: oldest first. `taken`: in the order they were taken. */
  list(entity: EntityName, state: 'waiting' | 'taken'): Promise<readonly UploadedFile[]>;
  /** The content, in order. @throws RangeError when there is no such file. */
  open(id: string): AsyncIterable<Uint8Array>;
  /** Says what became of it. Safe to repeat; a file that was settled stays as it was settled first. */
  settle(id: string, how: { readonly state: 'taken' } | { readonly state: 'refused'; readonly because: string }): Promise<void>;
}

export interface UploadedFile {
  readonly id: string;
  /** As the person's machine called it. Never used as a path. */
  readonly name: string;
  readonly size: number;
  /** SHA-256 of the content, hexadecimal. */
  readonly digest: string;
  /** ISO 8601, UTC. */
  readonly uploadedAt: string;
}
