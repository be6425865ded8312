import { setTimeout as sleep } from 'node:timers/promises';
import { Failed, Gather } from './gather.js';
import { SendGate } from './send-gate.js';

describe('gathering single questions into batches', () => {
  it('sends what comes together as one batch and answers each its own', async () => {
    const batches: number[][] = [];
    const gather = new Gather<number, number>(async (items) => { batches.push([...items]); return items.map((item) => item * 10); }, { sizeMax: 3, lingerMs: 5, roundsMax: 1 });
    expect(await Promise.all([1, 2, 3, 4].map((item) => gather.add(item)))).toEqual([10, 20, 30, 40]);
    expect(batches).toEqual([[1, 2, 3], [4]]);
  });

  it('has no more batches under way than it may, and loses nobody who waited', async () => {
    let under = 0;
    let most = 0;
    const gather = new Gather<number, number>(async (items) => {
      under += 1;
      most = Math.max(most, under);
      await sleep(3);
      under -= 1;
      return items;
    }, { sizeMax: 2, lingerMs: 1, roundsMax: 2 });
    const items = Array.from({ length: 25 }, (_, index) => index);
    expect(await Promise.all(items.map((item) => gather.add(item)))).toEqual(items);
    expect(most).toBe(2);
  });

  it('fails one where only one failed, all where the batch failed, and goes on afterwards', async () => {
    const gather = new Gather<number, number>(async (items) => {
      if (items.includes(9)) throw new Error('all');
      return items.map((item) => (item === 2 ? new Failed(new Error('only two')) : item));
    }, { sizeMax: 2, lingerMs: 1, roundsMax: 1 });
    const outcomes = await Promise.allSettled([1, 2, 9, 4, 5].map((item) => gather.add(item)));
    expect(outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value : (outcome.reason as Error).message))).toEqual([1, 'only two', 'all', 'all', 5]);
  });

  it('does not leave somebody without an answer when the batch was answered short', async () => {
    const gather = new Gather<number, number>(async () => [1], { sizeMax: 2, lingerMs: 1, roundsMax: 1 });
    const outcomes = await Promise.allSettled([gather.add(1), gather.add(2)]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
  });
});

describe('the gate before the target', () => {
  it('lets in as many as its capacity of the moment, and everybody in the end', async () => {
    let capacity = 1;
    const gate = new SendGate(() => capacity);
    let inside = 0;
    let most = 0;
    const work = (): Promise<void> => gate.through(async () => {
      inside += 1;
      most = Math.max(most, inside);
      await sleep(2);
      inside -= 1;
      capacity = 3;
    });
    await Promise.all(Array.from({ length: 12 }, work));
    expect([inside, most]).toEqual([0, 3]);
  });

  it('lets the next one in when one inside fails', async () => {
    const gate = new SendGate(() => 1);
    const outcomes = await Promise.allSettled([gate.through(() => Promise.reject(new Error('x'))), gate.through(() => Promise.resolve('in'))]);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
  });
});
