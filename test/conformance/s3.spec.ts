import type { EntityName } from '#canonical';
import { describeConnector, type Fault } from '#connector-kit/testing';
import { s3 } from '#connectors/flat-files';
import { LIMITED_REGION, S3_KEY, S3Server, type S3Fault } from '../support/s3-server.js';
import { FlatFileHarness, FOLDERS, type FlatFileTarget } from './flat-file-harness.js';
import { keptCoverage } from './kept-coverage.js';

const WRONG_SECRET = 'not-the-secret-9';

class S3Target implements FlatFileTarget {
  readonly connector = s3;
  readonly secrets = [WRONG_SECRET];
  readonly skips = [];
  readonly #server = new S3Server();
  #endpoint = 'http://127.0.0.1:1';

  async start(): Promise<void> {
    this.#endpoint = await this.#server.start();
  }

  stop(): Promise<void> {
    return this.#server.stop();
  }

  login(credentials: 'good' | 'bad' | 'limited'): ReturnType<FlatFileTarget['login']> {
    return {
      config: { bucket: this.#server.bucket, endpoint: this.#endpoint, pathStyle: true, region: credentials === 'limited' ? LIMITED_REGION : 'us-east-1', ...FOLDERS },
      secrets: { accessKeyId: S3_KEY, secretAccessKey: credentials === 'bad' ? WRONG_SECRET : S3_KEY },
    };
  }

  drop(entity: EntityName, name: string, bytes: Uint8Array, modifiedAt: Date): Promise<void> {
    return this.put(`in/${entity}/${name}`, bytes, modifiedAt);
  }

  put(path: string, bytes: Uint8Array, modifiedAt: Date): Promise<void> {
    return this.#server.put(path, bytes, modifiedAt);
  }

  files(folder: string): Promise<ReadonlyMap<string, Uint8Array>> {
    return this.#server.files(folder);
  }

  misbehave(fault: Fault): void {
    const known = faultOf(fault);
    if (known !== null) this.#server.misbehave(known);
  }

  openRequests(): number {
    return this.#server.openRequests();
  }
}

/** The kit's faults in the proxy's words; null for one that cannot happen, as every listing here is one answer. */
function faultOf(fault: Fault): S3Fault | null {
  switch (fault.kind) {
    case 'failNext': return { kind: 'failNext', status: fault.status, afterRequests: fault.afterRequests ?? 0 };
    case 'throttleNext': return fault;
    case 'slow': return fault;
    case 'garbleNext': return fault;
    case 'interruptNextDelivery': return { kind: 'breakNextPut' };
    case 'loseNextAnswerAfterCommit': return { kind: 'loseNextPutAnswer' };
    case 'duplicatePage': return null;
    case 'lateCommit': throw new Error('an object is stored when it is answered');
  }
}

const makeHarness = (): FlatFileHarness => new FlatFileHarness(new S3Target());

describeConnector('S3', makeHarness, keptCoverage(makeHarness));
