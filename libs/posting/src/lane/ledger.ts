import { lockHeldPostings, type Database } from '#storage';
import { move } from '../rules/posting-state.js';
import { composeMove, type ComposedMove, type Transition } from '../compose-move.js';
import { writeMoves } from '../write-moves.js';
import type { CarriedPosting } from './carried-posting.js';
import type { DatabaseClock, ElapsedClock } from './elapsed-clock.js';
import { Gather } from './gather.js';

/** Moves in one transaction, and how long the first of them waits for company. */
const MOVES_PER_COMMIT_MAX = 200;
const COMMIT_LINGER_MS = 8;

/** Somebody else holds the posting by now, or nobody does: whoever finds this out says and sends nothing more about it. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost';
}

/** The database did not say that a move was written. Nothing is decided here: the rows will tell whoever comes next. */
export class LedgerError extends Error {
  override readonly name = 'LedgerError';
}

interface Entry {
  readonly posting: CarriedPosting;
  readonly transition: Transition;
}
interface Written {
  readonly composed: ComposedMove;
  /** By the elapsed clock, taken before the write began: the lease cannot end sooner. */
  readonly leaseEndsAtMs: number;
}

/** Writes the moves of carried postings, many to a commit, each only while its lease lives on the database's clock. */
export class Ledger {
  readonly #writes: Gather<Entry, Written | 'lost'>;

  constructor(
    private readonly database: Database,
    private readonly tenantId: string,
    private readonly options: { readonly leaseMs: number; readonly byWhom: string; readonly elapsed: ElapsedClock; readonly databaseClock: DatabaseClock },
  ) {
    this.#writes = new Gather((entries) => this.#commit(entries), { sizeMax: MOVES_PER_COMMIT_MAX, lingerMs: COMMIT_LINGER_MS, roundsMax: 1 });
  }

  /** @throws LeaseLost when the posting is not ours any more; LedgerError when the database failed; MoveError for a bug. */
  async write(posting: CarriedPosting, transition: Transition): Promise<void> {
    move(posting.state, transition.to);
    const written = await this.#writes.add({ posting, transition }).catch((error: unknown) => {
      throw new LedgerError(`"${transition.to}" of posting ${posting.id} may not be written: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
    });
    if (written === 'lost') throw new LeaseLost(`the lease on posting ${posting.id} ran out before "${transition.to}" was written`);
    posting.take(transition, { moveCount: written.composed.posting.moveCount, chainHash: written.composed.posting.chainHash }, this.options.databaseClock.nowMs());
    posting.leaseEndsAtMs = transition.keepLease === true ? written.leaseEndsAtMs : 0;
  }

  async #commit(entries: readonly Entry[]): Promise<readonly (Written | 'lost')[]> {
    try {
      return await this.#commitTogether(entries);
    } catch (error) {
      if (entries.length === 1) throw error;
      // One of them may be what the database refuses; the others must not suffer for it.
      return Promise.all(entries.map(async (entry) => (await this.#commitTogether([entry]))[0] ?? 'lost'));
    }
  }

  #commitTogether(entries: readonly Entry[]): Promise<readonly (Written | 'lost')[]> {
    const beganAtMs = this.options.elapsed.nowMs();
    return this.database.inTenant(this.tenantId, async (transaction) => {
      const held = new Map((await lockHeldPostings(transaction, entries.map(({ posting }) => posting.id), entries.map(({ posting }) => posting.leaseToken))).map(({ id, at }) => [id, at]));
      const results = entries.map(({ posting, transition }): Written | 'lost' => {
        const at = held.get(posting.id);
        if (at === undefined) return 'lost';
        return { composed: composeMove(posting.movable, transition, this.options.byWhom, at, this.options.leaseMs), leaseEndsAtMs: beganAtMs + this.options.leaseMs };
      });
      await writeMoves(transaction, results.flatMap((result, index) => {
        const posting = entries[index]?.posting;
        return result === 'lost' || posting === undefined ? [] : [{ posting: posting.movable, composed: result.composed }];
      }));
      return results;
    });
  }
}
