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
