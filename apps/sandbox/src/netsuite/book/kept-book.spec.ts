import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startNetSuiteSandbox } from '../sandbox.js';
import type { Book } from './book.js';
import { openKeptBook, originOf, OtherBookError } from './kept-book.js';

describe('a book kept in a file', () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sandbox-book-'));
    path = join(folder, 'book.sqlite');
  });
  afterEach(() => { rmSync(folder, { recursive: true }); });
  const label = (book: Book, text: string): void => { book.run('INSERT INTO x_label (code, label) VALUES (?, ?)', text, text); };
  const labels = (book: Book): unknown[] => book.all('SELECT code FROM x_label ORDER BY code').map(({ code }) => code);

  it('comes back with what was booked since, and is not filled again', () => {
    const first = openKeptBook(path, 'a', (book) => { label(book, 'filled'); });
    label(first, 'later');
    first.close();
    const second = openKeptBook(path, 'a', () => { throw new Error('filled twice'); });
    expect(labels(second)).toEqual(['filled', 'later']);
    second.close();
  });

  it('is made again when its filling was cut off', () => {
    expect(() => openKeptBook(path, 'a', (book) => { label(book, 'half'); throw new Error('killed'); })).toThrow('killed');
    const book = openKeptBook(path, 'a', (fresh) => { label(fresh, 'whole'); });
    expect(labels(book)).toEqual(['whole']);
    book.close();
  });

  it('is never taken for another company\'s', () => {
    openKeptBook(path, originOf({ seed: 1 }), () => undefined).close();
    expect(() => openKeptBook(path, originOf({ seed: 2 }), () => undefined)).toThrow(OtherBookError);
    openKeptBook(path, originOf({ seed: 1 }), () => { throw new Error('filled twice'); }).close();
  });

  it('gives a sandbox that starts again the transactions it had', async () => {
    const first = await startNetSuiteSandbox({ databasePath: path, seed: 3 });
    const { transactions } = first.stats();
    first.book.run('DELETE FROM transactionlink WHERE nextdoc IN (SELECT min(nextdoc) FROM transactionlink)');
    const links = first.book.one('SELECT count(*) AS count FROM transactionlink');
    await first.stop();
    const second = await startNetSuiteSandbox({ databasePath: path, seed: 3 });
    expect(second.stats().transactions).toBe(transactions);
    expect(second.book.one('SELECT count(*) AS count FROM transactionlink')).toEqual(links);
    await second.stop();
    await expect(startNetSuiteSandbox({ databasePath: path, seed: 4 })).rejects.toThrow('another company');
  });
});
