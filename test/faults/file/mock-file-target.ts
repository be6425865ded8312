import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { seededRandom } from '../seeded.js';

/** How the target behaves. Shares are 0 to 1, times in milliseconds. */
export interface FileTargetBehaviour {
  /** A renamed file is taken, booked and archived so long after it came. */
  readonly pickUpMs: number;
  /** The upload breaks off: what came stays under the temporary name. */
  readonly interruptedShare: number;
  /** Renamed, then the connection is cut. */
  readonly lostShare: number;
  /** Renamed only so long after the request came; whoever asked has given up by then. */
  readonly lateShare: number;
  readonly lateMs: number;
  /** What a second file under a name it has booked before meets: nothing (it books what it finds), a silent or a loud refusal. */
  readonly repeats: 'booked' | 'dropped' | 'refused';
  /** Never: it takes files and says nothing. */
  readonly answersAfterMs: number | 'never';
  /** Answers the first half of a file's lines, the other half so long after. */
  readonly secondHalfAfterMs: number;
  /** Puts the answers of the file before into each answer, as targets do that append to one report. */
  readonly repeatsAnswers: boolean;
  readonly unauthorized: boolean;
  /** Of the target's dice. */
  readonly seed: number;
}

export const CALM_FILES: FileTargetBehaviour = {
  pickUpMs: 20, interruptedShare: 0, lostShare: 0, lateShare: 0, lateMs: 0, repeats: 'booked', answersAfterMs: 30, secondHalfAfterMs: 0, repeatsAnswers: false, unauthorized: false, seed: 1,
};

interface Line { readonly key: string; readonly kind: 'payment' | 'reversal'; readonly amount: string; readonly memo: string }
type Answer = { readonly state: 'booked'; readonly externalId: string; readonly amount: string } | { readonly state: 'refused'; readonly problem: string };
interface Acknowledged { readonly bookedAtMs: number; readonly answers: readonly (readonly [key: string, answer: Answer])[] }

/** The target's books, as its own auditor sees them. */
export interface FileLedger {
  readonly files: number;
  /** Lines booked beyond one per key. */
  readonly duplicatedLines: number;
  readonly keys: readonly string[];
  readonly paymentMinor: string;
  readonly reversedMinor: string;
  /** Files it could not read: incomplete, or with wrong totals. */
  readonly brokenFiles: number;
  readonly repeatsRefused: number;
  readonly names: readonly string[];
}

/** A target with a folder: books what it finds there, archives it and answers. It guards against nothing unless told to. */
export class MockFileTarget {
  readonly #temporary = new Map<string, string>();
  readonly #inbox = new Map<string, { readonly text: string; readonly cameAtMs: number }>();
  readonly #archive = new Map<string, string>();
  readonly #lines: Line[] = [];
  readonly #names: string[] = [];
  readonly #acknowledged = new Map<string, Acknowledged>();
  readonly #server: Server;
  readonly #consumer: NodeJS.Timeout;
  #behaviour: FileTargetBehaviour;
  readonly #random: () => number;
  #broken = 0;
  #refused = 0;

  constructor(behaviour: Partial<FileTargetBehaviour> = {}) {
    this.#behaviour = { ...CALM_FILES, ...behaviour };
    this.#random = seededRandom(this.#behaviour.seed);
    this.#server = createServer((request, response) => { void this.#serve(request, response); });
    this.#consumer = setInterval(() => this.#consume(), 5);
  }

  async start(): Promise<string> {
    await new Promise<void>((resolve) => { this.#server.listen(0, '127.0.0.1', resolve); });
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    clearInterval(this.#consumer);
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => { this.#server.close(() => resolve()); });
  }

  behave(behaviour: Partial<FileTargetBehaviour>): void {
    this.#behaviour = { ...this.#behaviour, ...behaviour };
  }

  /** What lies under a name, in the inbox or the archive. */
  textOf(name: string): string | null {
    return this.#inbox.get(name)?.text ?? this.#archive.get(name) ?? null;
  }

  /** Loses a file as if it had never come. */
  lose(name: string): void {
    this.#inbox.delete(name);
    this.#archive.delete(name);
  }

  ledger(): FileLedger {
    const keys = new Set(this.#lines.map(({ key }) => key));
    const sum = (kind: Line['kind']): string => this.#lines.filter((line) => line.kind === kind).reduce((total, { amount }) => total + BigInt(amount.replace('.', '')), 0n).toString();
    return {
      files: this.#names.length, duplicatedLines: this.#lines.length - keys.size, keys: [...keys], paymentMinor: sum('payment'), reversedMinor: sum('reversal'), brokenFiles: this.#broken,
      repeatsRefused: this.#refused, names: [...this.#names],
    };
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) chunks.push(chunk as Buffer);
    } catch {
      return;
    }
    const body = JSON.parse(Buffer.concat(chunks).toString('utf8') || '{}') as Record<string, string>;
    const name = body['name'] ?? '';
    if (request.url === '/ledger') return answer(response, 200, this.ledger());
    if (request.url === '/behave') {
      this.behave(body as unknown as Partial<FileTargetBehaviour>);
      return answer(response, 200, {});
    }
    if (this.#behaviour.unauthorized) return answer(response, 401, { problem: 'the key is not known' });
    switch (request.url) {
      case '/upload': return this.#upload(name, body['text'] ?? '', response);
      case '/rename': return this.#rename(name, response);
      case '/exists': return answer(response, 200, { text: this.textOf(name) });
      case '/answers': return answer(response, 200, { answers: this.#answersTo(name) });
      default: return answer(response, 404, { problem: `nothing at ${request.url ?? ''}` });
    }
  }

  #upload(name: string, text: string, response: ServerResponse): void {
    if (this.#random() < this.#behaviour.interruptedShare) {
      this.#temporary.set(name, text.slice(0, text.length / 2));
      response.socket?.destroy();
      return;
    }
    this.#temporary.set(name, text);
    answer(response, 200, {});
  }

  async #rename(name: string, response: ServerResponse): Promise<void> {
    const { lateShare, lateMs, lostShare } = this.#behaviour;
    const fate = this.#random();
    if (fate < lateShare) await sleep(lateMs);
    const text = this.#temporary.get(name);
    const there = this.#inbox.get(name)?.text;
    if (there !== undefined && text !== undefined && there !== text) return answer(response, 409, { problem: 'another file has this name' });
    if (text !== undefined) {
      this.#temporary.delete(name);
      this.#inbox.set(name, { text, cameAtMs: Date.now() });
    }
    if (fate >= lateShare && fate < lateShare + lostShare) {
      response.socket?.destroy();
      return;
    }
    if (text === undefined && there === undefined) return answer(response, 404, { problem: 'there is no such upload' });
    answer(response, 200, { alreadyThere: there !== undefined });
  }

  #consume(): void {
    for (const [name, { text, cameAtMs }] of this.#inbox) {
      if (Date.now() - cameAtMs < this.#behaviour.pickUpMs) continue;
      this.#inbox.delete(name);
      const known = this.#archive.has(name);
      this.#archive.set(name, text);
      if (known && this.#behaviour.repeats !== 'booked') {
        if (this.#behaviour.repeats === 'refused') this.#refused += 1;
        continue;
      }
      const lines = linesOf(text);
      if (lines === null) this.#broken += 1;
      else this.#book(name, lines);
    }
  }

  #book(name: string, lines: readonly Line[]): void {
    this.#names.push(name);
    const answers = lines.map((line): [string, Answer] => {
      if (line.memo === 'refuse me') return [line.key, { state: 'refused', problem: 'this memo is not allowed' }];
      this.#lines.push(line);
      return [line.key, { state: 'booked', externalId: `d${this.#lines.length}`, amount: line.memo === 'book less' ? '0.01' : line.amount }];
    });
    this.#acknowledged.set(name, { bookedAtMs: Date.now(), answers });
  }

  #answersTo(name: string): (readonly [string, Answer])[] | null {
    const { answersAfterMs, secondHalfAfterMs, repeatsAnswers } = this.#behaviour;
    const file = this.#acknowledged.get(name);
    if (file === undefined || answersAfterMs === 'never') return null;
    const ageMs = Date.now() - file.bookedAtMs;
    if (ageMs < answersAfterMs) return null;
    const whole = ageMs >= answersAfterMs + secondHalfAfterMs;
    const earlier = repeatsAnswers ? [...this.#acknowledged.values()].filter((other) => other !== file).flatMap(({ answers }) => answers) : [];
    return [...earlier, ...whole ? file.answers : file.answers.slice(0, Math.ceil(file.answers.length / 2))];
  }
}

/** The lines of a whole file; null for one whose trailer does not agree. */
function linesOf(text: string): readonly Line[] | null {
  const rows = text.trimEnd().split('\n').slice(1);
  const trailer = JSON.parse(rows.pop() ?? '{}') as { lines?: number; sha256?: string };
  const digest = createHash('sha256').update(rows.join('\n')).digest('hex');
  return trailer.lines === rows.length && trailer.sha256 === digest ? rows.map((row) => JSON.parse(row) as Line) : null;
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.statusCode = status;
  response.setHeader('Content-Type', 'application/json');
  response.end(JSON.stringify(body));
}
