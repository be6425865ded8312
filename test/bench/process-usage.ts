import { readdirSync, readFileSync } from 'node:fs';

/** Linux counts processor time in these, whatever the kernel's own tick is (`getconf CLK_TCK`). */
const CLOCK_TICKS_PER_SECOND = 100;

interface ProcessTimes {
  readonly parent: number;
  readonly ownSeconds: number;
  /** Of children that ended and were waited for. */
  readonly endedChildrenSeconds: number;
}

/** Processor seconds of a process and everything below it, living or ended; null where there is no /proc. */
export function cpuSecondsOfTree(root: number): number | null {
  const rootTimes = timesOf(root);
  if (rootTimes === null) return null;
  const seconds = [...childrenOf(root)].reduce((sum, child) => sum + (cpuSecondsOfTree(child) ?? 0), 0);
  return rootTimes.ownSeconds + rootTimes.endedChildrenSeconds + seconds;
}

/** Memory a process has resident now and the most it ever had, in MB; null where there is no /proc or the process is gone. */
export function residentMb(pid: number): { readonly now: number; readonly peak: number } | null {
  const status = readOrEmpty(`/proc/${pid}/status`);
  const [now, peak] = [/^VmRSS:\s+(\d+) kB/m, /^VmHWM:\s+(\d+) kB/m].map((line) => line.exec(status)?.[1]);
  return now === undefined || peak === undefined ? null : { now: Number(now) / 1024, peak: Number(peak) / 1024 };
}

export function parentOf(pid: number): number | null {
  return timesOf(pid)?.parent ?? null;
}

function* childrenOf(parent: number): Generator<number> {
  for (const name of readdirSync('/proc')) {
    if (/^\d+$/.test(name) && timesOf(Number(name))?.parent === parent) yield Number(name);
  }
}

/** Fields 4 and 14 to 17 of proc(5) stat; the program's name, which may hold spaces, ends with the last parenthesis. */
function timesOf(pid: number): ProcessTimes | null {
  const text = readOrEmpty(`/proc/${pid}/stat`);
  if (text === '') return null;
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const ticks = (index: number): number => Number(fields[index] ?? 0) / CLOCK_TICKS_PER_SECOND;
  return { parent: Number(fields[1]), ownSeconds: ticks(11) + ticks(12), endedChildrenSeconds: ticks(13) + ticks(14) };
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
