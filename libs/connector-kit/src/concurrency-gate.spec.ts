import { ConcurrencyGate, type Lane } from './concurrency-gate.js';

const never = new AbortController().signal;
const settle = async (): Promise<void> => { for (let turn = 0; turn < 5; turn += 1) await Promise.resolve(); };

describe('the gate of an account', () => {
  const start = (gate: ConcurrencyGate, lane: Lane, started: string[], name: string, signal = never): { end: () => void; done: Promise<void> } => {
    let end = (): void => undefined;
    const done = gate.run(lane, signal, () => { started.push(name); return new Promise<void>((resolve) => { end = resolve; }); });
    return { end: () => end(), done };
  };

  it('lets no more in than there are places', async () => {
    const gate = new ConcurrencyGate(2);
    const started: string[] = [];
    const first = start(gate, 'write', started, 'a');
    start(gate, 'write', started, 'b');
    start(gate, 'write', started, 'c');
    await settle();
    expect(started).toEqual(['a', 'b']);
    first.end();
    await first.done;
    await settle();
    expect(started).toEqual(['a', 'b', 'c']);
  });

  it('keeps a place for postings while a full sync reads', async () => {
    const gate = new ConcurrencyGate(2);
    const started: string[] = [];
    start(gate, 'read', started, 'read 1');
    start(gate, 'read', started, 'read 2');
    start(gate, 'write', started, 'write');
    await settle();
    expect(started).toEqual(['read 1', 'write']);
  });

  it('lets reads use every other place', async () => {
    const gate = new ConcurrencyGate(4);
    const started: string[] = [];
    for (const name of ['1', '2', '3', '4']) start(gate, 'read', started, name);
    await settle();
    expect(started).toEqual(['1', '2', '3']);
  });

  it('frees the place of work that failed', async () => {
    const gate = new ConcurrencyGate(1);
    await expect(gate.run('read', never, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    await expect(gate.run('read', never, () => Promise.resolve('in'))).resolves.toBe('in');
  });

  it('lets go of a waiter that is stopped', async () => {
    const gate = new ConcurrencyGate(1);
    const started: string[] = [];
    const first = start(gate, 'write', started, 'a');
    const stop = new AbortController();
    const waiting = start(gate, 'write', started, 'b', stop.signal);
    const last = start(gate, 'write', started, 'c');
    stop.abort(new Error('stopped'));
    await expect(waiting.done).rejects.toThrow('stopped');
    first.end();
    await settle();
    expect(started).toEqual(['a', 'c']);
    last.end();
  });
});
