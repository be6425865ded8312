import { setTimeout as sleep } from 'node:timers/promises';
import { assertion } from '../../apps/sandbox/src/netsuite/testing/client.js';
import { WrongResult } from './figure.js';
import type { SandboxAccess } from './sandbox-process.js';

const TOKEN_PATH = '/services/rest/auth/oauth2/v1/token';
const QUERY_PATH = '/services/rest/query/v1/suiteql?limit=1';
const ASSERTION_SECONDS = 3_000;

/** What the other integration got so far. */
export interface ForeignAnswers {
  readonly answered: number;
  readonly refused: number;
  /** Of each answer, in milliseconds, refusals before it counted in. */
  readonly waitsMs: readonly number[];
}

/** Another integration of the account: so many requests always under way, the next one as soon as one is answered, again after a short pause when refused. */
export class NetSuiteForeignClient {
  #answered = 0;
  #refused = 0;
  #waitsMs: number[] = [];
  #stopped = false;
  #work: Promise<unknown> = Promise.resolve();

  private constructor(private readonly url: string, private readonly token: string, private readonly pauseAfterRefusalMs: number) {}

  static async signIn({ url, m2m }: SandboxAccess, pauseAfterRefusalMs: number): Promise<NetSuiteForeignClient> {
    const now = Math.floor(Date.now() / 1000);
    const claims = { iss: m2m.clientId, scope: ['restlets', 'rest_webservices'], aud: `${url}${TOKEN_PATH}`, iat: now, exp: now + ASSERTION_SECONDS };
    const answer = await fetch(`${url}${TOKEN_PATH}`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials', client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: assertion(claims, { alg: m2m.algorithm, kid: m2m.certificateId }, m2m.privateKeyPem),
      }),
    });
    const { access_token: token } = await answer.json() as { access_token?: string };
    if (token === undefined) throw new WrongResult(`the foreign client got no token: ${answer.status}`);
    return new NetSuiteForeignClient(url, token, pauseAfterRefusalMs);
  }

  /** @param places requests under way */
  start(places: number): void {
    this.#work = Promise.all(Array.from({ length: places }, () => this.#ask()));
    // Seen when it is stopped.
    this.#work.catch(() => undefined);
  }

  answers(): ForeignAnswers {
    return { answered: this.#answered, refused: this.#refused, waitsMs: this.#waitsMs.slice() };
  }

  /** @throws WrongResult for an answer that is neither a result nor a refusal. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#work;
  }

  async #ask(): Promise<void> {
    let since = performance.now();
    while (!this.#stopped) {
      const answer = await fetch(`${this.url}${QUERY_PATH}`, {
        method: 'POST', headers: { authorization: `Bearer ${this.token}`, 'content-type': 'application/json', prefer: 'transient' }, body: JSON.stringify({ q: 'SELECT id FROM customer' }),
      });
      await answer.arrayBuffer();
      if (answer.status === 429) {
        this.#refused += 1;
        await sleep(this.pauseAfterRefusalMs);
        continue;
      }
      if (!answer.ok) throw new WrongResult(`the foreign client was answered ${answer.status}`);
      this.#answered += 1;
      this.#waitsMs.push(performance.now() - since);
      since = performance.now();
    }
  }
}
