import {
  CopyObjectCommand, DeleteObjectCommand, GetObjectCommand, HeadObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { ConnectorError, type Context } from '#connector-kit';
import { joinPath, ReplacedError, type Store, type StoredFile } from '../store/store.js';
import { FetchHandler } from './fetch-handler.js';
import { refusalOf, s3Error } from './s3-errors.js';
import type { S3Secrets, S3Settings } from './s3-settings.js';

/** Larger files go in parts of this size, some at once; 5 MiB is the least the protocol allows. */
const PART_BYTES = 8 * 1_048_576;
const PARTS_AT_ONCE = 4;
const NOT_FOUND = 404;
const PRECONDITION_FAILED = 412;

/** Files in a bucket. "Folders" are prefixes. An object appears whole or not at all, so nothing needs a temporary name. */
export class S3Store implements Store {
  readonly #client: S3Client;
  readonly #handler: FetchHandler;

  constructor(private readonly context: Context, private readonly settings: S3Settings, secrets: S3Secrets) {
    this.#handler = new FetchHandler(context, settings.requestTimeoutMs);
    const { accessKeyId, secretAccessKey, sessionToken } = secrets;
    this.#client = new S3Client({
      region: settings.region, forcePathStyle: settings.pathStyle, ...settings.endpoint === null ? {} : { endpoint: settings.endpoint },
      credentials: { accessKeyId, secretAccessKey, ...sessionToken === undefined ? {} : { sessionToken } },
      // The engine decides about retries.
      maxAttempts: 1, requestHandler: this.#handler, followRegionRedirects: false,
    });
  }

  async list(folder: string): Promise<readonly StoredFile[]> {
    const prefix = folder === '' ? '' : joinPath(folder, '');
    const files = new Map<string, StoredFile>();
    for (let token: string | undefined; ;) {
      const page = await this.#ask(`listing "${folder}"`, () => this.#client.send(new ListObjectsV2Command({
        Bucket: this.settings.bucket, Prefix: prefix, Delimiter: '/', ...token === undefined ? {} : { ContinuationToken: token },
      })));
      // An answer that does not even name the bucket is no empty folder.
      if (page.Name !== this.settings.bucket) throw new ConnectorError(`listing "${folder}": the answer is not what S3 promises`, { kind: 'transient' });
      for (const { Key: path = '', Size: size = 0, ETag: version = '', LastModified: modifiedAt } of page.Contents ?? []) {
        if (path !== prefix && modifiedAt !== undefined) files.set(path, { path, name: path.slice(prefix.length), size, version, modifiedAt });
      }
      if (page.IsTruncated !== true || page.NextContinuationToken === undefined || page.NextContinuationToken === token) return [...files.values()];
      token = page.NextContinuationToken;
    }
  }

  async stat(path: string): Promise<StoredFile | null> {
    try {
      const { ContentLength: size = 0, ETag: version = '', LastModified: modifiedAt = new Date(0) } = await this.#client.send(new HeadObjectCommand({ Bucket: this.settings.bucket, Key: path }));
      return { path, name: path.slice(path.lastIndexOf('/') + 1), size, version, modifiedAt };
    } catch (error) {
      this.context.signal.throwIfAborted();
      if (refusalOf(error).status === NOT_FOUND) return null;
      throw this.#failure(error, `looking at "${path}"`);
    }
  }

  async* open(file: StoredFile): AsyncGenerator<Uint8Array> {
    const doing = `reading "${file.path}"`;
    let read = 0;
    try {
      const { Body: body } = await this.#client.send(new GetObjectCommand({ Bucket: this.settings.bucket, Key: file.path, IfMatch: file.version }));
      for await (const bytes of (body ?? []) as AsyncIterable<Uint8Array>) {
        read += bytes.length;
        yield bytes;
      }
    } catch (error) {
      this.context.signal.throwIfAborted();
      const { status } = refusalOf(error);
      if (status === PRECONDITION_FAILED || status === NOT_FOUND) throw new ReplacedError(`"${file.path}" was replaced or removed while it was read`);
      throw this.#failure(error, doing);
    }
    if (read === file.size) return;
    // A service that ignores conditions, or one that cut the answer short.
    if ((await this.stat(file.path))?.version !== file.version) throw new ReplacedError(`"${file.path}" was replaced while it was read`);
    throw new ConnectorError(`"${file.path}" ended at byte ${read} of ${file.size}: the service did not send all of it`, { kind: 'transient' });
  }

  async publish(path: string, bytes: Uint8Array): Promise<'written' | 'taken'> {
    if (await this.stat(path) !== null) return 'taken';
    try {
      await this.#put(path, Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
      return 'written';
    } catch (error) {
      this.context.signal.throwIfAborted();
      const { status } = refusalOf(error);
      if (status === PRECONDITION_FAILED) return 'taken';
      // Whatever did not come as a refusal may have been stored.
      if (status === null || status >= 500 || status < 400) throw new ConnectorError(`writing "${path}": no trustworthy answer came`, { kind: 'outcomeUnknown' });
      throw this.#failure(error, `writing "${path}"`);
    }
  }

  /** S3 cannot rename: a copy under the condition that it is still that content, then a deletion. Broken off between the two, it is moved again. */
  async move(file: StoredFile, to: string): Promise<'moved' | 'gone' | 'taken'> {
    const now = await this.stat(file.path);
    if (now === null) return 'gone';
    if (now.version !== file.version) throw new ReplacedError(`"${file.path}" was replaced before it was moved`);
    if (await this.stat(to) !== null) return 'taken';
    const { bucket } = this.settings;
    try {
      await this.#client.send(new CopyObjectCommand({
        Bucket: bucket, Key: to, CopySource: `${bucket}/${file.path.split('/').map(encodeURIComponent).join('/')}`, CopySourceIfMatch: file.version, ...this.#encryption(),
      }));
    } catch (error) {
      this.context.signal.throwIfAborted();
      if (refusalOf(error).status === PRECONDITION_FAILED) throw new ReplacedError(`"${file.path}" was replaced while it was moved`);
      throw this.#failure(error, `moving "${file.path}"`);
    }
    if ((await this.stat(file.path))?.version === file.version) await this.remove(file.path);
    return 'moved';
  }

  async remove(path: string): Promise<void> {
    await this.#ask(`deleting "${path}"`, () => this.#client.send(new DeleteObjectCommand({ Bucket: this.settings.bucket, Key: path })));
  }

  async now(folder: string): Promise<Date> {
    await this.#ask('asking for the time', () => this.#client.send(new ListObjectsV2Command({ Bucket: this.settings.bucket, Prefix: joinPath(folder, ''), MaxKeys: 1 })));
    const { lastDate } = this.#handler;
    if (lastDate === null) throw new ConnectorError('the service shows no clock: set settleSeconds to 0 and let writers use temporary names', { kind: 'invalid', issues: [{ path: 'config.settleSeconds', value: 'on', problem: 'the service sends no Date' }] });
    return lastDate;
  }

  close(): Promise<void> {
    this.#client.destroy();
    return Promise.resolve();
  }

  async #put(path: string, body: Buffer): Promise<void> {
    const object = { Bucket: this.settings.bucket, Key: path, Body: body, ...this.settings.conditionalWrites ? { IfNoneMatch: '*' } : {}, ...this.#encryption() };
    if (body.length <= PART_BYTES) await this.#client.send(new PutObjectCommand(object));
    else await new Upload({ client: this.#client, params: object, partSize: PART_BYTES, queueSize: PARTS_AT_ONCE }).done();
  }

  #encryption(): { ServerSideEncryption?: 'AES256' | 'aws:kms'; SSEKMSKeyId?: string } {
    const { encryption, kmsKeyId } = this.settings;
    if (encryption === 'none') return {};
    return { ServerSideEncryption: encryption, ...encryption === 'aws:kms' && kmsKeyId !== null ? { SSEKMSKeyId: kmsKeyId } : {} };
  }

  async #ask<T>(doing: string, request: () => Promise<T>): Promise<T> {
    try {
      return await request();
    } catch (error) {
      this.context.signal.throwIfAborted();
      throw this.#failure(error, doing);
    }
  }

  #failure(error: unknown, doing: string): ConnectorError {
    return s3Error(error, doing, this.#handler.lastRetryAfter);
  }
}
