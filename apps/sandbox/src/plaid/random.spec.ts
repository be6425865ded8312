import fc from 'fast-check';
import type { BankChange } from './book/bank.js';
import { startPlaidSandbox, type PlaidSandbox } from './sandbox.js';
import { Ledger, TestClient } from './testing/client.js';

/** What the bank does next, chosen by a number among what exists. */
interface Move {
  readonly act: 'add' | 'addPending' | 'twins' | 'modify' | 'remove' | 'post' | 'postUnmatched' | 'churn';
  readonly choice: number;
}
const MOVE: fc.Arbitrary<Move> = fc.record({ act: fc.constantFrom('add', 'addPending', 'twins', 'modify', 'remove', 'post', 'postUnmatched', 'churn'), choice: fc.nat(1000) });

/** One run: what happens before each loop, what between its pages, and how large pages are. */
const RUN = fc.record({
  loops: fc.array(fc.record({ before: fc.array(MOVE, { maxLength: 6 }), between: fc.array(MOVE, { maxLength: 2 }), count: fc.integer({ min: 1, max: 5 }) }), { minLength: 1, maxLength: 5 }),
  updates: fc.constantFrom('latest' as const, 'everyChange' as const), removedOrder: fc.constantFrom('beside' as const, 'first' as const, 'last' as const), removedNeverAdded: fc.boolean(), faulty: fc.boolean(),
});

describe('a client that follows the documented loop', () => {
  let sandbox: PlaidSandbox;
  let client: TestClient;
  beforeAll(async () => { sandbox = await startPlaidSandbox({ settings: { rateLimits: {} } }); client = new TestClient(sandbox); });
  afterAll(async () => { await sandbox.stop(); expect(sandbox.failures).toEqual([]); });

  const changeFor = (itemId: string, { act, choice }: Move): BankChange | null => {
    const rows = sandbox.truth(itemId).filter((row) => (act === 'post' || act === 'postUnmatched' ? row['pending'] === true : true));
    const chosen = rows[choice % Math.max(1, rows.length)];
    const transactionId = String(chosen?.['transaction_id']);
    switch (act) {
      case 'add': return { op: 'add', transaction: { amount: `${choice}.10` } };
      case 'addPending': return { op: 'add', transaction: { amount: `-${choice}.01`, pending: true } };
      case 'twins': return { op: 'add', transaction: { amount: '-5' }, copies: 2 };
      case 'modify': return chosen === undefined ? null : { op: 'modify', transactionId, changes: { amount: `${choice}.33` } };
      case 'remove': return chosen === undefined ? null : { op: 'remove', transactionId };
      case 'churn': return chosen === undefined ? null : { op: 'churn', accountId: String(chosen['account_id']) };
      default: return chosen === undefined ? null : { op: 'post', transactionId, matched: act === 'post', changes: { amount: `-${choice}.02` } };
    }
  };
  const play = (itemId: string, moves: readonly Move[]): void => {
    for (const move of moves) {
      const change = changeFor(itemId, move);
      if (change !== null) sandbox.update(itemId, [change]);
    }
  };

  it('always ends with the bank\'s truth, whatever happens before, between and to its pages', async () => {
    await fc.assert(fc.asyncProperty(RUN, async ({ loops, faulty, ...settings }) => {
      Object.assign(sandbox.settings, settings);
      const { itemId, accessToken } = sandbox.link();
      const ledger = new Ledger(client, accessToken, { options: { include_original_description: true } });
      for (const { before, between, count } of loops) {
        play(itemId, before);
        if (faulty) for (const kind of ['failAfter', 'mutationError', 'bankMutation'] as const) sandbox.addFault({ kind, requestClass: 'sync', itemId, count: 1, after: 1, status: 500 });
        let disturbed = false;
        await ledger.catchUp(count, () => { if (!disturbed) play(itemId, between); disturbed = true; });
        await ledger.catchUp(count);
        sandbox.faults.clear();
        expect(sorted(ledger.rows.values())).toEqual(sorted(sandbox.truth(itemId)));
      }
    }), { numRuns: 40 });
  }, 60_000);
});

function sorted(rows: Iterable<Readonly<Record<string, unknown>>>): unknown[] {
  return [...rows].toSorted((left, right) => (String(left['transaction_id']) < String(right['transaction_id']) ? -1 : 1));
}
