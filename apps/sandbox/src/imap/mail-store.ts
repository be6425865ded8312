/** A message in a folder. */
export interface StoredMessage {
  readonly uid: number;
  readonly bytes: Buffer;
  readonly internalDate: Date;
  readonly flags: Set<string>;
}

/** A folder: its messages in the order of their UIDs (RFC 3501, 2.3.1.1). */
export interface MailFolder {
  readonly name: string;
  uidValidity: number;
  uidNext: number;
  readonly messages: StoredMessage[];
}

/** The mailbox of one user, in memory. Levels are divided by {@link DELIMITER}; INBOX is INBOX in any case. */
export class MailStore {
  readonly #folders = new Map<string, MailFolder>();
  #uidValidity = 1_000;

  /** @param prefix what every folder but INBOX begins with (RFC 2342): `INBOX.` at some servers, mostly nothing */
  constructor(readonly delimiter: string, readonly prefix: string) {
    this.create('INBOX');
  }

  folder(name: string): MailFolder | null {
    return this.#folders.get(canonical(name)) ?? null;
  }

  folders(): readonly MailFolder[] {
    return [...this.#folders.values()];
  }

  /** Makes the folder and the levels above it (RFC 3501, 6.3.3). @returns false when it is there @throws RangeError outside the prefix */
  create(name: string): boolean {
    if (this.folder(name) !== null) return false;
    if (canonical(name) !== 'INBOX' && !name.startsWith(this.prefix)) throw new RangeError(`folders begin with "${this.prefix}" here`);
    const steps = canonical(name).split(this.delimiter);
    for (let depth = 1; depth <= steps.length; depth += 1) {
      const level = steps.slice(0, depth).join(this.delimiter);
      if (!this.#folders.has(level)) this.#folders.set(level, { name: level, uidValidity: this.#nextValidity(), uidNext: 1, messages: [] });
    }
    return true;
  }

  add(folder: MailFolder, bytes: Uint8Array, internalDate: Date, flags: Iterable<string> = []): StoredMessage {
    const message = { uid: folder.uidNext, bytes: Buffer.from(bytes), internalDate, flags: new Set(flags) };
    folder.uidNext += 1;
    folder.messages.push(message);
    return message;
  }

  /** Gives every message another name, as a server does that lost its index. */
  renewUids(folder: MailFolder): void {
    const kept = folder.messages.splice(0);
    folder.uidValidity = this.#nextValidity();
    folder.uidNext = 1;
    for (const { bytes, internalDate, flags } of kept) this.add(folder, bytes, internalDate, flags);
  }

  #nextValidity(): number {
    this.#uidValidity += 1;
    return this.#uidValidity;
  }
}

function canonical(name: string): string {
  return name.toUpperCase() === 'INBOX' ? 'INBOX' : name;
}
