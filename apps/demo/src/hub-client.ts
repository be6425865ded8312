import { setTimeout as sleep } from 'node:timers/promises';

const POLL_EVERY_MS = 150;

/** A problem the hub answered with, as people read it. */
export class HubProblem extends Error {
  override readonly name = 'HubProblem';
}

interface PageOf<T> {
  readonly items: T[];
  /** Short lists, such as connections, have no pages. */
  readonly nextCursor?: string | null;
}

/** The demo's way to the hub: the same HTTP API everybody has. */
export class HubClient {
  constructor(private readonly url: string, private readonly apiKey: string) {}

  get<T>(path: string): Promise<T> {
    return this.#request<T>('GET', path);
  }

  post<T>(path: string, body?: unknown, headers: Readonly<Record<string, string>> = {}): Promise<T> {
    return this.#request<T>('POST', path, JSON.stringify(body ?? {}), { 'content-type': 'application/json', ...headers });
  }

  patch<T>(path: string, body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<T> {
    return this.#request<T>('PATCH', path, JSON.stringify(body), { 'content-type': 'application/json', ...headers });
  }

  upload<T>(path: string, bytes: Uint8Array<ArrayBuffer>): Promise<T> {
    return this.#request<T>('POST', path, bytes, { 'content-type': 'application/octet-stream' });
  }

  /** Every item of a list, page by page. */
  async all<T>(path: string): Promise<T[]> {
    const items: T[] = [];
    let cursor: string | null = null;
    do {
      const separator = path.includes('?') ? '&' : '?';
      const page: PageOf<T> = await this.get(`${path}${separator}limit=500${cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`}`);
      items.push(...page.items);
      cursor = page.nextCursor ?? null;
    } while (cursor !== null);
    return items;
  }

  /** Asks again until `done` holds. @throws Error after `timeoutMs`, with the last answer. */
  async until<T>(path: string, done: (answer: T) => boolean, timeoutMs: number): Promise<T> {
    const giveUpAt = performance.now() + timeoutMs;
    for (;;) {
      const answer = await this.get<T>(path);
      if (done(answer)) return answer;
      if (performance.now() > giveUpAt) throw new Error(`GET ${path} did not get there in ${timeoutMs / 1_000} s; the last answer was ${JSON.stringify(answer).slice(0, 600)}`);
      await sleep(POLL_EVERY_MS);
    }
  }

  async #request<T>(method: string, path: string, body?: string | Uint8Array<ArrayBuffer>, headers: Readonly<Record<string, string>> = {}): Promise<T> {
    const response = await fetch(`${this.url}${path}`, { method, headers: { authorization: `Bearer ${this.apiKey}`, ...headers }, ...(body === undefined ? {} : { body }) });
    const text = await response.text();
    if (!response.ok) throw new HubProblem(`${method} ${path} was answered ${response.status}: ${text.slice(0, 1_500)}`);
    return (text === '' ? null : JSON.parse(text)) as T;
  }
}
