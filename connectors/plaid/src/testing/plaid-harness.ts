import { ConnectorError, type Context } from '#connector-kit';
import { testContext, type ConnectorHarness, type ContextOptions, type Fault, type FeedEntry, type FeedHarness, type WebhookHarness } from '#connector-kit/testing';
import { plaid } from '../index.js';
import { ACCESS_TOKEN, CLIENT_ID, FakePlaid, SECRET } from './fake-plaid.js';
import { turnedDecimal } from '../decimal.js';

const BAD_SECRET = 'a-secret-that-is-wrong';
const LIMITED_TOKEN = 'access-sandbox-2222-bbbb';
const START = new Date('2026-03-10T12:00:00.000Z');
/** Older than the five minutes Plaid allows. */
const STALE_SECONDS = 360;

/** Plays the contract's sentences to the connector over the fake Plaid. */
export class PlaidHarness implements ConnectorHarness {
  readonly connector = plaid;
  readonly pageSize = 2;
  readonly secrets = [SECRET, BAD_SECRET, ACCESS_TOKEN];
  readonly skips = [];
  readonly fake = new FakePlaid();
  readonly #log: string[] = [];
  #now = START;

  async start(): Promise<void> {
    await this.fake.start();
    const limited = this.fake.item;
    this.fake.items.set(LIMITED_TOKEN, Object.assign(Object.create(Object.getPrototypeOf(limited) as object) as typeof limited, limited, { products: ['auth'] }));
  }

  stop(): Promise<void> {
    return this.fake.stop();
  }

  context({ credentials = 'good', clockSkewMs = 0, ...options }: ContextOptions = {}): Context {
    return testContext({
      connectionId: 'plaid-1', probe: options.probe ?? null, log: this.#log, now: () => new Date(this.#now.getTime() + clockSkewMs),
      config: { clientId: CLIENT_ID, environment: 'sandbox', serviceUrl: this.fake.url === '' ? 'http://127.0.0.1' : this.fake.url, pageSize: this.pageSize },
      secrets: { secret: credentials === 'bad' ? BAD_SECRET : SECRET, accessToken: credentials === 'limited' ? LIMITED_TOKEN : ACCESS_TOKEN },
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
  }

  logged(): readonly string[] { return this.#log; }
  now(): Date { return this.#now; }
  async setClock(instant: Date): Promise<void> { this.#now = instant; }
  async passTime(durationMs: number): Promise<void> { this.#now = new Date(this.#now.getTime() + durationMs); }
  async seed(): Promise<readonly string[]> { return notKept(); }
  async change(): Promise<void> { notKept(); }
  async remove(): Promise<void> { notKept(); }
  /** Nothing can be written into a bank through Plaid. */
  async writtenCount(): Promise<number> { return 0; }
  openRequests(): number { return this.fake.openRequests; }

  async misbehave(fault: Fault): Promise<void> {
    const { faults } = this.fake;
    switch (fault.kind) {
      case 'failNext':
        faults.push(fault.status === 'reset' ? { kind: 'reset', after: fault.afterRequests ?? 0 } : { kind: 'status', status: fault.status, after: fault.afterRequests ?? 0 });
        break;
      case 'throttleNext': faults.push({ kind: 'throttle', after: 0, retryAfterSeconds: fault.retryAfterMs === null ? null : fault.retryAfterMs / 1_000 }); break;
      case 'garbleNext': faults.push({ kind: 'garble', after: 0 }); break;
      case 'slow': this.fake.answerDelayMs = fault.answerMs; break;
      case 'loseNextAnswerAfterCommit':
      case 'lateCommit':
      case 'duplicatePage':
      case 'interruptNextDelivery': throw new RangeError(`a bank feed has no ${fault.kind}`);
    }
  }

  readonly feed: FeedHarness = {
    book: async (entries) => entries.map((entry) => this.#book(entry)),
    change: async (externalId, amount) => { this.fake.item.modify(externalId, { amount: turned(amount) }); },
    settle: async (externalId, linked) => this.fake.item.settle(externalId, linked).transactionId,
    takeBack: async (externalId) => { this.fake.item.remove(externalId); },
    changeWhilePaging: async () => { this.fake.item.mutateNext = true; },
    notReady: async () => { this.fake.item.notReady = true; },
  };

  #book({ amount, currency, bookedOn, memo, pending }: FeedEntry): string {
    this.fake.item.notReady = false;
    return this.fake.item.add({ amount: turned(amount), isoCurrency: currency, date: bookedOn, name: memo, pending }).transactionId;
  }

  readonly webhook: WebhookHarness = {
    signed: () => ({ ...this.#deliver({}), wakes: ['bankFeed'] as const }),
    forged: () => {
      const retired = this.fake.keys.current;
      this.fake.keys.rotate();
      this.fake.keys.expire(retired);
      const good = this.#deliver({});
      return [
        { how: 'with a changed body', headers: good.headers, body: new TextEncoder().encode(JSON.stringify({ ...UPDATES, item_id: 'item-2' }, null, 2)) },
        { how: 'with its body serialised again', headers: good.headers, body: new TextEncoder().encode(JSON.stringify(UPDATES)) },
        { how: 'without a token', headers: new Headers(), body: good.body },
        { how: 'with another algorithm', ...this.#deliver({ algorithm: 'none' }) },
        { how: 'of a key that Plaid does not know', ...this.#deliver({ kid: 'key-of-nobody' }) },
        { how: 'signed six minutes ago', ...this.#deliver({ issuedAt: this.#seconds() - STALE_SECONDS }) },
        { how: 'of tomorrow', ...this.#deliver({ issuedAt: this.#seconds() + 86_400 }) },
        { how: 'with a key that has expired', ...this.#deliver({ kid: retired }) },
      ];
    },
  };

  #seconds(): number {
    return Math.floor(this.#now.getTime() / 1_000);
  }

  #deliver(signing: { kid?: string; algorithm?: string; issuedAt?: number }): { headers: Headers; body: Uint8Array } {
    return this.fake.keys.deliver(UPDATES, { issuedAt: this.#seconds(), ...signing });
  }
}

const UPDATES = { webhook_type: 'TRANSACTIONS', webhook_code: 'SYNC_UPDATES_AVAILABLE', item_id: 'item-1', initial_update_complete: true, historical_update_complete: true, environment: 'sandbox' };

/** Plaid's sign is the other way round. */
function turned(amount: string): string {
  const text = turnedDecimal(amount);
  if (text === null) throw new RangeError(`"${amount}" is no decimal number`);
  return text;
}

function notKept(): never {
  throw new ConnectorError('Plaid keeps no ERP records', { kind: 'notSupported', capability: 'read' });
}
