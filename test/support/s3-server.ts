import { mkdtemp, readFile, rm, utimes, writeFile, mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHash } from 'node:crypto';
import { isSigned } from './s3-signature.js';

/** The one account s3rver knows. */
export const S3_KEY = 'S3RVER';
/** Requests signed for this region are denied everything about answers: a login with a permission missing. */
export const LIMITED_REGION = 'us-limited-1';
const BUCKET = 'ledger';
const DENIED_PREFIX = 'ack/';

interface S3rver {
  run(): Promise<AddressInfo>;
  close(): Promise<void>;
}
const S3rverClass = createRequire(join(process.cwd(), 'package.json'))('s3rver') as new (options: object) => S3rver;

/** How the way to the service goes wrong. Those with `Next` happen once. */
export type S3Fault =
  | { readonly kind: 'failNext'; readonly status: number | 'reset'; readonly afterRequests: number }
  | { readonly kind: 'throttleNext'; readonly retryAfterMs: number | null }
  | { readonly kind: 'slow'; readonly answerMs: number }
  | { readonly kind: 'garbleNext' }
  | { readonly kind: 'breakNextPut' }
  /** The next object is stored, and the answer never comes. */
  | { readonly kind: 'loseNextPutAnswer' };

/** s3rver behind a proxy that misbehaves. Everything on loopback, in a temporary folder. */
export class S3Server {
  readonly bucket = BUCKET;
  readonly #faults: S3Fault[] = [];
  #folder = '';
  #server: S3rver | null = null;
  #proxy: Server | null = null;
  #behind = 0;
  #waiting = 0;
  #answerMs = 0;

  /** The address for clients. */
  async start(): Promise<string> {
    this.#folder = await mkdtemp(join(tmpdir(), 's3-'));
    this.#server = new S3rverClass({ address: '127.0.0.1', port: 0, silent: true, directory: this.#folder, configureBuckets: [{ name: BUCKET }] });
    this.#behind = (await this.#server.run()).port;
    this.#proxy = createServer((incoming, response) => { void this.#pass(incoming, response); });
    await new Promise<void>((resolve) => { this.#proxy?.listen(0, '127.0.0.1', resolve); });
    return `http://127.0.0.1:${(this.#proxy.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#proxy?.closeAllConnections();
    await new Promise<void>((resolve) => { if (this.#proxy === null) resolve(); else this.#proxy.close(() => resolve()); });
    await this.#server?.close();
    await rm(this.#folder, { recursive: true, force: true });
  }

  misbehave(fault: S3Fault): void {
    if (fault.kind === 'slow') this.#answerMs = fault.answerMs;
    else this.#faults.push(fault);
  }

  /** Requests whose answer waits and whose caller is still there. */
  openRequests(): number {
    return this.#waiting;
  }

  /** Another client's object, stamped as told: the server keeps the times of its files. */
  async put(key: string, bytes: Uint8Array, modifiedAt: Date): Promise<void> {
    const base = join(this.#folder, BUCKET, key);
    await mkdir(join(base, '..'), { recursive: true });
    await writeFile(`${base}._S3rver_object`, bytes);
    await writeFile(`${base}._S3rver_object.md5`, createHash('md5').update(bytes).digest('hex'));
    await writeFile(`${base}._S3rver_metadata.json`, JSON.stringify({ 'content-type': 'application/octet-stream' }));
    await utimes(`${base}._S3rver_object`, modifiedAt, modifiedAt);
  }

  /** Contents below a prefix, by key. */
  async files(prefix: string): Promise<ReadonlyMap<string, Uint8Array>> {
    const { globSync } = await import('node:fs');
    const keys = globSync(`${prefix}/**/*._S3rver_object`, { cwd: join(this.#folder, BUCKET) });
    return new Map(await Promise.all(keys.map(async (path) => [path.replace(/\._S3rver_object$/, ''), await readFile(join(this.#folder, BUCKET, path))] as const)));
  }

  async #pass(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const body: Buffer[] = [];
    for await (const piece of incoming) body.push(piece as Buffer);
    const fault = this.#take(incoming.method === 'PUT' && incoming.headers['x-amz-copy-source'] === undefined);
    if (fault?.kind === 'breakNextPut' || (fault?.kind === 'failNext' && fault.status === 'reset')) return incoming.socket.resetAndDestroy() as never;
    if (!isSigned(incoming, S3_KEY)) return answer(response, 403, 'SignatureDoesNotMatch');
    if (this.#isDenied(incoming)) return answer(response, 403, 'AccessDenied');
    if (fault?.kind === 'failNext') return answer(response, Number(fault.status), 'InternalError');
    if (fault?.kind === 'throttleNext') return answer(response, 503, 'SlowDown', fault.retryAfterMs);
    if (fault?.kind === 'garbleNext') return void response.writeHead(200, { 'content-type': 'application/xml' }).end('<html>proxy login</html>');
    const passed = request({ host: '127.0.0.1', port: this.#behind, method: incoming.method, path: incoming.url, headers: incoming.headers }, (upstream) => {
      void this.#delay(incoming).then((there) => {
        if (!there) return upstream.resume();
        if (fault?.kind === 'loseNextPutAnswer') return incoming.socket.resetAndDestroy();
        return upstream.pipe(response.writeHead(upstream.statusCode ?? 500, upstream.headers));
      });
    });
    passed.on('error', () => incoming.socket.destroy());
    passed.end(Buffer.concat(body));
  }

  #take(isPut: boolean): S3Fault | null {
    const [fault] = this.#faults;
    if (fault === undefined || ((fault.kind === 'breakNextPut' || fault.kind === 'loseNextPutAnswer') && !isPut)) return null;
    if (fault.kind === 'failNext' && fault.afterRequests > 0) {
      this.#faults[0] = { ...fault, afterRequests: fault.afterRequests - 1 };
      return null;
    }
    this.#faults.shift();
    return fault;
  }

  #isDenied({ headers, url }: IncomingMessage): boolean {
    return (headers.authorization ?? '').includes(`/${LIMITED_REGION}/`) && decodeURIComponent(url ?? '').includes(DENIED_PREFIX);
  }

  async #delay({ socket }: IncomingMessage): Promise<boolean> {
    if (this.#answerMs === 0) return !socket.destroyed;
    this.#waiting += 1;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, this.#answerMs);
      socket.once('close', () => {
        clearTimeout(timer);
        resolve();
      });
    });
    this.#waiting -= 1;
    return !socket.destroyed;
  }
}

function answer(response: ServerResponse, status: number, code: string, retryAfterMs: number | null = null): void {
  response.writeHead(status, { 'content-type': 'application/xml', ...retryAfterMs === null ? {} : { 'retry-after': String(retryAfterMs / 1000) } });
  response.end(`<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${code}</Message></Error>`);
}
