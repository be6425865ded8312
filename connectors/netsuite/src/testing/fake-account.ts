import { generateKeyPairSync } from 'node:crypto';
import type { Context, Probe } from '#connector-kit';

/** One request as the account saw it. */
export interface SeenCall {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Headers;
  readonly body: string;
  /** The SuiteQL text, empty for other calls. */
  readonly sql: string;
}

export type Answer = { readonly status: number; readonly body?: unknown; readonly headers?: Readonly<Record<string, string>> } | Error;
type Responder = (call: SeenCall) => Answer | null;

export type FakeRow = Readonly<Record<string, string>>;

const keys = generateKeyPairSync('rsa', { modulusLength: 2048, privateKeyEncoding: { type: 'pkcs8', format: 'pem' }, publicKeyEncoding: { type: 'spki', format: 'pem' } });

export const OAUTH_CONFIG = { accountId: '1234567_SB1', clientId: 'client-1', certificateId: 'cert-1', timeZone: 'UTC' };
export const OAUTH_SECRETS = { privateKeyPem: keys.privateKey };
export const PUBLIC_KEY_PEM = keys.publicKey;

/**
 * A NetSuite account behind a `fetch` double: tables answer the conditions this connector writes (type, id, last change),
 * everything else is answered by what a test hands in. It knows nothing of the sandbox in apps/.
 */
export class FakeAccount {
  readonly calls: SeenCall[] = [];
  readonly logged: string[] = [];
  now = new Date('2026-03-10T12:00:00.000Z');
  tokens = 0;
  readonly memory = new Map<string, unknown>();
  private readonly responders: Responder[] = [];
  private readonly tables = new Map<string, FakeRow[]>();

  /** Later answers win over earlier ones. */
  answer(responder: Responder): void {
    this.responders.unshift(responder);
  }

  answerSql(pattern: RegExp, rows: (sql: string) => readonly FakeRow[]): void {
    this.answer((call) => (pattern.test(call.sql) ? rowsAnswer(rows(call.sql), call) : null));
  }

  table(name: string, rows: FakeRow[]): void {
    this.tables.set(name, rows);
  }

  context(options: { readonly config?: object; readonly secrets?: unknown; readonly probe?: Probe | null; readonly signal?: AbortSignal; readonly memory?: Map<string, unknown> } = {}): Context {
    return {
      layout: (name) => { throw new RangeError(`there is no layout "${name}"`); },
      connectionId: 'connection-1',
      config: options.config !== undefined && 'authentication' in options.config ? options.config : { ...OAUTH_CONFIG, ...options.config },
      secrets: options.secrets ?? OAUTH_SECRETS,
      probe: options.probe ?? null,
      signal: options.signal ?? new AbortController().signal,
      fetch: (input, init) => this.fetch(new URL(String(input)), init ?? {}),
      log: (event, detail) => { this.logged.push(`${event} ${JSON.stringify(detail ?? {})}`); },
      memory: options.memory ?? this.memory,
      now: () => this.now,
    };
  }

  get queries(): readonly string[] {
    return this.calls.map((call) => call.sql).filter((sql) => sql !== '');
  }

  private async fetch(url: URL, init: RequestInit): Promise<Response> {
    const body = typeof init.body === 'string' ? init.body : '';
    init.signal?.throwIfAborted();
    const path = url.pathname;
    const call: SeenCall = {
      method: init.method ?? 'GET', path, query: url.searchParams, headers: new Headers(init.headers), body,
      sql: path.endsWith('/suiteql') ? (JSON.parse(body) as { q: string }).q : '',
    };
    this.calls.push(call);
    const answer = this.respond(call);
    if (answer instanceof Error) throw answer;
    const text = answer.body === undefined ? null : typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body);
    return await Promise.resolve(new Response(text, { status: answer.status, headers: { 'content-type': 'application/json', ...answer.headers } }));
  }

  private respond(call: SeenCall): Answer {
    for (const responder of this.responders) {
      const answer = responder(call);
      if (answer !== null) return answer;
    }
    if (call.path.endsWith('/oauth2/v1/token')) {
      this.tokens += 1;
      return { status: 200, body: { access_token: `token-${this.tokens}`, expires_in: '3600', token_type: 'bearer' } };
    }
    if (call.sql !== '') return this.select(call);
    return errorAnswer(404, 'NONEXISTENT_ID', 'Record does not exist.');
  }

  private select(call: SeenCall): Answer {
    const from = / FROM (\w+)/.exec(call.sql)?.[1] ?? '';
    const table = this.tables.get(from.toLowerCase());
    if (table === undefined) return errorAnswer(400, 'INVALID_PARAMETER', `Invalid search query. Search error occurred: Record '${from}' was not found.`);
    const rows = table.filter((row) => matches(row, call.sql)).sort((left, right) => Number(left['id'] ?? left['recordid']) - Number(right['id'] ?? right['recordid']));
    if (/SELECT MIN\(/.test(call.sql)) return rowsAnswer(rows.length === 0 ? [{}] : [{ firstid: rows[0]?.['id'] ?? '' }], call);
    return rowsAnswer(rows, call);
  }
}

/** As SuiteQL answers: text values, an empty `links` in each row, one page. */
export function rowsAnswer(rows: readonly FakeRow[], call: SeenCall, totalResults = rows.length): Answer {
  const limit = Number(call.query.get('limit'));
  const offset = Number(call.query.get('offset'));
  const items = rows.slice(offset, offset + limit).map((row) => ({ links: [], ...row }));
  return { status: 200, body: { links: [], count: items.length, hasMore: offset + limit < rows.length, items, offset, totalResults } };
}

export function errorAnswer(status: number, code: string, detail: string, path?: string): Answer {
  return {
    status,
    body: { type: 'https://www.rfc-editor.org/rfc/rfc9110.html#section-15.5', title: 'Error', status, 'o:errorDetails': [{ detail, 'o:errorCode': code, ...(path === undefined ? {} : { 'o:errorPath': path }) }] },
  };
}

/** The conditions this connector writes, each with its test. A condition that is not written holds. */
const CONDITIONS: readonly [RegExp, (row: FakeRow, value: string) => boolean][] = [
  [/t\.type (?:= |IN \()([^)]+?)(?:\)| AND| ORDER|$)/, (row, types) => types.includes(`'${row['type']}'`)],
  [/\.(?:id|recordid) > (\d+)/, (row, id) => keyOf(row) > BigInt(id)],
  [/\.id <= (\d+)/, (row, id) => keyOf(row) <= BigInt(id)],
  [/\.id IN \(([\d, ]+)\)/, (row, ids) => ids.split(', ').includes(String(keyOf(row)))],
  [/(?:lastmodifieddate|deleteddate) >= TO_DATE\('([^']+)'/, (row, moment) => momentOf(row) >= moment],
  [/(?:lastmodifieddate|deleteddate) < TO_DATE\('([^']+)'/, (row, moment) => momentOf(row) < moment],
];

function matches(row: FakeRow, sql: string): boolean {
  const where = sql.replace(/ JOIN .*? ON [^ ]+ = [^ ]+( AND tl\.mainline = 'T')?/g, '');
  return CONDITIONS.every(([pattern, holds]) => {
    const value = pattern.exec(where)?.[1];
    return value === undefined || holds(row, value);
  });
}

function keyOf(row: FakeRow): bigint {
  return BigInt(row['id'] ?? row['recordid'] ?? '0');
}

function momentOf(row: FakeRow): string {
  return row['modified'] ?? row['deleted'] ?? '';
}
