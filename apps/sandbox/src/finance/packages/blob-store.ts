import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import type { Environment } from '../environment.js';
import { empty, headerOf, type Answer, type Call } from '../http/message.js';

export const BLOB_PATH = '/blob/';
const CONTAINER = 'dmf';

interface Blob {
  bytes: Buffer | null;
}

/** A refusal as blob storage writes it: XML. */
function storageRefusal(status: number, code: string, message: string): Answer {
  return { status, headers: { 'content-type': 'application/xml', 'x-ms-error-code': code }, body: `\uFEFF<?xml version="1.0" encoding="utf-8"?><Error><Code>${code}</Code><Message>${message}</Message></Error>` };
}

/** The blob storage packages go through: addresses signed for a while, written with `x-ms-blob-type: BlockBlob` (reference 3.8). */
export class BlobStore {
  private readonly blobs = new Map<string, Blob>();
  private readonly key = randomBytes(32);

  constructor(private readonly environment: Environment) {}

  /** A blob of its own with an address that is good for `blobAddressLifetimeMs` of the sandbox's clock. */
  issue(origin: string, bytes: Buffer | null = null): { id: string; url: string } {
    const id = randomUUID();
    this.blobs.set(id, { bytes });
    return { id, url: this.urlOf(origin, id) };
  }

  /** A fresh address of a blob. */
  urlOf(origin: string, id: string): string {
    const expires = new Date(this.environment.clock.nowMs() + this.environment.settings.blobAddressLifetimeMs).toISOString();
    const query = new URLSearchParams({ sv: '2018-03-28', sr: 'b', se: expires, sp: 'rw', sig: this.signature(id, expires) });
    return `${origin}${BLOB_PATH}${CONTAINER}/${id}?${query.toString()}`;
  }

  /** What was written at an address; null when the address is none of ours or nothing was written. */
  read(url: string): Buffer | null {
    const id = /\/blob\/dmf\/([0-9a-f-]+)/.exec(url)?.[1] ?? '';
    return this.blobs.get(id)?.bytes ?? null;
  }

  answer(call: Call): Answer {
    const id = call.path.slice(BLOB_PATH.length + CONTAINER.length + 1);
    const blob = this.blobs.get(id);
    const expires = call.query.get('se') ?? '';
    if (blob === undefined || call.query.get('sig') !== this.signature(id, expires) || !(new Date(expires).getTime() > this.environment.clock.nowMs())) {
      return storageRefusal(403, 'AuthenticationFailed', 'Server failed to authenticate the request. Make sure the value of Authorization header is formed correctly including the signature.');
    }
    if (call.method === 'GET') {
      return blob.bytes === null ? storageRefusal(404, 'BlobNotFound', 'The specified blob does not exist.') : { status: 200, headers: { 'content-type': 'application/octet-stream', 'x-ms-blob-type': 'BlockBlob' }, body: blob.bytes };
    }
    if (call.method !== 'PUT') return storageRefusal(405, 'UnsupportedHttpVerb', 'The resource doesn\'t support specified Http Verb.');
    const type = headerOf(call, 'x-ms-blob-type');
    if (type === undefined) return storageRefusal(400, 'MissingRequiredHeader', 'An HTTP header that\'s mandatory for this request is not specified. x-ms-blob-type');
    if (type !== 'BlockBlob') return storageRefusal(400, 'InvalidHeaderValue', 'The value for one of the HTTP headers is not in the correct format. x-ms-blob-type');
    blob.bytes = call.body;
    return empty(201, { 'x-ms-version': '2018-03-28' });
  }

  private signature(id: string, expires: string): string {
    return createHmac('sha256', this.key).update(`${id}\n${expires}`).digest('base64');
  }
}
