import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import type { ImapUser } from './conversation.js';
import { ImapFaults, type ImapFault } from './faults.js';
import { MailStore, type StoredMessage } from './mail-store.js';
import { ImapSession } from './session.js';
import { closeServer, listenAt } from '../socket-server.js';

export type { ImapUser } from './conversation.js';

/** What this server can beside IMAP4rev1; `LOGINDISABLED`-like habits are none of its. */
export const EXTENSIONS = ['NAMESPACE', 'UIDPLUS', 'MOVE', 'IDLE', 'AUTH=XOAUTH2', 'SASL-IR', 'UNSELECT', 'LITERAL+'] as const;
export type ImapExtension = (typeof EXTENSIONS)[number];

export interface ImapSandboxOptions {
  readonly users: readonly ImapUser[];
  /** The server's clock; mails are stamped with it. */
  readonly now: () => Date;
  /** Default: all. */
  readonly extensions?: readonly ImapExtension[];
  /** What divides the levels of folders. Default `/`. */
  readonly delimiter?: '/' | '.';
  /** What every folder but INBOX begins with. Default nothing. */
  readonly prefix?: string;
  /** Key and certificate (PEM) for TLS from the first byte; in the clear without. */
  readonly tls?: { readonly key: string; readonly cert: string };
}

/** An IMAP4rev1 server in this process, on loopback: one mailbox in memory that all users share, faults on demand. */
export class ImapSandbox {
  readonly #store: MailStore;
  readonly #faults = new ImapFaults();
  readonly #extensions: Set<string>;
  readonly #sockets = new Set<Socket>();
  #server: Server | null = null;
  #delayed = 0;
  #logins = 0;

  constructor(private readonly options: ImapSandboxOptions) {
    this.#store = new MailStore(options.delimiter ?? '/', options.prefix ?? '');
    this.#extensions = new Set(options.extensions ?? EXTENSIONS);
  }

  /** Listens, on a free port of loopback unless told otherwise, and answers the port's number. */
  async start(port = 0, host = '127.0.0.1'): Promise<number> {
    const { tls } = this.options;
    const server = tls === undefined ? createServer({ noDelay: true }, (socket) => { this.#serve(socket); }) : createTlsServer(tls, (socket) => { this.#serve(socket); });
    this.#server = server;
    return listenAt(server, port, host);
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    await closeServer(server, this.#sockets);
  }

  misbehave(fault: ImapFault): void {
    this.#faults.add(fault);
  }

  /** Takes an extension away from now on, as a simpler server. */
  withdraw(extension: ImapExtension): void {
    this.#extensions.delete(extension);
  }

  /** Commands that wait for a slow answer and whose caller still waits. */
  openRequests(): number {
    return this.#delayed;
  }

  /** Connections that are open. */
  connections(): number {
    return this.#sockets.size;
  }

  /** Connections there ever were. */
  connectionsMade(): number {
    return this.#logins;
  }

  makeFolder(name: string): void {
    this.#store.create(name);
  }

  /** A mail arrives. @returns its UID @throws RangeError where there is no such folder */
  deliver(folder: string, mail: string | Uint8Array, at: Date = this.options.now()): number {
    return this.#store.add(this.#folder(folder), Buffer.from(mail), at).uid;
  }

  /** The folder loses its UIDs: every mail gets another, under another UIDVALIDITY. */
  renewUids(folder: string): void {
    this.#store.renewUids(this.#folder(folder));
  }

  /** Another client flags a mail. */
  flag(folder: string, uid: number, flag: string): void {
    this.messages(folder).find((message) => message.uid === uid)?.flags.add(flag);
  }

  folders(): readonly string[] {
    return this.#store.folders().map(({ name }) => name);
  }

  /** A folder's mails; none where there is no such folder. */
  messages(folder: string): readonly StoredMessage[] {
    return this.#store.folder(folder)?.messages ?? [];
  }

  #folder(name: string): NonNullable<ReturnType<MailStore['folder']>> {
    const folder = this.#store.folder(name);
    if (folder === null) throw new RangeError(`there is no folder "${name}"; there are: ${this.folders().join(', ')}`);
    return folder;
  }

  #serve(socket: Socket): void {
    this.#logins += 1;
    this.#sockets.add(socket);
    socket.once('close', () => { this.#sockets.delete(socket); });
    socket.on('error', () => undefined);
    new ImapSession(socket, { store: this.#store, faults: this.#faults, users: this.options.users, extensions: this.#extensions, now: this.options.now }, () => this.#delay(socket));
  }

  /** @returns false when the caller went away meanwhile */
  async #delay(socket: Socket): Promise<boolean> {
    const { answerMs } = this.#faults;
    if (answerMs === 0) return true;
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
}
