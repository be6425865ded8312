import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { Book } from './book.js';

/** Grows when the tables change: an older file is made again, since nothing in it is anybody's property. */
const FORMAT = 1;

/** Raised when a file holds the book of another company than the one that is asked for. */
export class OtherBookError extends Error {
  override readonly name = 'OtherBookError';
}

/** What a book was made from, short enough to compare: the same seed and profile, or the same ledger file, give the same text. */
export function originOf(parts: Readonly<Record<string, unknown>>): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

/**
 * The book kept in a file with everything booked since, or a new one that `fill` makes. A file whose filling was cut off is made again.
 * @param path null keeps the book in memory
 * @throws OtherBookError when the file's book has another origin
 */
export function openKeptBook(path: string | null, origin: string, fill: (book: Book) => void): Book {
  if (path === null) {
    const book = new Book();
    fill(book);
    return book;
  }
  if (isWhole(path, origin)) return new Book(path);
  for (const end of ['', '-wal', '-shm', '-journal']) rmSync(`${path}${end}`, { force: true });
  const book = new Book(path);
  fill(book);
  book.database.exec('CREATE TABLE x_origin (text TEXT NOT NULL)');
  book.run('INSERT INTO x_origin (text) VALUES (?)', origin);
  // Last: only a file that says so is whole.
  book.database.exec(`PRAGMA user_version = ${FORMAT}`);
  return book;
}

function isWhole(path: string, origin: string): boolean {
  const database = new DatabaseSync(path);
  try {
    if (Number(database.prepare('PRAGMA user_version').get()?.['user_version']) !== FORMAT) return false;
    if (database.prepare('SELECT text FROM x_origin').get()?.['text'] === origin) return true;
    throw new OtherBookError(`${path} holds the book of another company (another seed, profile or ledger file): name another file, or remove it to start afresh`);
  } finally {
    database.close();
  }
}
