import type { StoredFile } from '../store/store.js';

/** A file that was taken: where it lies now, and what tells its content from any other. */
export interface TakenFile {
  readonly file: StoredFile;
  /** First characters of the content's SHA-256, hexadecimal; see {@link DIGEST_LENGTH}. */
  readonly digest: string;
}

/** Hexadecimal characters of a SHA-256 that tell contents apart: 128 bits. */
export const DIGEST_LENGTH = 32;

/** One place where files of one kind arrive: a folder of a store, or what people handed in. */
export interface Intake {
  /** Whole files that wait, oldest first: not being written, not under a temporary name. */
  waiting(): Promise<readonly StoredFile[]>;
  /** Files that were taken and are kept, in the order they were taken. */
  taken(): Promise<readonly TakenFile[]>;
  /**
   * The plain content.
   * @param digest what {@link digestOf} said; checked when all is read, as a file may be replaced by one of its size within a second.
   * @throws ReplacedError when it is another file than was listed.
   */
  open(file: StoredFile, digest?: string): AsyncIterable<Uint8Array>;
  /** Whether the waiting file is still the one that was listed. */
  isUnchanged(file: StoredFile): Promise<boolean>;
  /** SHA-256 of the content as it lies there, first {@link DIGEST_LENGTH} characters. @throws ReplacedError as {@link open}. */
  digestOf(file: StoredFile): Promise<string>;
  /** Moves it to what was taken. Safe to repeat; a file that is gone is taken. */
  take(file: StoredFile, digest: string): Promise<void>;
  /** Moves away a file whose content was taken before. Safe to repeat. */
  setAside(file: StoredFile): Promise<void>;
  /** Moves it to the refused ones, with the reason. Safe to repeat. */
  refuse(file: StoredFile, because: string): Promise<void>;
}
