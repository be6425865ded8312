import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { seededRandom } from './seeded.js';

/** How the target behaves. Shares are of booking requests, 0 to 1; times in milliseconds. */
export interface MockErpBehaviour {
  readonly commitMs: readonly [number, number];
  readonly answerMs: readonly [number, number];
  /** Committed, then the connection is cut. */
  readonly lostShare: number;
  /** Commits only `lateMs` after the request came; whoever asked has given up by then. */
  readonly lateShare: number;
  readonly lateMs: number;
  /** Answered 500, half of them after the commit. */
  readonly errorShare: number;
  /** The request reaches the target twice, as through a network that repeats packets. */
  readonly doubledShare: number;
  /** Refuses a second booking under one key and answers with the first. */
  readonly uniqueKeys: boolean;
  /** Token bucket; 0 grants everything. */
  readonly grantPerSecond: number;
  readonly grantBurst: number;
  readonly retryAfterSeconds: number;
  /** A search sees a booking only so long after its commit. */
  readonly searchDelayMs: number;
  /** Closed books: every reversal is refused. */
  readonly periodClosed: boolean;
  readonly unauthorized: boolean;
  /** Of its dice; null throws new ones each time. */
  readonly seed: number | null;
}

export const CALM: MockErpBehaviour = {
  commitMs: [1, 4], answerMs: [1, 4], lostShare: 0, lateShare: 0, lateMs: 0, errorShare: 0, doubledShare: 0, uniqueKeys: false,
  grantPerSecond: 0, grantBurst: 0, retryAfterSeconds: 1, searchDelayMs: 0, periodClosed: false, unauthorized: false, seed: null,
};

export interface ErpRecord {
  readonly id: string;
  readonly key: string;
  readonly kind: 'payment' | 'reversal';
  readonly fields: Record<string, string>;
  readonly applications: { externalId: string; amount: string }[];
  readonly reverses: string | null;
  readonly committedAtMs: number;
}

/** The target's books, as its own auditor sees them: counted per key, summed in cents. */
export interface ErpLedger {
  readonly records: number;
  readonly duplicatedKeys: number;
  readonly paymentMinor: string;
  readonly reversedMinor: string;
  readonly keys: readonly string[];
  readonly rejected: number;
  readonly bookings: number;
  readonly acceptedPerSecond: readonly number[];
}

type Body = Readonly<Record<string, unknown>>;

/** An ERP of eighty lines: books what it is told, searches by key, and misbehaves on demand. It guards against nothing unless told to. */
export class MockErp {
  readonly #records: ErpRecord[] = [];
  readonly #byKey = new Map<string, ErpRecord[]>();
  readonly #byId = new Map<string, ErpRecord>();
  readonly #server: Server;
  #behaviour: MockErpBehaviour;
  #random: () => number = () => Math.random();
  #tokens = 0;
  #tokensAtMs = performance.now();
  #rejected = 0;
  #bookings = 0;
  readonly #startedAtMs = Date.now();
  readonly #acceptedPerSecond: number[] = [];

  constructor(behaviour: Partial<MockErpBehaviour> = {}) {
    this.#behaviour = { ...CALM, ...behaviour };
    this.#tokens = this.#behaviour.grantBurst;
    this.#throwDice();
    this.#server = createServer((request, response) => { void this.#serve(request, response); });
    this.#server.keepAliveTimeout = 60_000;
  }

  async start(): Promise<string> {
    await new Promise<void>((resolve) => { this.#server.listen(0, '127.0.0.1', resolve); });
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => { this.#server.close(() => resolve()); });
  }

  behave(behaviour: Partial<MockErpBehaviour>): void {
    this.#behaviour = { ...this.#behaviour, ...behaviour };
    this.#throwDice();
  }

  #throwDice(): void {
    this.#random = this.#behaviour.seed === null ? () => Math.random() : seededRandom(this.#behaviour.seed);
  }

  /** For a read-back that finds something else than was sent. */
  tamper(key: string, fields: Record<string, string>): void {
    for (const record of this.#byKey.get(key) ?? []) Object.assign(record.fields, fields);
  }

  ledger(): ErpLedger {
    const sum = (kind: ErpRecord['kind']): string => this.#records.filter((record) => record.kind === kind).reduce((total, record) => total + cents(record.fields['amount']), 0n).toString();
    return {
      records: this.#records.length, duplicatedKeys: this.#records.length - this.#byKey.size, paymentMinor: sum('payment'), reversedMinor: sum('reversal'),
      keys: [...this.#byKey.keys()], rejected: this.#rejected, bookings: this.#bookings, acceptedPerSecond: [...this.#acceptedPerSecond].map((count) => count ?? 0),
    };
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) chunks.push(chunk as Buffer);
    } catch {
      return;
    }
    const body = chunks.length === 0 ? {} : JSON.parse(Buffer.concat(chunks).toString('utf8')) as Body;
    if (request.url === '/ledger') return answer(response, 200, this.ledger());
    if (request.url === '/behave') {
      this.behave(body as Partial<MockErpBehaviour>);
      return answer(response, 200, {});
    }
    if (this.#behaviour.unauthorized) return answer(response, 401, { problem: 'the token has been revoked' });
    if (!this.#granted()) {
      this.#rejected += 1;
      response.setHeader('Retry-After', String(this.#behaviour.retryAfterSeconds));
      return answer(response, 429, { problem: 'too many requests' });
    }
    switch (request.url) {
      case '/book': return this.#book(body, response);
      case '/find': return answer(response, 200, this.#find(body['keys'] as string[]));
      case '/read': return answer(response, 200, this.#read(body['ids'] as string[]));
      default: return answer(response, 404, { problem: `nothing at ${request.url ?? ''}` });
    }
  }

  async #book(body: Body, response: ServerResponse): Promise<void> {
    this.#bookings += 1;
    const second = Math.floor((Date.now() - this.#startedAtMs) / 1000);
    this.#acceptedPerSecond[second] = (this.#acceptedPerSecond[second] ?? 0) + 1;
    const { commitMs, answerMs, lostShare, lateShare, lateMs, errorShare, doubledShare } = this.#behaviour;
    const fate = this.#random();
    await sleep(between(commitMs, this.#random));
    if (fate < lateShare) await sleep(lateMs);
    const failsBefore = fate >= lateShare && fate < lateShare + errorShare / 2;
    if (failsBefore) return answer(response, 500, { problem: 'out of order' });
    const outcome = this.#commit(body);
    if (this.#random() < doubledShare) this.#commit(body);
    await sleep(between(answerMs, this.#random));
    if (fate >= lateShare + errorShare / 2 && fate < lateShare + errorShare) return answer(response, 500, { problem: 'out of order' });
    if (fate >= lateShare + errorShare && fate < lateShare + errorShare + lostShare) {
      response.socket?.destroy();
      return;
    }
    answer(response, outcome.status, outcome.body);
  }

  #commit(body: Body): { status: number; body: object } {
    const record = body as unknown as Omit<ErpRecord, 'id' | 'committedAtMs'>;
    const known = this.#byKey.get(record.key)?.[0];
    if (known !== undefined && this.#behaviour.uniqueKeys) {
      if (known.fields['amount'] !== record.fields['amount']) return { status: 409, body: { id: known.id, differsIn: ['amount'] } };
      return { status: 200, body: { id: known.id, alreadyThere: true } };
    }
    if (record.kind === 'reversal' && this.#behaviour.periodClosed) return { status: 422, body: { path: 'body.reversedOn', value: '', problem: 'the period is closed' } };
    if (record.fields['memo'] === 'refuse me') return { status: 422, body: { path: 'body.fields.memo', value: 'refuse me', problem: 'this memo is not allowed' } };
    const id = `r${this.#records.length + 1}`;
    const booked: ErpRecord = { ...record, id, fields: { ...record.fields }, committedAtMs: Date.now() };
    this.#records.push(booked);
    this.#byId.set(id, booked);
    this.#byKey.set(record.key, [...this.#byKey.get(record.key) ?? [], booked]);
    return { status: 200, body: { id, alreadyThere: false } };
  }

  #find(keys: readonly string[]): Record<string, string> {
    const seenUntilMs = Date.now() - this.#behaviour.searchDelayMs;
    return Object.fromEntries(keys.flatMap((key) => {
      const seen = this.#byKey.get(key)?.find((record) => record.committedAtMs <= seenUntilMs);
      return seen === undefined ? [] : [[key, seen.id]];
    }));
  }

  #read(ids: readonly string[]): { records: ErpRecord[] } {
    return { records: ids.flatMap((id) => this.#byId.get(id) ?? []) };
  }

  #granted(): boolean {
    const { grantPerSecond, grantBurst } = this.#behaviour;
    if (grantPerSecond === 0) return true;
    const now = performance.now();
    this.#tokens = Math.min(grantBurst, this.#tokens + ((now - this.#tokensAtMs) / 1000) * grantPerSecond);
    this.#tokensAtMs = now;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.statusCode = status;
  response.setHeader('Content-Type', 'application/json');
  response.end(JSON.stringify(body));
}

function between([from, to]: readonly [number, number], random: () => number): number {
  return from + random() * (to - from);
}

function cents(decimal: string | undefined): bigint {
  return BigInt((decimal ?? '0').replace('.', ''));
}
