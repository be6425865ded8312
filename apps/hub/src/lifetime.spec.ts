import { Ended, Lifetime } from './lifetime.js';

/** Something that notes when it is stopped. */
function thing(name: string, stopped: string[], failure?: Error) {
  return async (): Promise<void> => {
    stopped.push(name);
    if (failure !== undefined) return Promise.reject(failure);
  };
}

describe('the lifetime of a process', () => {
  it('stops what runs in the reverse order of its start, once, however often it is asked', async () => {
    const stopped: string[] = [];
    const life = new Lifetime();
    await life.started(Promise.resolve(1), thing('sandbox', stopped));
    expect(await life.started(Promise.resolve('hub'), thing('hub', stopped))).toBe('hub');
    await Promise.all([life.end(), life.end()]);
    expect(stopped).toEqual(['hub', 'sandbox']);
  });

  it('leaves nothing running because something else could not be stopped', async () => {
    const stopped: string[] = [];
    const life = new Lifetime();
    await life.started(Promise.resolve(1), thing('sandbox', stopped));
    await life.started(Promise.resolve(2), thing('hub', stopped, new Error('busy')));
    await expect(life.end()).rejects.toThrow('not everything could be stopped');
    expect(stopped).toEqual(['hub', 'sandbox']);
  });

  it('stops what was still starting when the end was asked for, and does not go on', async () => {
    const stopped: string[] = [];
    const life = new Lifetime();
    let resolve: (hub: string) => void = () => undefined;
    const starting = life.started(new Promise<string>((ready) => { resolve = ready; }), thing('hub', stopped));
    await life.end();
    expect(stopped).toEqual([]);
    resolve('late');
    await expect(starting).rejects.toThrow(Ended);
    expect(stopped).toEqual(['hub']);
  });

  it('does not hide why a start failed', async () => {
    const life = new Lifetime();
    await expect(life.started(Promise.reject(new Error('no port')), thing('hub', []))).rejects.toThrow('no port');
    await expect(life.end()).resolves.toBeUndefined();
  });

  it('ends at the first signal, before anything runs, and leaves later ones alone', async () => {
    const seen: string[] = [];
    const life = new Lifetime();
    const known = new Set([...process.listeners('SIGTERM'), ...process.listeners('SIGINT')]);
    life.endOnSignal((signal) => { seen.push(signal); }, (error) => { throw error; }, () => undefined);
    const [onTerm, onInterrupt] = [process.listeners('SIGTERM'), process.listeners('SIGINT')].map((listeners) => listeners.find((listener) => !known.has(listener)));
    try {
      onInterrupt?.('SIGINT');
      onTerm?.('SIGTERM');
      expect(life.ended).toBe(true);
      expect(seen).toEqual(['SIGINT']);
    } finally {
      if (onTerm !== undefined) process.off('SIGTERM', onTerm);
      if (onInterrupt !== undefined) process.off('SIGINT', onInterrupt);
    }
  });
});
