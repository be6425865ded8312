import fc from 'fast-check';
import { planFeed, type FeedPart, type FeedStep, type IncomingRow, type KnownRow } from './feed-plan.js';

/** A book that keeps what the plan says, as the tables do: ids in time, each with its line; lines with the content they show. */
class Book {
  readonly known = new Map<string, KnownRow>();
  readonly lineOf = new Map<string, number>();
  readonly lines: { content: string; pending: boolean; withdrawn: boolean }[] = [];

  apply(steps: readonly FeedStep<IncomingRow>[]): void {
    // A row that comes with its successor has that one's line, so the others are first.
    for (const step of steps.filter(({ kind }) => kind !== 'superseded')) this.#take(step);
    for (const step of steps) if (step.kind === 'superseded') this.#remember(step.row, this.#line(step.byExternalId), 'replaced', step.byExternalId);
  }

  #take(step: FeedStep<IncomingRow>): void {
    if (step.kind === 'superseded') return;
    if (step.kind === 'gone') {
      const row = this.#row(step.externalId);
      this.known.set(step.externalId, { ...row, state: 'removed' });
      Object.assign(this.lines[this.#line(step.externalId)] ?? {}, { withdrawn: true });
      return;
    }
    if (step.kind === 'takesOver') this.known.set(step.fromExternalId, { ...this.#row(step.fromExternalId), state: 'replaced', replacedBy: step.row.externalId });
    const line = step.kind === 'new' ? this.lines.push({ content: '', pending: false, withdrawn: false }) - 1
      : this.#line(step.kind === 'takesOver' ? step.fromExternalId : step.row.externalId);
    Object.assign(this.lines[line] ?? {}, { content: step.row.contentHash, pending: step.row.pending, withdrawn: false });
    this.#remember(step.row, line, 'live', null);
  }

  #remember(row: IncomingRow, line: number, state: KnownRow['state'], replacedBy: string | null): void {
    const { externalId, accountId, pending, contentHash, likeness } = row;
    this.known.set(externalId, { externalId, accountId, pending, contentHash, likeness, state, replacedBy, accountRenumbered: false });
    this.lineOf.set(externalId, line);
  }

  #row(externalId: string): KnownRow {
    const row = this.known.get(externalId);
    if (row === undefined) throw new RangeError(`${externalId} is not known`);
    return row;
  }

  #line(externalId: string): number {
    const line = this.lineOf.get(externalId);
    if (line === undefined) throw new RangeError(`${externalId} has no line`);
    return line;
  }

  /** What is there: each line that was not taken back, by the one id that stands for it. */
  present(): string[] {
    return [...this.known.values()].filter(({ state }) => state === 'live').map(({ externalId }) => {
      const line = this.lines[this.#line(externalId)];
      return `${externalId} ${line?.content ?? '?'} ${line?.pending === true ? 'pending' : 'booked'} ${line?.withdrawn === true ? 'withdrawn' : 'there'}`;
    }).toSorted();
  }
}

/** The bank: the truth, and the changes a feed tells of. */
class Bank {
  readonly rows = new Map<string, IncomingRow>();
  readonly gone: IncomingRow[] = [];
  readonly changes: ({ row: IncomingRow } | { removed: string })[] = [];
  #ids = 0;

  add(amount: number, pending: boolean, replacesExternalId: string | null = null): string {
    const externalId = `t${this.#ids += 1}`;
    this.#write(rowOf(externalId, amount, pending, replacesExternalId));
    return externalId;
  }

  modify(externalId: string, amount: number): void {
    const row = this.rows.get(externalId);
    if (row !== undefined) this.#write(rowOf(externalId, amount, row.pending, row.replacesExternalId));
  }

  remove(externalId: string): void {
    const row = this.rows.get(externalId);
    if (row === undefined) return;
    this.rows.delete(externalId);
    this.gone.push(row);
    this.changes.push({ removed: externalId });
  }

  /** A row that was taken back comes again under its id, unless it was booked under another one meanwhile. */
  giveBack(which: number): void {
    const replaced = new Set([...this.rows.values(), ...this.gone].map(({ replacesExternalId }) => replacesExternalId));
    const rows = this.gone.filter(({ externalId, pending }) => !this.rows.has(externalId) && !replaced.has(externalId) && !pending);
    const row = rows[which % Math.max(rows.length, 1)];
    if (row !== undefined) this.#write(row);
  }

  #write(row: IncomingRow): void {
    this.rows.set(row.externalId, row);
    this.changes.push({ row });
  }

  present(): string[] {
    return [...this.rows.values()].map(({ externalId, contentHash, pending }) => `${externalId} ${contentHash} ${pending ? 'pending' : 'booked'} there`).toSorted();
  }
}

function rowOf(externalId: string, amount: number, pending: boolean, replacesExternalId: string | null): IncomingRow {
  // Few amounts, so that twins are frequent.
  return { externalId, accountId: 'a', replacesExternalId, pending, contentHash: `${amount} ${String(pending)} ${replacesExternalId ?? ''}`, likeness: String(amount) };
}

type Act = { do: 'add'; amount: number; pending: boolean } | { do: 'modify' | 'remove' | 'giveBack' | 'settle' | 'settleUnlinked'; which: number; amount: number; removeFirst: boolean }
  | { do: 'read'; pageSize: number; crashAfterPages: number };

const amount = fc.integer({ min: 1, max: 3 });
const act: fc.Arbitrary<Act> = fc.oneof(
  fc.record({ do: fc.constant('add' as const), amount, pending: fc.boolean() }),
  fc.record({ do: fc.constantFrom('modify' as const, 'remove' as const, 'giveBack' as const, 'settle' as const, 'settleUnlinked' as const), which: fc.nat(30), amount, removeFirst: fc.boolean() }),
  fc.record({ do: fc.constant('read' as const), pageSize: fc.integer({ min: 1, max: 4 }), crashAfterPages: fc.integer({ min: -3, max: 3 }) }),
);

function perform(bank: Bank, given: Exclude<Act, { do: 'read' }>, settled: [string, string][]): void {
  if (given.do === 'add') {
    bank.add(given.amount, given.pending);
    return;
  }
  if (given.do === 'giveBack') {
    bank.giveBack(given.which);
    return;
  }
  const rows = [...bank.rows.values()].filter(({ pending }) => pending || (given.do !== 'settle' && given.do !== 'settleUnlinked'));
  const row = rows[given.which % Math.max(rows.length, 1)];
  if (row === undefined) return;
  if (given.do === 'modify') bank.modify(row.externalId, given.amount);
  else if (given.do === 'remove') bank.remove(row.externalId);
  else {
    // The two halves of a booking come in either order, and pages may part them.
    if (given.removeFirst) bank.remove(row.externalId);
    const booked = bank.add(given.amount, false, given.do === 'settle' ? row.externalId : null);
    bank.remove(row.externalId);
    if (given.do === 'settle') settled.push([row.externalId, booked]);
  }
}

/** One update from a place in the changes to their end, in pages. A crash in its middle leaves nothing behind. */
function read(bank: Bank, book: Book, place: number, { pageSize, crashAfterPages }: { pageSize: number; crashAfterPages: number }): number {
  const parts: FeedPart<IncomingRow>[] = [];
  for (let at = place; at < bank.changes.length; at += pageSize) {
    if (parts.length === crashAfterPages && crashAfterPages > 0) return place;
    // A page tells of each id once, as it is at its end: a source collapses what came and went.
    const page = [...new Map(bank.changes.slice(at, at + pageSize).map((change) => ['row' in change ? change.row.externalId : change.removed, change])).values()];
    parts.push({ rows: page.flatMap((change) => ('row' in change ? [change.row] : [])), removed: page.flatMap((change) => ('removed' in change ? [change.removed] : [])) });
  }
  book.apply(planFeed(book.known, parts));
  return bank.changes.length;
}

describe('what an update means for the lines', () => {
  it('keeps two lines for twins of which one was taken for the other\'s new number and came back', () => {
    const [bank, book] = [new Bank(), new Book()];
    const first = bank.add(1, false);
    let place = read(bank, book, 0, { pageSize: 1, crashAfterPages: 0 });
    bank.add(1, false);
    bank.remove(first);
    place = read(bank, book, place, { pageSize: 1, crashAfterPages: 0 });
    bank.giveBack(0);
    read(bank, book, place, { pageSize: 1, crashAfterPages: 0 });
    expect(book.present()).toEqual(bank.present());
    expect(new Set(book.lineOf.values()).size).toBe(2);
  });

  it('ends at the bank\'s own set, whatever the bank does, wherever pages part and processes die; read twice it changes nothing', () => {
    fc.assert(fc.property(fc.array(act, { maxLength: 40 }), (acts) => {
      const [bank, book, settled] = [new Bank(), new Book(), [] as [string, string][]];
      let place = 0;
      for (const each of acts) {
        if (each.do === 'read') place = read(bank, book, place, each);
        else perform(bank, each, settled);
      }
      read(bank, book, place, { pageSize: 3, crashAfterPages: 0 });
      expect(book.present()).toEqual(bank.present());
      // One line for one id that is there: no line has two.
      const live = [...book.known.values()].filter(({ state }) => state === 'live').map(({ externalId }) => book.lineOf.get(externalId));
      expect(new Set(live).size).toBe(live.length);
      // A booked row has the line its pending one had, if that was ever seen.
      for (const [pending, booked] of settled) if (book.known.has(pending) && book.known.has(booked)) expect(book.lineOf.get(booked)).toBe(book.lineOf.get(pending));
      const before = [book.present(), book.lines.length, JSON.stringify([...book.known])];
      read(bank, book, 0, { pageSize: 2, crashAfterPages: 0 });
      expect([book.present(), book.lines.length, JSON.stringify([...book.known])]).toEqual(before);
    }), { numRuns: 2_000 });
  });

  const row = (externalId: string, given: Partial<IncomingRow> = {}): IncomingRow => ({ ...rowOf(externalId, 5, false, null), ...given });
  const knownOf = (...rows: KnownRow[]): Map<string, KnownRow> => new Map(rows.map((each) => [each.externalId, each]));
  const live = (externalId: string, given: Partial<KnownRow> = {}): KnownRow => ({ ...rowOf(externalId, 5, false, null), state: 'live', replacedBy: null, accountRenumbered: false, ...given });

  it('keeps identical twins apart', () => {
    expect(planFeed(new Map(), [{ rows: [row('a'), row('b')], removed: [] }]).map(({ kind }) => kind)).toEqual(['new', 'new']);
    expect(planFeed(knownOf(live('a'), live('b')), [{ rows: [row('a'), row('b')], removed: [] }])).toEqual([]);
  });

  it('gives the pending line to the booked row, the removal on an earlier or a later page', () => {
    const pending = live('p', { pending: true });
    const booked = row('q', { replacesExternalId: 'p' });
    for (const parts of [[{ rows: [booked], removed: [] }, { rows: [], removed: ['p'] }], [{ rows: [], removed: ['p'] }, { rows: [booked], removed: [] }]]) {
      expect(planFeed(knownOf(pending), parts)).toEqual([{ kind: 'takesOver', row: booked, fromExternalId: 'p', because: 'booked' }]);
    }
  });

  it('gives a line taken back before to the booked row that comes late', () => {
    expect(planFeed(knownOf(live('p', { pending: true, state: 'removed' })), [{ rows: [row('q', { replacesExternalId: 'p' })], removed: [] }]))
      .toMatchObject([{ kind: 'takesOver', fromExternalId: 'p' }]);
  });

  it('makes one line of a pending row and the booked one beside it, whichever is removed later', () => {
    const [pending, booked] = [row('p', { pending: true }), row('q', { replacesExternalId: 'p' })];
    const steps = planFeed(new Map(), [{ rows: [pending, booked], removed: [] }]);
    expect(steps).toEqual([{ kind: 'superseded', row: pending, byExternalId: 'q' }, { kind: 'new', row: booked }]);
    const book = new Book();
    book.apply(steps);
    expect(book.present()).toEqual([`q ${booked.contentHash} booked there`]);
    // The same again, and the removal of the pending one in a later update, say nothing new.
    expect(planFeed(book.known, [{ rows: [pending, booked], removed: [] }])).toEqual([]);
    expect(planFeed(book.known, [{ rows: [], removed: ['p'] }])).toEqual([]);
    // The booking is undone: the line is the pending row's again.
    expect(planFeed(book.known, [{ rows: [pending], removed: ['q'] }])).toEqual([{ kind: 'takesOver', row: pending, fromExternalId: 'q', because: 'renumbered' }]);
  });

  it('never gives one pending line to two booked rows', () => {
    const steps = planFeed(knownOf(live('p', { pending: true })), [{ rows: [row('q', { replacesExternalId: 'p' }), row('r', { replacesExternalId: 'p' })], removed: ['p'] }]);
    expect(steps.map(({ kind }) => kind)).toEqual(['takesOver', 'new']);
  });

  it('follows an account that was numbered anew, twin by twin, and makes the third one new', () => {
    const former = { accountRenumbered: true };
    const steps = planFeed(knownOf(live('a', former), live('b', former)), [{ rows: [row('x'), row('y'), row('z')], removed: [] }]);
    expect(steps.map((step) => (step.kind === 'takesOver' ? step.fromExternalId : step.kind))).toEqual(['a', 'b', 'new']);
  });

  it('follows a booked row that goes and comes under another id at once, and no row that differs', () => {
    expect(planFeed(knownOf(live('a')), [{ rows: [row('b')], removed: ['a'] }])).toMatchObject([{ kind: 'takesOver', fromExternalId: 'a', because: 'renumbered' }]);
    expect(planFeed(knownOf(live('a')), [{ rows: [row('b', { likeness: 'other' })], removed: ['a'] }]).map(({ kind }) => kind)).toEqual(['new', 'gone']);
    expect(planFeed(knownOf(live('a')), [{ rows: [row('b', { pending: true })], removed: ['a'] }]).map(({ kind }) => kind)).toEqual(['new', 'gone']);
  });
});
