import { ENTITY_NAMES, type EntityName } from '#canonical';
import { describeConnector, type Fault } from '#connector-kit/testing';
import { sftp } from '#connectors/flat-files';
import { SftpSandbox, type SftpFault } from '../../apps/sandbox/src/sftp/index.js';
import { FlatFileHarness, FOLDERS, type FlatFileTarget } from './flat-file-harness.js';
import { keptCoverage } from './kept-coverage.js';

const [PASSWORD, WRONG_PASSWORD] = ['correct-horse-7', 'battery-staple-8'];
const USERS = [
  { name: 'hub', password: PASSWORD, publicKey: null, denied: [] },
  { name: 'limited', password: PASSWORD, publicKey: null, denied: ['/ack'] },
];

class SftpTarget implements FlatFileTarget {
  readonly connector = sftp;
  readonly secrets = [PASSWORD, WRONG_PASSWORD];
  readonly skips = [{ sentence: 9, because: 'SFTP has no word for "too many requests"; failures and resets are in test/conformance/sftp-faults.spec.ts' }];
  #sandbox: SftpSandbox | null = null;
  #port = 1;

  async start(now: () => Date): Promise<void> {
    this.#sandbox = new SftpSandbox({ users: USERS, now });
    for (const folder of ['in', 'in/bank', 'out', 'out/taken', 'ack', ...ENTITY_NAMES.map((entity) => `in/${entity}`)]) this.#sandbox.makeFolder(folder);
    this.#port = await this.#sandbox.start();
  }

  async stop(): Promise<void> {
    await this.#sandbox?.stop();
  }

  login(credentials: 'good' | 'bad' | 'limited'): ReturnType<FlatFileTarget['login']> {
    return {
      config: { host: '127.0.0.1', port: this.#port, user: credentials === 'limited' ? 'limited' : 'hub', hostKeys: [this.#sandbox?.hostKeyFingerprint() ?? `SHA256:${'A'.repeat(43)}`], ...FOLDERS },
      secrets: { password: credentials === 'bad' ? WRONG_PASSWORD : PASSWORD },
    };
  }

  async drop(entity: EntityName, name: string, bytes: Uint8Array, modifiedAt: Date): Promise<void> {
    await this.put(`in/${entity}/${name}`, bytes, modifiedAt);
  }

  async put(path: string, bytes: Uint8Array, modifiedAt: Date): Promise<void> {
    this.#sandbox?.put(path, bytes, modifiedAt);
  }

  async files(folder: string): Promise<ReadonlyMap<string, Uint8Array>> {
    return this.#sandbox?.files(folder) ?? new Map();
  }

  misbehave(fault: Fault): void {
    for (const each of faultsOf(fault)) this.#sandbox?.misbehave(each);
  }

  openRequests(): number {
    return this.#sandbox?.openRequests() ?? 0;
  }
}

/** The kit's faults in the server's words. */
function faultsOf(fault: Fault): readonly SftpFault[] {
  switch (fault.kind) {
    case 'failNext': return [{ kind: 'failNext', how: fault.status === 'reset' ? 'reset' : 'failure', afterRequests: fault.afterRequests ?? 0 }];
    case 'duplicatePage': return [{ kind: 'repeatNextListing' }];
    case 'slow': return [{ kind: 'slow', answerMs: fault.answerMs }];
    case 'garbleNext': return [{ kind: 'truncateNextRead' }];
    case 'interruptNextDelivery': return [{ kind: 'cutNextWrite', afterBytes: 10 }];
    case 'loseNextAnswerAfterCommit': return [{ kind: 'loseNextRenameAnswer' }];
    case 'lateCommit':
    case 'throttleNext': throw new Error(`an SFTP server cannot do that: ${fault.kind}`);
  }
}

const makeHarness = (): FlatFileHarness => new FlatFileHarness(new SftpTarget());

describeConnector('SFTP', makeHarness, keptCoverage(makeHarness));
