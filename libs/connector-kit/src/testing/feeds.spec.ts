import type { DecimalText } from '#canonical';
import { ConnectorError, defineConnector, type AnyConnector, type BankFeed, type Context, type FeedPage, type FeedTransaction, type Probe } from '../index.js';
import { runConformance } from './conformance.js';
import { testContext } from './context.js';
import type { ConnectorHarness, Fault, FeedEntry } from './harness.js';
import { FEEDS } from './sentences/feeds.js';

/** A bank of one account in memory and a connector that reads it, with room for each way to get a feed wrong. */

interface Row extends FeedEntry {
  readonly id: string;
  readonly replaces: string | null;
}
type Change = { readonly row: Row; readonly gone: boolean };

class Bank {
  readonly changes: Change[] = [];
  readonly rows = new Map<string, Row>();
  ready = true;
  mutates = false;
  fault: Fault | null = null;

  write(row: Row, gone = false): string {
    this.changes.push({ row, gone });
    if (gone) this.rows.delete(row.id);
    else this.rows.set(row.id, row);
    return row.id;
  }

  row(id: string): Row {
    const row = this.rows.get(id);
    if (row === undefined) throw new RangeError(`there is no ${id}`);
    return row;
  }

  /** What the bank answers when asked for a page; faults as the contract's words have them. */
  ask(continues: boolean): void {
    const { fault } = this;
    if (fault?.kind === 'failNext' && (fault.afterRequests ?? 0) > 0) {
      this.fault = { ...fault, afterRequests: (fault.afterRequests ?? 0) - 1 };
    } else if (fault !== null) {
      this.fault = null;
      if (fault.kind === 'throttleNext') throw new ConnectorError('too many', { kind: 'rateLimited', retryAfterMs: 1_000 });
      throw new ConnectorError('no trustworthy answer', { kind: 'transient' });
    }
    if (continues && this.mutates) {
      this.mutates = false;
      throw new ConnectorError('changed while paged', { kind: 'transient' });
    }
  }
}

/** Each is one bug. */
interface Bugs {
  /** Keeps the place of a broken update and goes on from there. */
  readonly goesOn?: boolean;
  readonly swallowsMutation?: boolean;
  /** Takes equal transactions for one. */
  readonly mergesTwins?: boolean;
  readonly hidesPending?: boolean;
  readonly forgetsLink?: boolean;
  readonly guessesLink?: boolean;
  readonly vendorSign?: boolean;
  readonly floats?: boolean;
  readonly guessesCurrency?: boolean;
  readonly ignoresRemovals?: boolean;
  readonly repeats?: boolean;
  readonly storesEmpty?: boolean;
  readonly forgetsAccounts?: boolean;
  readonly emptyOnFailure?: boolean;
}

const PAGE_SIZE = 2;
const absent = { by: 'none', because: 'a bank feed takes no postings' } as const;
const probe: Probe = {
  at: '2026-03-10T00:00:00Z', missing: [], timeZone: 'UTC', features: {},
  capabilities: { read: {}, operations: { post: absent, apply: absent, unapply: absent, writeOff: absent, reverse: absent }, webhooks: 'none', bankFeed: 'cursor' },
};

function amountOf({ amount }: Row, bugs: Bugs): DecimalText {
  const text = bugs.floats === true ? String(Number(amount)) : amount;
  if (bugs.vendorSign !== true) return text;
  return text.startsWith('-') ? text.slice(1) : `-${text}`;
}

function transactionOf(row: Row, bugs: Bugs): FeedTransaction {
  const link = bugs.guessesLink === true && !row.pending ? 'e1' : row.replaces;
  return {
    externalId: row.id, accountExternalId: 'a1', replacesExternalId: bugs.forgetsLink === true ? null : link, pending: bugs.hidesPending !== true && row.pending,
    bookedOn: row.bookedOn, amount: amountOf(row, bugs), currency: row.currency ?? (bugs.guessesCurrency === true ? 'USD' : null), code: null, kind: 'other',
    payer: { name: null, account: null, id: null }, memo: row.memo, bankReference: null, checkNumber: null, payload: {},
  };
}

function pageOf(changes: readonly Change[], place: number, bugs: Bugs): FeedPage {
  const live = changes.filter(({ gone }) => !gone).map(({ row }) => transactionOf(row, bugs));
  const contents = live.map(({ memo, amount, bookedOn }) => `${memo} ${amount} ${bookedOn}`);
  return {
    transactions: bugs.mergesTwins === true ? live.filter((_, index) => contents.indexOf(contents[index] ?? '') === index) : live,
    removed: bugs.ignoresRemovals === true ? [] : changes.filter(({ gone }) => gone).map(({ row }) => ({ externalId: row.id, accountExternalId: 'a1' })),
    checkpoint: { version: 1, place },
  };
}

function feedOf(bank: Bank, bugs: Bugs): BankFeed {
  let reached = 0;
  return {
    accounts: async () => (bugs.forgetsAccounts === true ? [] : [{ externalId: 'a1', persistentId: null, name: 'Operating', mask: '0000', currency: 'USD', institution: 'Bank' }]),
    async *update(_context: Context, from) {
      let place = bugs.goesOn === true ? Math.max(reached, Number(from?.['place'] ?? 0)) : Number(bugs.repeats === true ? 0 : from?.['place'] ?? 0);
      if (!bank.ready) {
        if (bugs.storesEmpty === true) yield pageOf([], 0, bugs);
        return;
      }
      const until = bank.changes.length;
      for (let first = true; place < until; first = false) {
        try {
          bank.ask(!first);
        } catch (error) {
          const changed = error instanceof Error && error.message.includes('changed while');
          if (changed ? bugs.swallowsMutation === true : bugs.emptyOnFailure === true) return;
          throw error;
        }
        const next = Math.min(place + PAGE_SIZE, until);
        yield pageOf(bank.changes.slice(place, next), next, bugs);
        place = next;
        reached = next;
      }
    },
  };
}

function connectorOf(bank: Bank, bugs: Bugs): AnyConnector {
  return defineConnector({
    id: 'bank', title: 'Bank', settings: () => [], form: { config: {}, secrets: {} }, probe: async () => probe, read: {},
    capabilities: { read: {}, operations: { post: absent, apply: absent, unapply: absent, writeOff: absent, reverse: absent }, webhooks: 'none', bankFeed: 'cursor' },
    bankFeed: feedOf(bank, bugs),
  });
}

function harnessOf(bank: Bank, bugs: Bugs): ConnectorHarness {
  let ids = 0;
  const log: string[] = [];
  const nothing = async (): Promise<void> => undefined;
  const write = (entry: FeedEntry, replaces: string | null): string => bank.write({ ...entry, id: `e${ids += 1}`, replaces });
  return {
    connector: connectorOf(bank, bugs), pageSize: PAGE_SIZE, secrets: ['a-secret-of-the-bank'], skips: [],
    start: nothing, stop: nothing, setClock: nothing, passTime: nothing, change: nothing, remove: nothing, seed: async () => [],
    context: () => testContext({ connectionId: 'bank-1', config: {}, secrets: {}, probe, now: () => new Date(0), log }),
    logged: () => log, now: () => new Date(0), openRequests: () => 0, writtenCount: async () => 0,
    misbehave: async (fault) => { bank.fault = fault; },
    feed: {
      book: async (entries) => { bank.ready = true; return entries.map((entry) => write(entry, null)); },
      change: async (id, amount) => { bank.write({ ...bank.row(id), amount }); },
      settle: async (id, linked) => {
        const pending = bank.row(id);
        const booked = write({ ...pending, pending: false }, linked ? id : null);
        bank.write(pending, true);
        return booked;
      },
      takeBack: async (id) => { bank.write(bank.row(id), true); },
      changeWhilePaging: async () => { bank.mutates = true; },
      notReady: async () => { bank.ready = false; },
    },
  };
}

async function brokenBy(bugs: Bugs): Promise<readonly number[]> {
  const results = await runConformance(() => harnessOf(new Bank(), bugs), FEEDS);
  return results.flatMap(({ number, verdict }) => (verdict.state === 'broken' ? [number] : []));
}

const BUGS: [string, Bugs, number[]][] = [
  ['a broken update goes on in its middle', { goesOn: true }, [70, 71]],
  ['a change while paging ends the update as if it were whole', { swallowsMutation: true }, [71]],
  ['twins are taken for one', { mergesTwins: true }, [72]],
  ['pending is not said', { hidesPending: true }, [73]],
  ['the pending one is not named', { forgetsLink: true }, [73]],
  ['a pending one is guessed', { guessesLink: true }, [73]],
  ['the vendor\'s sign is kept', { vendorSign: true }, [74, 75]],
  ['amounts pass through a float', { floats: true }, [74]],
  ['a currency is guessed', { guessesCurrency: true }, [74]],
  ['removals are left out', { ignoresRemovals: true }, [73, 75]],
  ['an update always begins at the beginning', { repeats: true }, [73, 75]],
  ['a login that is not ready gives a checkpoint', { storesEmpty: true }, [76]],
  ['accounts are not listed', { forgetsAccounts: true }, [77]],
  ['a failure looks like an empty update', { emptyOnFailure: true }, [70, 78]],
];

describe('the sentences about bank feeds', () => {
  it('hold for a feed that does what the contract says', async () => {
    expect(await brokenBy({})).toEqual([]);
  });

  it.each(BUGS)('when %s, turn exactly those red', async (_bug, bugs, reds) => {
    expect(await brokenBy(bugs)).toEqual(reds);
  });

  it('do not apply to a connector without a feed', async () => {
    const { bankFeed: _, ...without } = connectorOf(new Bank(), {});
    const results = await runConformance(() => ({ ...harnessOf(new Bank(), {}), connector: without as AnyConnector }), FEEDS);
    expect(new Set(results.map(({ verdict }) => (verdict.state === 'notApplicable' ? verdict.because : verdict.state)))).toEqual(new Set(['it has no bank feed']));
  });

  it('have each a planted bug', () => {
    const reds = new Set(BUGS.flatMap(([,, numbers]) => numbers));
    expect(FEEDS.map(({ number }) => number).filter((number) => !reds.has(number))).toEqual([]);
  });
});
