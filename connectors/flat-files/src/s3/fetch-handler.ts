import { Readable } from 'node:stream';
import type { Context } from '#connector-kit';

/** What the S3 library hands to whatever carries its requests. */
interface LibraryRequest {
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number | undefined;
  readonly path: string;
  readonly query?: Readonly<Record<string, string | readonly string[] | null>> | undefined;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

interface LibraryResponse {
  readonly statusCode: number;
  readonly headers: Record<string, string>;
  readonly body: Readable;
}

/** Set by `fetch` itself. */
const OWN_HEADERS: ReadonlySet<string> = new Set(['host', 'content-length']);

/** Carries the library's requests by the context's `fetch`: they are counted and logged as every connector's are, and follow no redirect. */
export class FetchHandler {
  readonly metadata = { handlerProtocol: 'http/1.1' };
  /** Of the last answer; null where it had none. */
  lastRetryAfter: string | null = null;
  /** The service's clock, as its last answer showed it. */
  lastDate: Date | null = null;

  constructor(private readonly context: Context, private readonly requestTimeoutMs: number) {}

  async handle(request: LibraryRequest): Promise<{ response: LibraryResponse }> {
    const headers = Object.entries(request.headers).filter(([name]) => !OWN_HEADERS.has(name.toLowerCase()));
    const response = await this.context.fetch(urlOf(request), {
      method: request.method, headers, redirect: 'error', signal: AbortSignal.any([this.context.signal, AbortSignal.timeout(this.requestTimeoutMs)]),
      ...request.body === undefined ? {} : { body: request.body as string | Uint8Array<ArrayBuffer> },
    });
    this.lastRetryAfter = response.headers.get('retry-after');
    const date = Date.parse(response.headers.get('date') ?? '');
    this.lastDate = Number.isNaN(date) ? null : new Date(date);
    const body = response.body === null ? Readable.from([]) : Readable.fromWeb(response.body);
    return { response: { statusCode: response.status, headers: Object.fromEntries(response.headers), body } };
  }

  httpHandlerConfigs(): Record<string, never> {
    return {};
  }

  updateHttpClientConfig(): void {
    // Nothing of it can be changed.
  }
}

function urlOf({ protocol, hostname, port, path, query }: LibraryRequest): URL {
  const url = new URL(`${protocol}//${hostname}${port === undefined ? '' : `:${port}`}${path}`);
  // As the library signed it (RFC 3986), which is stricter than what URLSearchParams writes.
  const pairs = Object.entries(query ?? {}).flatMap(([name, value]) => (Array.isArray(value) ? value : [value]).map((each: string | null) => `${escaped(name)}=${escaped(each ?? '')}`));
  url.search = pairs.join('&');
  return url;
}

function escaped(text: string): string {
  return encodeURIComponent(text).replaceAll(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}
