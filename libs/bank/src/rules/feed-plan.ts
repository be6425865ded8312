/** A row of an update, as far as its identity depends on it. */
export interface IncomingRow {
  readonly externalId: string;
  /** Our account, whatever id the source gives it now. */
  readonly accountId: string;
  /** The pending row this one replaces, where the source says so. */
  readonly replacesExternalId: string | null;
  readonly pending: boolean;
  /** Equal for equal content, id aside. */
  readonly contentHash: string;
  /** Equal for rows that say the same of the same money: day, amount, text, references. Twins have equal keys. */
  readonly likeness: string;
}

/** A row of earlier updates. `replaced`: another id stands for its line now. */
export interface KnownRow {
  readonly externalId: string;
  readonly accountId: string;
  readonly state: 'live' | 'replaced' | 'removed';
  readonly replacedBy: string | null;
  readonly pending: boolean;
  readonly contentHash: string;
  readonly likeness: string;
  /** The source gave its account another id since. */
  readonly accountRenumbered: boolean;
}

export type FeedStep<Row extends IncomingRow> =
  | { readonly kind: 'new'; readonly row: Row }
  /** Other content under the same id, or a row that was taken back and returned. */
  | { readonly kind: 'changed'; readonly row: Row }
  /** A new id for a known line: booked what was pending, or numbered anew by the source. */
  | { readonly kind: 'takesOver'; readonly row: Row; readonly fromExternalId: string; readonly because: 'booked' | 'renumbered' }
  /** Came together with the row that replaces it: it never gets a line of its own. */
  | { readonly kind: 'superseded'; readonly row: Row; readonly byExternalId: string }
  | { readonly kind: 'gone'; readonly externalId: string };

export interface FeedPart<Row extends IncomingRow> {
  readonly rows: readonly Row[];
  readonly removed: readonly string[];
}

/**
 * What an update means for the lines we keep (capability 222): one line for one movement of money, whatever ids the source gives it on its way.
 * - The last word of the update on an id counts; the parts may speak of pending and booked rows in any order.
 * - A booked row takes the line of the pending one it names. One that names none takes nobody's line unless it says the same as a row that goes in
 *   this very update, or whose account was numbered anew: then only the id has changed.
 * - What the source says goes before what rows look like: a pending row whose booking the update tells of is free for no other row, also when the
 *   booking was taken back at once. Its line waits for the booking to come again.
 * - A line that another row got in an earlier update stays with it: it may be posted. A booking told of later than that has a line of its own.
 * - Identical twins are two rows with two ids, and stay two, also when one was taken for the other's new number and returns.
 * - The same update again gives no step at all.
 * Source of the rule: reference, Plaid, "Pending -> posted" and "account churn".
 * @param known every row of earlier updates that this one speaks of, and those of renumbered accounts.
 */
export function planFeed<Row extends IncomingRow>(known: ReadonlyMap<string, KnownRow>, parts: readonly FeedPart<Row>[]): FeedStep<Row>[] {
  const last = lastWords(parts);
  const rows = [...last.values()].filter((row) => row !== null);
  const superseded = supersededIn(rows, known);
  const claims = new Claims(known, last, bookedByName(parts));
  const steps = rows.flatMap((row): FeedStep<Row>[] => {
    const byExternalId = superseded.get(row.externalId);
    if (byExternalId !== undefined && !known.has(row.externalId)) return [{ kind: 'superseded', row, byExternalId }];
    return claims.stepOfPending(row);
  });
  const taken = steps.flatMap((step) => (step.kind === 'takesOver' ? [step.fromExternalId] : []));
  const renumbered = steps.map((step) => (step.kind === 'new' ? claims.renumbered(step.row, taken) ?? step : step));
  return [...renumbered, ...goneSteps(known, last, renumbered)];
}

/** Null: the source took it back. */
function lastWords<Row extends IncomingRow>(parts: readonly FeedPart<Row>[]): ReadonlyMap<string, Row | null> {
  const last = new Map<string, Row | null>();
  for (const { rows, removed } of parts) {
    for (const row of rows) last.set(row.externalId, row);
    for (const externalId of removed) last.set(externalId, null);
  }
  return last;
}

/** The rows whose booking the update tells of, whether that one is there at its end or not: what a booked row said last before it went counts. */
function bookedByName(parts: readonly FeedPart<IncomingRow>[]): ReadonlySet<string> {
  const said = new Map(parts.flatMap(({ rows }) => rows.map((row) => [row.externalId, row] as const)));
  return new Set([...said.values()].flatMap(({ externalId, replacesExternalId }) => (replacesExternalId === null || replacesExternalId === externalId ? [] : [replacesExternalId])));
}

/** Rows that are there beside the row that names them as replaced: by whom. The first to name a row has it. */
function supersededIn(rows: readonly IncomingRow[], known: ReadonlyMap<string, KnownRow>): ReadonlyMap<string, string> {
  const present = new Set(rows.map(({ externalId }) => externalId));
  const by = new Map<string, string>();
  for (const { externalId, replacesExternalId } of rows) {
    if (replacesExternalId === null || replacesExternalId === externalId || by.has(replacesExternalId)) continue;
    if (present.has(replacesExternalId) && !known.has(replacesExternalId)) by.set(replacesExternalId, externalId);
  }
  return by;
}

/** Which known line a row stands for. Each line is given once. */
class Claims<Row extends IncomingRow> {
  readonly #claimed = new Set<string>();
  readonly #alike: ReadonlyMap<string, KnownRow[]>;

  constructor(private readonly known: ReadonlyMap<string, KnownRow>, private readonly last: ReadonlyMap<string, Row | null>, booked: ReadonlySet<string>) {
    this.#alike = alikeRows([...known.values()].filter(({ externalId }) => !booked.has(externalId)), last);
  }

  stepOfPending(row: Row): FeedStep<Row>[] {
    const own = this.known.get(row.externalId);
    if (own !== undefined) return this.#stepOfKnown(row, own);
    const from = row.replacesExternalId === null ? undefined : this.known.get(row.replacesExternalId);
    if (from !== undefined && from.state !== 'replaced' && !this.#claimed.has(from.externalId)) {
      this.#claimed.add(from.externalId);
      return [{ kind: 'takesOver', row, fromExternalId: from.externalId, because: 'booked' }];
    }
    return [{ kind: 'new', row }];
  }

  #stepOfKnown(row: Row, own: KnownRow): FeedStep<Row>[] {
    if (own.state === 'live') return own.contentHash === row.contentHash ? [] : [{ kind: 'changed', row }];
    if (own.state === 'removed') return [{ kind: 'changed', row }];
    // The line went to a successor. As long as that one is there, this id has nothing to say; when it goes, the line comes back.
    const successor = own.replacedBy === null ? undefined : this.known.get(own.replacedBy);
    const stays = successor !== undefined && successor.state === 'live' && this.last.get(successor.externalId) !== null;
    // Both are there, booked: it only looked like one row numbered anew, they are two movements of money. A pending row keeps silent beside its booking.
    if (stays && !own.pending && !row.pending) return [{ kind: 'new', row }];
    if (successor === undefined || stays || successor.state !== 'live') return [];
    this.#claimed.add(successor.externalId);
    return [{ kind: 'takesOver', row, fromExternalId: successor.externalId, because: 'renumbered' }];
  }

  /** The line of a row that says the same and whose id is over; never a booked line for a pending row. */
  renumbered(row: Row, taken: readonly string[]): FeedStep<Row> | null {
    const from = this.#alike.get(alikeKey(row))?.find((candidate) => (
      !this.#claimed.has(candidate.externalId) && !taken.includes(candidate.externalId) && (candidate.pending || !row.pending)));
    if (from === undefined) return null;
    this.#claimed.add(from.externalId);
    return { kind: 'takesOver', row, fromExternalId: from.externalId, because: 'renumbered' };
  }
}

/** Live rows whose id is over with this update: taken back in it, or of an account that has another id now and not spoken of. */
function alikeRows<Row>(known: readonly KnownRow[], last: ReadonlyMap<string, Row | null>): ReadonlyMap<string, KnownRow[]> {
  const alike = new Map<string, KnownRow[]>();
  for (const row of known) {
    const word = last.get(row.externalId);
    if (row.state !== 'live' || (word === undefined ? !row.accountRenumbered : word !== null)) continue;
    const rows = alike.get(alikeKey(row)) ?? [];
    rows.push(row);
    alike.set(alikeKey(row), rows);
  }
  return alike;
}

function alikeKey({ accountId, likeness }: Pick<IncomingRow, 'accountId' | 'likeness'>): string {
  return `${accountId} ${likeness}`;
}

function goneSteps<Row extends IncomingRow>(known: ReadonlyMap<string, KnownRow>, last: ReadonlyMap<string, Row | null>, steps: readonly FeedStep<Row>[]): FeedStep<Row>[] {
  const taken = new Set(steps.flatMap((step) => (step.kind === 'takesOver' ? [step.fromExternalId] : [])));
  return [...last].flatMap(([externalId, word]) => (
    word === null && known.get(externalId)?.state === 'live' && !taken.has(externalId) ? [{ kind: 'gone', externalId } as const] : []));
}
