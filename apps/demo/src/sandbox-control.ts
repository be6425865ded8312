/** What the demo asks the simulated ERP directly, past the hub: its faults and its own count of what it holds. */
export class SandboxControl {
  constructor(private readonly url: string) {}

  addFault(fault: Readonly<Record<string, string | number>>): Promise<unknown> {
    return this.#call('POST', 'faults', fault);
  }

  clearFaults(): Promise<unknown> {
    return this.#call('DELETE', 'faults', {});
  }

  /** @throws Error when the ERP's own books do not add up. */
  async checkBooks(): Promise<void> {
    await this.#call('POST', 'check', {});
  }

  async stats(): Promise<SandboxStats> {
    return await this.#call('GET', 'stats') as SandboxStats;
  }

  async #call(method: string, path: string, body?: Readonly<Record<string, string | number>>): Promise<unknown> {
    const response = await fetch(`${this.url}/_control/${path}`, { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    if (!response.ok) throw new Error(`the sandbox answered ${response.status} to ${method} ${path}: ${(await response.text()).slice(0, 500)}`);
    return response.json();
  }
}

export interface SandboxStats {
  readonly throttled: number;
  readonly faults: Readonly<Record<string, number>>;
  readonly invariantViolations: number;
  /** Hub keys that the ERP holds more than once. */
  readonly duplicates: readonly unknown[];
}
