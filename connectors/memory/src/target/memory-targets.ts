import type { MemoryTarget } from './memory-target.js';

/** The targets a process has, by the name a connection's settings give: what a network is for other connectors. */
export class MemoryTargets {
  private readonly targets = new Map<string, MemoryTarget>();

  put(name: string, target: MemoryTarget): void {
    this.targets.set(name, target);
  }

  remove(name: string): void {
    this.targets.delete(name);
  }

  find(name: string): MemoryTarget | null {
    return this.targets.get(name) ?? null;
  }
}
