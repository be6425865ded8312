import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as fc from 'fast-check';
import { occupantOf, parsePostmasterFile, stateInProcStat } from './postmaster.js';

describe('postmaster.pid', () => {
  it('gives pid, port and status of a running server', () => {
    expect(parsePostmasterFile('6181\n/proc/self/fd/3\n1795358533\n54329\n\n127.0.0.1\n 16039951         4\nready   \n'))
      .toEqual({ pid: 6181, port: 54329, status: 'ready' });
  });

  it('of a server that just began gives the pid alone', () => {
    expect(parsePostmasterFile('6181\n/data\n1795358533\n54329\n')).toEqual({ pid: 6181, port: 54329, status: undefined });
    expect(parsePostmasterFile('6181\n')).toEqual({ pid: 6181, port: undefined, status: undefined });
  });

  it('half-written, or of single-user mode, names no server', () => {
    for (const text of ['', '\n', '-77\n/data\n', 'x', '0\n']) expect(parsePostmasterFile(text)).toBeUndefined();
  });

  it('never throws and never gives a pid that would signal a group', () => {
    fc.assert(fc.property(fc.string(), (text) => {
      expect(parsePostmasterFile(text)?.pid ?? 1).toBeGreaterThan(0);
    }));
  });
});

describe('who sits on a pid', () => {
  it('reads the state behind a command that holds brackets and blanks', () => {
    expect(stateInProcStat('77 (a) Z (b) S 1 77 77 0')).toBe('S');
    expect(stateInProcStat('77 (postgres) Z 1 77 77 0')).toBe('Z');
  });

  (process.platform === 'linux' ? it : it.skip)(`tells a process working in the folder from a stranger and from nobody${process.platform === 'linux' ? '' : ' (skipped: needs /proc)'}`, async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'tributary-occupant-'));
    const child = spawn('sleep', ['30'], { cwd: folder });
    await new Promise((resolve) => { child.once('spawn', resolve); });
    const pid = Number(child.pid);
    expect(occupantOf(pid, folder)).toBe('server');
    expect(occupantOf(process.pid, folder)).toBe('stranger');
    child.kill('SIGKILL');
    await new Promise((resolve) => { child.once('exit', resolve); });
    expect(occupantOf(pid, folder)).toBe('gone');
    rmSync(folder, { recursive: true });
  });
});
