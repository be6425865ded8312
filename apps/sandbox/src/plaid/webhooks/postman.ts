import type { Agenda } from '../agenda.js';
import type { Faults } from '../faults/faults.js';
import type { PlaidSettings } from '../settings.js';
import { DAY_MS } from '../settings.js';
import type { KeyRing, SignatureSpoiling } from './key-ring.js';

/** One attempt to deliver one webhook. */
export interface Delivery {
  readonly id: number;
  readonly url: string;
  readonly code: string;
  readonly attempt: number;
  readonly atMs: number;
  readonly body: Record<string, unknown>;
  /** HTTP status; 0 when there was no answer in time. */
  status: number;
  delivered: boolean;
}

interface Letter {
  readonly id: number;
  readonly url: string;
  readonly body: Record<string, unknown>;
}

/** A retry waits four times as long as the one before, and none starts later than a day after the first attempt (reference "Delivery"). */
const RETRY_FACTOR = 4;

/** Sends webhooks as the vendor does: signed, pretty-printed with two blanks, repeated until a 200 comes in time. */
export class Postman {
  readonly deliveries: Delivery[] = [];
  private readonly held: Letter[] = [];
  private readonly underWay = new Set<Promise<void>>();
  private readonly aborting = new AbortController();
  private nextId = 1;

  constructor(private readonly settings: PlaidSettings, private readonly keys: KeyRing, private readonly faults: Faults, private readonly agenda: Agenda, private readonly nowMs: () => number, private readonly scheduled: () => void) {}

  post(url: string, body: Record<string, unknown>): void {
    const letter = { id: this.nextId, url, body };
    this.nextId += 1;
    if (this.settings.webhooksHeld) this.held.push(letter);
    else this.dispatch(letter);
  }

  /** Sends what was held. @returns how many letters that were */
  release(order: 'asHeld' | 'reversed', copies: number): number {
    const letters = order === 'reversed' ? this.held.splice(0).toReversed() : this.held.splice(0);
    // One after the other: concurrent requests would arrive in any order, and the order is what was asked for.
    this.track(this.inTurn(letters.flatMap((letter) => Array.from({ length: copies }, () => letter))));
    return letters.length;
  }

  heldCodes(): string[] {
    return this.held.map(({ body }) => String(body['webhook_code']));
  }

  /** Resolves when no attempt is under way. */
  async idle(): Promise<void> {
    while (this.underWay.size > 0) await Promise.all(this.underWay);
  }

  async stop(): Promise<void> {
    this.aborting.abort();
    await this.idle();
  }

  private dispatch(letter: Letter): void {
    for (let copy = 0; copy < this.settings.webhookCopies; copy += 1) this.track(this.attempt(letter, 1, this.nowMs()));
  }

  private async inTurn(letters: readonly Letter[]): Promise<void> {
    for (const letter of letters) await this.attempt(letter, 1, this.nowMs());
  }

  private track(work: Promise<void>): void {
    this.underWay.add(work);
    void work.finally(() => { this.underWay.delete(work); });
  }

  private async attempt(letter: Letter, attempt: number, firstMs: number): Promise<void> {
    if (this.aborting.signal.aborted) return;
    const delivery: Delivery = { id: letter.id, url: letter.url, code: String(letter.body['webhook_code']), attempt, atMs: this.nowMs(), body: letter.body, status: 0, delivered: false };
    this.deliveries.push(delivery);
    delivery.status = await this.send(letter);
    delivery.delivered = delivery.status === 200;
    if (!delivery.delivered && !this.aborting.signal.aborted) this.retryLater(letter, attempt, firstMs);
  }

  private async send(letter: Letter): Promise<number> {
    const struck = this.faults.draw('webhook', {});
    if (struck.has('loseWebhook')) return 0;
    const bytes = Buffer.from(JSON.stringify(letter.body, null, 2));
    try {
      const response = await fetch(letter.url, {
        method: 'POST', body: bytes, headers: { 'content-type': 'application/json', 'plaid-verification': this.keys.sign(bytes, spoilingOf(struck)), 'user-agent': 'Plaid/1.0' },
        redirect: 'manual', signal: AbortSignal.any([this.aborting.signal, AbortSignal.timeout(this.settings.webhookTimeoutMs)]),
      });
      await response.arrayBuffer();
      return response.status;
    } catch {
      // No answer in time, or nobody there: the vendor cannot tell either.
      return 0;
    }
  }

  private retryLater(letter: Letter, attempt: number, firstMs: number): void {
    const now = this.nowMs();
    const atMs = now + this.settings.webhookRetryFirstMs * RETRY_FACTOR ** (attempt - 1);
    if (atMs - firstMs > DAY_MS || this.hasGivenUp(now)) return;
    this.agenda.schedule(atMs, () => { this.track(this.attempt(letter, attempt + 1, firstMs)); });
    this.scheduled();
  }

  private hasGivenUp(now: number): boolean {
    const recent = this.deliveries.filter(({ atMs }) => atMs > now - DAY_MS);
    const failed = recent.filter(({ delivered }) => !delivered).length;
    return recent.length >= this.settings.webhookRetrySampleMin && failed / recent.length > this.settings.webhookRetryFailureShareMax;
  }
}

type Struck = ReturnType<Faults['draw']>;
const STALE_SECONDS = 360;

function spoilingOf(struck: Struck): SignatureSpoiling {
  const stale = struck.get('staleSignature');
  return {
    wrongBodyHash: struck.has('wrongBodyHash'), expiredKey: struck.has('expiredKey'), unknownKey: struck.has('unknownKey'), wrongSignature: struck.has('wrongSignature'),
    ...(stale === undefined ? {} : { ageSeconds: stale.ageSeconds ?? STALE_SECONDS }), ...(struck.has('unsignedAlgorithm') ? { algorithm: 'none' as const } : struck.has('wrongAlgorithm') ? { algorithm: 'HS256' as const } : {}),
  };
}
