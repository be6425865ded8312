import type { Socket } from 'node:net';
import { CommandReader, SyntaxProblem, textOf, wordsOf, type Word } from './command-reader.js';
import { Refused, type Conversation, type ImapUser, type ImapWorld } from './conversation.js';
import { folderCommand } from './folder-commands.js';
import { byPassword, byPlain, byToken } from './login.js';
import type { MailFolder } from './mail-store.js';
import { messageCommand } from './message-commands.js';

/** What a refused XOAUTH2 is told before its NO: base64 of a JSON object. */
const TOKEN_REFUSED = Buffer.from('{"status":"400","schemes":"Bearer"}').toString('base64');

/** One connection: commands in, answers out, one after the other. */
export class ImapSession implements Conversation {
  user: ImapUser | null = null;
  #folder: MailFolder | null = null;
  #readOnly = true;
  /** What the client's next line is for, where it is no command: the rest of AUTHENTICATE, the end of IDLE. */
  #awaited: ((line: string) => Promise<void>) | null = null;
  #turn: Promise<void> = Promise.resolve();
  readonly #reader = new CommandReader(() => { this.#write('+ go ahead\r\n'); });

  constructor(private readonly socket: Socket, readonly world: ImapWorld, private readonly delay: () => Promise<boolean>) {
    socket.on('data', (bytes: Buffer) => { this.#take(bytes); });
    this.untagged(`OK [CAPABILITY ${this.#capabilities()}] IMAP4rev1 sandbox ready`);
  }

  offers(extension: string): boolean {
    return this.world.extensions.has(extension);
  }

  select(folder: MailFolder | null, readOnly: boolean): void {
    [this.#folder, this.#readOnly] = [folder, readOnly];
  }

  selected(change: boolean): MailFolder {
    if (this.#folder === null) throw new SyntaxProblem('no folder is selected');
    if (change && this.#readOnly) throw new Refused('NOPERM', 'the folder is open for reading alone');
    return this.#folder;
  }

  untagged(text: string): void {
    this.#write(`* ${text}\r\n`);
  }

  untaggedParts(parts: readonly (string | Buffer)[]): void {
    this.#write('* ');
    for (const part of parts) {
      const cut = Buffer.isBuffer(part) ? this.world.faults.take('cutNextLiteral') : null;
      this.#write(cut === null ? part : part.slice(0, cut.afterBytes));
      // What was written goes out, nothing after it does.
      if (cut !== null) this.socket.end();
    }
    this.#write('\r\n');
  }

  #take(bytes: Buffer): void {
    this.#turn = this.#turn.then(async () => {
      for (const parts of this.#reader.take(bytes)) await this.#receive(parts);
    }).catch((error: unknown) => {
      this.untagged(`BYE ${error instanceof Error ? error.message : 'something broke'}`);
      this.socket.end();
    });
  }

  async #receive(parts: readonly (string | Buffer)[]): Promise<void> {
    if (!await this.delay()) return;
    const awaited = this.#awaited;
    if (awaited !== null) {
      this.#awaited = null;
      await awaited(parts.map(String).join(''));
      return;
    }
    const [, tag = '*', line = ''] = /^(\S+) (.*)$/s.exec(String(parts[0])) ?? [];
    await this.#finish(tag, async () => {
      const [name, ...words] = wordsOf([line, ...parts.slice(1)]);
      return await this.#run(tag, textOf(name).toUpperCase(), words);
    });
  }

  /** Does a command's work and says how it ended; null leaves the answer to what follows. */
  async #finish(tag: string, work: () => Promise<string | null>): Promise<void> {
    try {
      const done = await work();
      if (done !== null) this.#write(`${tag} OK ${done}\r\n`);
    } catch (error) {
      if (error instanceof Refused) this.#write(`${tag} NO ${error.code === null ? '' : `[${error.code}] `}${error.message}\r\n`);
      else if (error instanceof SyntaxProblem) this.#write(`${tag} BAD ${error.message}\r\n`);
      else throw error;
    }
  }

  async #run(tag: string, named: string, words: readonly Word[]): Promise<string | null> {
    const byUid = named === 'UID';
    const [command, rest] = byUid ? [textOf(words[0]).toUpperCase(), words.slice(1)] : [named, words];
    const { faults } = this.world;
    if (faults.take('breakNext', command) !== null) {
      this.socket.resetAndDestroy();
      return null;
    }
    const refusal = faults.take('refuseNext', command);
    if (refusal !== null) throw new Refused(refusal.code, refusal.text);
    const done = this.#always(tag, command, rest) ?? this.#loggedIn(tag, command, rest, byUid);
    if (faults.take('loseNextAnswer', command) === null) return done === '' ? null : done;
    this.socket.resetAndDestroy();
    return null;
  }

  /** Commands of every state; null for others, '' where the answer comes later. */
  #always(tag: string, command: string, words: readonly Word[]): string | null {
    switch (command) {
      case 'CAPABILITY': this.untagged(`CAPABILITY ${this.#capabilities()}`); return 'CAPABILITY done';
      case 'NOOP': return 'NOOP done';
      case 'LOGOUT':
        this.untagged('BYE until next time');
        this.#write(`${tag} OK LOGOUT done\r\n`);
        this.socket.end();
        return '';
      case 'LOGIN': this.user = byPassword(this.world.users, textOf(words[0]), textOf(words[1])); return `[CAPABILITY ${this.#capabilities()}] logged in`;
      case 'AUTHENTICATE': this.#authenticate(tag, textOf(words[0]).toUpperCase(), words[1]); return '';
      default: return null;
    }
  }

  #loggedIn(tag: string, command: string, words: readonly Word[], byUid: boolean): string {
    if (this.user === null) throw new SyntaxProblem('log in first');
    if (command === 'IDLE' && this.offers('IDLE')) {
      this.#write('+ idling\r\n');
      this.#awaited = async (line) => { this.#write(line.toUpperCase() === 'DONE' ? `${tag} OK IDLE done\r\n` : `${tag} BAD DONE was expected\r\n`); };
      return '';
    }
    if (command === 'CLOSE' || command === 'UNSELECT') {
      this.select(null, true);
      return `${command} done`;
    }
    const done = (byUid ? null : folderCommand(this, command, words)) ?? messageCommand(this, command, words, byUid);
    if (done === null) throw new SyntaxProblem(`${command} is not known here`);
    return done;
  }

  #authenticate(tag: string, mechanism: string, initial: Word | undefined): void {
    const go = async (response: string): Promise<void> => { await this.#finish(tag, async () => this.#answer(tag, mechanism, response)); };
    if (initial !== undefined) {
      this.#turn = this.#turn.then(() => go(textOf(initial)));
      return;
    }
    this.#awaited = go;
    this.#write('+ \r\n');
  }

  #answer(tag: string, mechanism: string, response: string): string | null {
    const { users } = this.world;
    if (mechanism === 'PLAIN') this.user = byPlain(users, response);
    else if (mechanism !== 'XOAUTH2' || !this.offers('AUTH=XOAUTH2')) throw new Refused('CANNOT', 'that mechanism is not known here');
    else this.user = byToken(users, response);
    if (this.user !== null) return `[CAPABILITY ${this.#capabilities()}] logged in`;
    this.#write(`+ ${TOKEN_REFUSED}\r\n`);
    this.#awaited = async () => { this.#write(`${tag} NO [AUTHENTICATIONFAILED] the token does not let in\r\n`); };
    return null;
  }

  #capabilities(): string {
    return ['IMAP4rev1', 'AUTH=PLAIN', ...this.world.extensions].join(' ');
  }

  #write(text: string | Uint8Array): void {
    if (this.socket.writable) this.socket.write(text);
  }
}
