/** What two messages of a bank have in common when they tell one entry. */
export interface EntryFacts {
  readonly bankAccountId: string;
  /** Content key of the line. */
  readonly identity: string;
  readonly bookedOn: string;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly reversal: boolean;
  /** The bank's own reference of the entry; null: nothing is recognised by it. */
  readonly bankReference: string | null;
}

/** Which lines that come in are in the books already, though their words differ. */
export interface ToldTwice {
  /** Identity that comes in to the identity in the books. */
  readonly same: ReadonlyMap<string, string>;
  /** Lines that come in and are told in the books in other pieces: a batch booked as one, whose payments a notification told; or the reverse. */
  readonly divided: ReadonlySet<string>;
}

/**
 * An intraday report or notification (camt.052, camt.054, MT942) and the statement that follows tell one entry in different words, so its
 * content key differs; its account, booking day, bank's own reference, currency and direction do not. The same amount too: one line. Of lines
 * that agree in everything as many are one as both sides have, so that twins stay as many as the message with more of them tells. What is
 * left of a reference and comes to the same sum on both sides, as one line here and several there, is one entry divided.
 * @param known lines of other messages, the oldest first
 */
export function toldTwice(incoming: readonly EntryFacts[], known: readonly EntryFacts[]): ToldTwice {
  const same = new Map<string, string>();
  const divided = new Set<string>();
  const told = byEntry(known);
  for (const [entry, lines] of byEntry(incoming)) {
    const { left, right } = pair(lines, told.get(entry) ?? [], same);
    const one = (left.length === 1) !== (right.length === 1);
    if (one && left.length > 0 && right.length > 0 && sum(left) === sum(right)) for (const { identity } of left) divided.add(identity);
  }
  return { same, divided };
}

/** Pairs lines of one entry, those of the same content key first; what is left of both sides. */
function pair(lines: readonly EntryFacts[], told: readonly EntryFacts[], same: Map<string, string>): { readonly left: readonly EntryFacts[]; readonly right: readonly EntryFacts[] } {
  const identities = new Set(lines.map(({ identity }) => identity));
  const recognised = new Set(told.filter(({ identity }) => identities.has(identity)).map(({ identity }) => identity));
  const right = told.filter(({ identity }) => !recognised.has(identity));
  const left = lines.filter(({ identity }) => !recognised.has(identity)).filter(({ identity, amountMinor }) => {
    const at = right.findIndex((each) => each.amountMinor === amountMinor);
    if (at === -1) return true;
    const [found] = right.splice(at, 1);
    if (found !== undefined) same.set(identity, found.identity);
    return false;
  });
  return { left, right };
}

/** False for what banks write where they have none: NONREF (SWIFT), NOTPROVIDED (ISO 20022), zeros, signs. */
function isReference(text: string): boolean {
  const plain = text.toUpperCase().replace(/[^\p{L}\p{N}]/gu, '');
  return !/^(?:0*|NONREF|NOTPROVIDED|NONE)$/.test(plain);
}

function byEntry(lines: readonly EntryFacts[]): ReadonlyMap<string, readonly EntryFacts[]> {
  const entries = new Map<string, EntryFacts[]>();
  for (const line of lines) {
    const { bankAccountId, bookedOn, bankReference, currency, reversal, amountMinor } = line;
    if (bankReference === null || !isReference(bankReference)) continue;
    const key = [bankAccountId, bookedOn, bankReference, currency, reversal, amountMinor < 0n].join('\n');
    const entry = entries.get(key);
    if (entry === undefined) entries.set(key, [line]);
    else entry.push(line);
  }
  return entries;
}

function sum(lines: readonly EntryFacts[]): bigint {
  return lines.reduce((total, { amountMinor }) => total + amountMinor, 0n);
}
