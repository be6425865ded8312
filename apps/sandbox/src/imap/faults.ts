/** How the server can go wrong. Those with `Next` happen once; `command` says to which (`LOGIN`, `MOVE`: UID commands by their own name). */
export type ImapFault =
  /** The next such command is refused with NO: a response code (RFC 5530) in brackets, or none, and words. */
  | { readonly kind: 'refuseNext'; readonly command: string; readonly code: string | null; readonly text: string }
  /** The next such command is done, and its answer never arrives: the connection breaks. */
  | { readonly kind: 'loseNextAnswer'; readonly command: string }
  /** The connection breaks before the next such command is looked at. */
  | { readonly kind: 'breakNext'; readonly command: string }
  /** The next literal the server sends breaks off after so many bytes, and the connection with it. */
  | { readonly kind: 'cutNextLiteral'; readonly afterBytes: number }
  /** Every answer takes so long, in real time. */
  | { readonly kind: 'slow'; readonly answerMs: number };

/** Faults that wait for their moment. */
export class ImapFaults {
  readonly #waiting: ImapFault[] = [];
  answerMs = 0;

  add(fault: ImapFault): void {
    if (fault.kind === 'slow') this.answerMs = fault.answerMs;
    else this.#waiting.push(fault);
  }

  /** Takes a waiting fault of this kind, for this command where it names one. */
  take<K extends ImapFault['kind']>(kind: K, command?: string): Extract<ImapFault, { kind: K }> | null {
    const index = this.#waiting.findIndex((fault) => fault.kind === kind && (!('command' in fault) || fault.command === command));
    return index < 0 ? null : (this.#waiting.splice(index, 1)[0] as Extract<ImapFault, { kind: K }>);
  }
}
