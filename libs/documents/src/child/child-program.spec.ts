import { spawn } from 'node:child_process';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { runChild } from './child-program.js';

const LIMITS = { timeMsMax: 20_000, heapMegabytesMax: 64 };

describe('a program in a process of its own', () => {
  let folder: string;

  beforeAll(async () => { folder = await mkdtemp(join(tmpdir(), 'child-program-')); });
  afterAll(async () => { await rm(folder, { recursive: true, force: true }); });

  const program = async (name: string, text: string): Promise<string> => {
    const file = join(folder, `${name}.mjs`);
    await writeFile(file, text);
    return file;
  };

  it('hands its pieces on and says how it ended', async () => {
    const file = await program('tells', 'process.once("message", (request) => { process.send(request.word); process.send({ end: "done" }); });');
    const pieces: unknown[] = [];
    expect([await runChild(file, { word: 'piece' }, LIMITS, (piece) => { pieces.push(piece); }), pieces]).toEqual([{ kind: 'done' }, ['piece']]);
    expect(process.listeners('exit').filter(({ name }) => name === 'endWithUs')).toEqual([]);
  });

  it('is killed at its time, busy or not', async () => {
    const file = await program('busy', 'process.once("message", () => { process.send(process.pid); setTimeout(() => { for (;;); }, 0); });');
    const pids: unknown[] = [];
    expect(await runChild(file, {}, { ...LIMITS, timeMsMax: 1_500 }, (piece) => { pids.push(piece); })).toEqual({ kind: 'time' });
    expect(pids.map((pid) => isAlive(Number(pid)))).toEqual([false]);
  });

  it('dies alone when it grows beyond its heap', async () => {
    const file = await program('grows', 'process.once("message", () => { const held = []; for (;;) held.push(new Array(100_000).fill(held.length + 0.5)); });');
    expect(await runChild(file, {}, LIMITS, () => undefined)).toEqual({ kind: 'died', detail: 'it needed more memory than it may have' });
  });

  it('is told of when it dies of a fault of its own, leaves without a word, or is not there', async () => {
    const throws = await program('throws', 'process.once("message", () => { throw new TypeError("a fault of its own"); });');
    expect(await runChild(throws, {}, LIMITS, () => undefined)).toEqual({ kind: 'died', detail: 'exit 1 TypeError: a fault of its own' });
    const leaves = await program('leaves', 'process.once("message", () => { process.exit(3); });');
    expect(await runChild(leaves, {}, LIMITS, () => undefined)).toEqual({ kind: 'died', detail: 'exit 3' });
    expect(await runChild(join(folder, 'absent.mjs'), {}, LIMITS, () => undefined)).toMatchObject({ kind: 'died' });
  });

  it('has one last word, and sees nothing of the environment', async () => {
    const file = await program('talks-on', 'process.once("message", () => { process.send(Object.keys(process.env)); process.send({ end: "problem", problem: "the file is odd" }); setInterval(() => process.send({ end: "done" }), 1); });');
    process.env['TRIBUTARY_SPEC_SECRET'] = 'x';
    const pieces: unknown[] = [];
    expect(await runChild(file, {}, LIMITS, (piece) => { pieces.push(piece); })).toEqual({ kind: 'problem', problem: 'the file is odd' });
    delete process.env['TRIBUTARY_SPEC_SECRET'];
    expect(pieces).toHaveLength(1);
    expect(pieces[0]).not.toContain('TRIBUTARY_SPEC_SECRET');
  });

  it('ends with the process that started it, even while it is busy', async () => {
    const beat = join(folder, 'beat');
    const busy = await program('orphan', `import { writeFileSync } from 'node:fs'; process.once('message', () => { for (;;) writeFileSync(${JSON.stringify(beat)}, String(performance.now())); });`);
    const parent = await program('parent', `
      import { existsSync } from 'node:fs';
      import { runChild } from ${JSON.stringify(join(import.meta.dirname, 'child-program.ts'))};
      void runChild(${JSON.stringify(busy)}, {}, { timeMsMax: 60_000, heapMegabytesMax: 64 }, () => {});
      setInterval(() => { if (existsSync(${JSON.stringify(beat)})) process.exit(0); }, 20);`);
    const code = await new Promise((resolve) => { spawn(process.execPath, [parent], { stdio: 'ignore' }).once('exit', resolve); });
    await sleep(200);
    const { mtimeMs } = await stat(beat);
    await sleep(200);
    expect([code, (await stat(beat)).mtimeMs]).toEqual([0, mtimeMs]);
  });
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
