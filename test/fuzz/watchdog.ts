import { cpuSecondsOfTree } from '../bench/process-usage.js';
import { MUTANT_LIMIT_MS } from './fuzz-protocol.js';

/** A worker that does not even use the processor waits for something; a busy machine explains this much and no more. */
const IDLE_LIMIT_MS = 30_000;

/** Looks at a worker from outside and says when one mutant has had its time; counts processor time where the system tells it. */
export class Watchdog {
  #seen: { readonly number: number; readonly atMs: number; readonly cpuSeconds: number | null } | null = null;

  constructor(private readonly pid: number | undefined) {}

  /** What is wrong, or null. @param number the mutant the worker said last that it begins */
  look(number: number): string | null {
    const now = { number, atMs: performance.now(), cpuSeconds: this.pid === undefined ? null : cpuSecondsOfTree(this.pid) };
    if (this.#seen?.number !== number) {
      this.#seen = now;
      return null;
    }
    const waitedMs = now.atMs - this.#seen.atMs;
    const usedMs = now.cpuSeconds === null || this.#seen.cpuSeconds === null ? waitedMs : (now.cpuSeconds - this.#seen.cpuSeconds) * 1_000;
    if (usedMs <= MUTANT_LIMIT_MS && waitedMs <= IDLE_LIMIT_MS) return null;
    return `it hangs: no end after ${Math.round(waitedMs)} ms, ${Math.round(usedMs)} ms of processor time`;
  }
}
