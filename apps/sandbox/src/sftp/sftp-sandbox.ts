import { createHash, generateKeyPairSync, timingSafeEqual } from 'node:crypto';
import { createServer, type Server, type Socket } from 'node:net';
import ssh2, { type AuthContext, type Connection } from 'ssh2';
import { SftpFaults, type SftpFault } from './faults.js';
import { FileTree } from './file-tree.js';
import { SftpSession } from './session.js';
import { closeServer, listenAt } from '../socket-server.js';

export interface SftpUser {
  readonly name: string;
  /** Null where only a key lets in. */
  readonly password: string | null;
  /** In OpenSSH's one-line form; null where only a password lets in. */
  readonly publicKey: string | null;
  /** Folders the user may not look into. */
  readonly denied: readonly string[];
}

export interface SftpSandboxOptions {
  readonly users: readonly SftpUser[];
  /** The server's clock; files are stamped with it, to the second. */
  readonly now: () => Date;
  /** Another server's key, to play the wrong host; a fresh one unless given. */
  readonly hostKey?: string;
}

/** An SFTP server in this process, on loopback: files in memory, faults on demand. */
export class SftpSandbox {
  readonly tree = new FileTree();
  readonly #faults = new SftpFaults();
  readonly #sockets = new Set<Socket>();
  readonly #hostKey: string;
  #server: Server | null = null;
  #delayed = 0;

  constructor(private readonly options: SftpSandboxOptions) {
    // By Node: of the SSH library's own Ed25519 keys, one in some hundreds cannot be read back.
    this.#hostKey = options.hostKey ?? generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'sec1', format: 'pem' }).toString();
  }

  /** Listens, on a free port of loopback unless told otherwise, and answers the port's number. */
  async start(port = 0, host = '127.0.0.1'): Promise<number> {
    const ssh = new ssh2.Server({ hostKeys: [this.#hostKey] });
    ssh.on('connection', (connection, { port }) => { this.#serve(connection, port); });
    this.#server = createServer({ noDelay: true }, (socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => { this.#sockets.delete(socket); });
      socket.on('error', () => undefined);
      ssh.injectSocket(socket);
    });
    const server = this.#server;
    return listenAt(server, port, host);
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    await closeServer(server, this.#sockets);
  }

  /** As `ssh-keygen -lf` prints it. */
  hostKeyFingerprint(): string {
    const key = ssh2.utils.parseKey(this.#hostKey);
    if (key instanceof Error) throw key;
    return `SHA256:${createHash('sha256').update(key.getPublicSSH()).digest('base64').replace(/=+$/, '')}`;
  }

  misbehave(fault: SftpFault): void {
    this.#faults.add(fault);
  }

  /** Requests that wait for a slow answer and whose caller still waits. */
  openRequests(): number {
    return this.#delayed;
  }

  /** Connections that are open. */
  connections(): number {
    return this.#sockets.size;
  }

  makeFolder(path: string): void {
    this.tree.set(path, { kind: 'folder', mtime: this.#seconds() });
  }

  /** Drops a file as another client would, stamped with the server's clock unless told. */
  put(path: string, bytes: Uint8Array, modifiedAt: Date = this.options.now()): void {
    this.tree.set(path, { kind: 'file', bytes: Buffer.from(bytes), mtime: Math.floor(modifiedAt.getTime() / 1000) });
  }

  /** Shows a file under any name at all in the listing of a folder. */
  listAs(folder: string, name: string, bytes: Uint8Array): void {
    this.tree.listAs(folder, name, { kind: 'file', bytes: Buffer.from(bytes), mtime: this.#seconds() });
  }

  link(path: string, to: string): void {
    this.tree.set(path, { kind: 'link', to, mtime: this.#seconds() });
  }

  /** Contents of every file below a folder, by path. */
  files(folder: string): ReadonlyMap<string, Buffer> {
    return this.tree.files(folder);
  }

  #seconds(): number {
    return Math.floor(this.options.now().getTime() / 1000);
  }

  #serve(connection: Connection, port: number): void {
    let user: SftpUser | undefined;
    connection.on('error', () => undefined);
    connection.on('authentication', (attempt) => {
      user = this.options.users.find(({ name }) => name === attempt.username);
      if (user !== undefined && letsIn(user, attempt)) attempt.accept();
      else attempt.reject(['password', 'publickey']);
    });
    connection.on('ready', () => connection.on('session', (accept) => {
      accept().on('sftp', (acceptChannel) => {
        new SftpSession(acceptChannel(), {
          tree: this.tree, faults: this.#faults, denied: user?.denied ?? [], seconds: () => this.#seconds(),
          reset: () => { this.#socketOf(port)?.resetAndDestroy(); }, delay: () => this.#delay(port),
        });
      });
    }));
  }

  async #delay(port: number): Promise<boolean> {
    const { answerMs } = this.#faults;
    const socket = this.#socketOf(port);
    if (answerMs === 0 || socket === undefined) return socket !== undefined;
    this.#delayed += 1;
    const waited = await new Promise<boolean>((resolve) => {
      const timer = setTimeout(() => { resolve(true); }, answerMs);
      socket.once('close', () => {
        clearTimeout(timer);
        resolve(false);
      });
    });
    this.#delayed -= 1;
    return waited;
  }

  #socketOf(port: number): Socket | undefined {
    return [...this.#sockets].find((socket) => socket.remotePort === port);
  }
}

function letsIn({ password, publicKey }: SftpUser, attempt: AuthContext): boolean {
  if (attempt.method === 'password') return password !== null && sameText(attempt.password, password);
  if (attempt.method !== 'publickey' || publicKey === null) return false;
  const known = ssh2.utils.parseKey(publicKey);
  if (known instanceof Error || attempt.key.algo !== known.type || !attempt.key.data.equals(known.getPublicSSH())) return false;
  // Without a signature the client only asks whether this key would do.
  return attempt.signature === undefined || attempt.blob === undefined || known.verify(attempt.blob, attempt.signature, attempt.hashAlgo) === true;
}

function sameText(left: string, right: string): boolean {
  const [given, known] = [left, right].map((text) => createHash('sha256').update(text).digest());
  return given !== undefined && known !== undefined && timingSafeEqual(given, known);
}
