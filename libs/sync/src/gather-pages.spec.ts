import type { Page } from '#connector-kit';
import { gatherPages, joinPages, type ReadyPage } from './gather-pages.js';

interface Given {
  readonly ids: readonly string[];
  readonly deleted?: readonly string[];
}

let made = 0;

function ready({ ids, deleted = [] }: Given): ReadyPage {
  made += 1;
  const received = ids.map((externalId) => ({ externalId, revision: '', payload: '{}', hash: '00' }));
  const page: Page = { records: [], checkpoint: { version: 1, at: String(made) } };
  return { page, prepared: { received, deleted, unreadable: [], read: ids.length + deleted.length, outcomes: null } };
}

async function* pagesOf(given: readonly Given[], fail: Error | null = null): AsyncGenerator<ReadyPage> {
  for (const one of given) yield ready(one);
  if (fail !== null) throw fail;
}

async function gathered(source: AsyncIterable<ReadyPage>): Promise<string[][]> {
  const batches: string[][] = [];
  for await (const batch of gatherPages(source)) batches.push(joinPages(batch).received.map((record) => record.externalId));
  return batches;
}

const many = (prefix: string, count: number): string[] => Array.from({ length: count }, (_, index) => `${prefix}${index}`);

describe('pages gathered for one transaction', () => {
  it('hands over what lies ready together, in order', async () => {
    expect(await gathered(pagesOf([{ ids: ['1', '2'] }, { ids: ['3'] }, { ids: ['4'] }]))).toEqual([['1', '2', '3', '4']]);
  });

  it('never puts two versions of a record into one transaction, nor a deletion beside anything', async () => {
    expect(await gathered(pagesOf([{ ids: ['1'] }, { ids: ['2', '1'] }, { ids: [], deleted: ['2'] }, { ids: ['2'] }]))).toEqual([['1'], ['2', '1'], [], ['2']]);
  });

  it('keeps a transaction within 4,000 records, and takes a larger page alone', async () => {
    const batches = await gathered(pagesOf([{ ids: many('a', 3_000) }, { ids: many('b', 1_000) }, { ids: many('c', 1) }, { ids: many('d', 9_000) }]));
    expect(batches.map((batch) => batch.length)).toEqual([4_000, 1, 9_000]);
  });

  it('hands over the pages before an error of the source, then throws it', async () => {
    const seen: number[] = [];
    const read = async (): Promise<void> => {
      for await (const batch of gatherPages(pagesOf([{ ids: ['1'] }, { ids: ['2'] }], new Error('the source broke')))) seen.push(batch.length);
    };
    await expect(read()).rejects.toThrow('the source broke');
    expect(seen).toEqual([2]);
  });

  it('does not wait long for company: a slow source gets its pages stored one by one', async () => {
    async function* slowly(): AsyncGenerator<ReadyPage> {
      for (const id of ['1', '2']) {
        yield ready({ ids: [id] });
        await new Promise((resolve) => { setTimeout(resolve, 400); });
      }
    }
    expect(await gathered(slowly())).toEqual([['1'], ['2']]);
  });

  it('lets the source go when nobody takes any more, and reads no further ahead than memory allows', async () => {
    let yielded = 0;
    let closed = false;
    async function* endless(): AsyncGenerator<ReadyPage> {
      try {
        for (;;) {
          yielded += 1;
          yield ready({ ids: many(`${yielded}-`, 1_000) });
        }
      } finally {
        closed = true;
      }
    }
    for await (const batch of gatherPages(endless())) {
      expect(joinPages(batch).read).toBe(4_000);
      await new Promise((resolve) => { setTimeout(resolve, 50); });
      break;
    }
    expect(closed).toBe(true);
    expect(yielded).toBeLessThanOrEqual(9);
  });
});
