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

function perform(bank: Bank, given: Exclude<Act, { do: 'read' }>): void {
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
    bank.add(given.amount, false, given.do === 'settle' ? row.externalId : null);
    bank.remove(row.externalId);
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
  const before = { known: new Map(book.known), lineOf: new Map(book.lineOf) };
  book.apply(planFeed(book.known, parts));
  expectLinesKept(before, book, parts);
  expectBookingsFollowed(before, book, parts);
  return bank.changes.length;
}

/** What becomes of the lines when the bank does this and we read in between, and then to the end, and then everything once more. */
function play(acts: readonly Act[]): Book {
  const [bank, book] = [new Bank(), new Book()];
  let place = 0;
  for (const each of acts) {
    if (each.do === 'read') place = read(bank, book, place, each);
    else perform(bank, each);
  }
  read(bank, book, place, { pageSize: 3, crashAfterPages: 0 });
  expect(book.present()).toEqual(bank.present());
  const before = [book.present(), book.lines.length, JSON.stringify([...book.known])];
  read(bank, book, 0, { pageSize: 2, crashAfterPages: 0 });
  expect([book.present(), book.lines.length, JSON.stringify([...book.known])]).toEqual(before);
  return book;
}

type Before = Pick<Book, 'known' | 'lineOf'>;

/** What no update may do to a line, whatever it says: give it to two ids, or take it from an id that stays or returns. Money may have been posted for it. */
function expectLinesKept(before: Before, book: Book, parts: readonly FeedPart<IncomingRow>[]): void {
  const live = [...book.known.values()].filter(({ state }) => state === 'live').map(({ externalId }) => externalId);
  expect(new Set(live.map((externalId) => book.lineOf.get(externalId))).size).toBe(live.length);
  const kept = live.filter((externalId) => (before.known.get(externalId)?.state ?? 'replaced') !== 'replaced');
  expect(kept.map((externalId) => book.lineOf.get(externalId))).toEqual(kept.map((externalId) => before.lineOf.get(externalId)));
  const told = new Set(parts.flatMap(({ rows, removed }) => [...rows.map(({ externalId }) => externalId), ...removed]));
  expect([...before.known.values()].filter((row) => !told.has(row.externalId) && row.state === 'live' && book.known.get(row.externalId) !== row)).toEqual([]);
}

/**
 * The bank's word on a booking is kept in the update that gives it: the booked row has the line of the pending one, and as long as it is there or
 * was there for a moment no other row gets it. Only a line that went to another row in an earlier update, when nothing told of the booking, stays there.
 */
function expectBookingsFollowed(before: Before, book: Book, parts: readonly FeedPart<IncomingRow>[]): void {
  for (const { externalId, replacesExternalId } of parts.flatMap(({ rows }) => rows)) {
    const pending = replacesExternalId === null ? undefined : book.known.get(replacesExternalId);
    if (pending === undefined || before.known.has(externalId)) continue;
    const wasFree = before.known.get(pending.externalId)?.state !== 'replaced';
    if (wasFree && pending.state === 'replaced') expect(pending.replacedBy).toBe(externalId);
    if (wasFree && book.known.has(externalId)) expect(book.lineOf.get(externalId)).toBe(book.lineOf.get(pending.externalId));
  }
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
    fc.assert(fc.property(fc.array(act, { maxLength: 40 }), (acts) => { play(acts); }), { numRuns: 2_000 });
  });

  // Found by the property: t1 is pending and known; one update books it as t2, takes t2 back and brings t3, which says the same as t1; then t2 returns.
  const bookingTakenBack = (pageSize: number): Act[] => [
    { do: 'add', amount: 2, pending: true }, { do: 'read', pageSize: 1, crashAfterPages: 0 },
    { do: 'settle', which: 0, amount: 1, removeFirst: false }, { do: 'add', amount: 2, pending: false }, { do: 'remove', which: 0, amount: 1, removeFirst: false },
    { do: 'read', pageSize, crashAfterPages: 0 }, { do: 'giveBack', which: 0, amount: 1, removeFirst: false },
  ];

  it('keeps the pending line for the booking the update told of, though it was taken back at once and another row says the same', () => {
    const book = play(bookingTakenBack(1));
    expect([book.lineOf.get('t1'), book.lineOf.get('t2'), book.lineOf.get('t3')]).toEqual([0, 0, 1]);
  });

  it('leaves the line with the row that says the same when nothing told of the booking, and makes the booking that comes later a line of its own', () => {
    // On one page the source tells only that t2 went, not what it was.
    const book = play(bookingTakenBack(4));
    expect([book.lineOf.get('t1'), book.lineOf.get('t2'), book.lineOf.get('t3')]).toEqual([0, 1, 0]);
  });

  it('leaves the line of a booking that was numbered anew with its new number when the former one returns', () => {
    const book = play([
      { do: 'add', amount: 2, pending: true }, { do: 'read', pageSize: 1, crashAfterPages: 0 },
      { do: 'settle', which: 0, amount: 2, removeFirst: false }, { do: 'read', pageSize: 1, crashAfterPages: 0 },
      { do: 'add', amount: 2, pending: false }, { do: 'remove', which: 0, amount: 1, removeFirst: false }, { do: 'read', pageSize: 1, crashAfterPages: 0 },
      { do: 'giveBack', which: 0, amount: 1, removeFirst: false },
    ]);
    expect([book.lineOf.get('t1'), book.lineOf.get('t2'), book.lineOf.get('t3')]).toEqual([0, 1, 0]);
  });

  it('counts what a booking said last before it went: one that names the pending row no more does not hold its line', () => {
    const told = { rows: [row('q', { replacesExternalId: 'p' })], removed: [] };
    const alike = row('r');
    const pending = knownOf(live('p', { pending: true }));
    expect(planFeed(pending, [told, { rows: [alike], removed: ['q', 'p'] }]).map(({ kind }) => kind)).toEqual(['new', 'gone']);
    expect(planFeed(pending, [told, { rows: [row('q'), alike], removed: [] }, { rows: [], removed: ['q', 'p'] }])).toMatchObject([{ kind: 'takesOver', row: alike, fromExternalId: 'p' }]);
    const ofItself = row('p', { pending: true, replacesExternalId: 'p' });
    expect(planFeed(pending, [{ rows: [ofItself], removed: [] }, { rows: [alike], removed: ['p'] }])).toMatchObject([{ kind: 'takesOver', row: alike, fromExternalId: 'p' }]);
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
