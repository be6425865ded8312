import { appendEvents, databaseInstant, findContradictedSettlements, lockIdlePosting, type ContradictedSettlement, type Database, type Transaction } from '#storage';
import { composeMove, eventOf, type Transition } from './compose-move.js';
import type { PostingLog } from './ports.js';
import { movable, writeMoves } from './write-moves.js';

export interface SettlementWatchDependencies {
  readonly database: Database;
  readonly log: PostingLog;
}

/** Who says so in the evidence: nobody decided anything, two sources disagree. */
const BY = 'sync';

/**
 * Holds what people settled by hand against what reads of the ERP have seen since. A call that was given up may have been booked after all, later than
 * its target promises; then the money stands in the ERP twice, and the person who settled it must hear of it.
 */
export class SettlementWatch {
  constructor(private readonly dependencies: SettlementWatchDependencies) {}

  /**
   * Brings postings that the ERP contradicts before a person again: state `attention`, event `posting.contradicted`. Told once for each payment. To be called after a sync.
   * @returns how many
   */
  async look(tenantId: string, connectionId: string): Promise<number> {
    const { database, log } = this.dependencies;
    const found = await database.inTenant(tenantId, async (transaction) => findContradictedSettlements(transaction, connectionId));
    let raised = 0;
    for (const contradiction of found) {
      if (await database.inTenant(tenantId, (transaction) => raise(transaction, contradiction))) raised += 1;
    }
    if (raised > 0) log('posting.contradicted', { connection: connectionId, postings: raised });
    return raised;
  }
}

/** False where it is settled no longer: somebody was faster. */
async function raise(transaction: Transaction, contradiction: ContradictedSettlement): Promise<boolean> {
  const posting = await lockIdlePosting(transaction, contradiction.postingId);
  if (posting === null || posting === 'held' || posting.state !== 'settledByPerson') return false;
  const transition = contradicted(contradiction);
  const from = { ...movable(posting), reversesPostingId: posting.reversesPostingId };
  await writeMoves(transaction, [{ posting: from, composed: composeMove(from, transition, BY, await databaseInstant(transaction), 0) }]);
  await appendEvents(transaction, [eventOf(posting, 'posting.contradicted', transition.because)]);
  return true;
}

function contradicted({ stepKey, settledAs, externalId, number }: ContradictedSettlement): Transition {
  return {
    to: 'attention', evidence: { contradictedBy: { stepKey, settledAs, externalId, number } },
    because: `settled by hand as ${settledAs}, but the ERP shows payment ${number === '' ? externalId : `${number} (${externalId})`} under the same key: it may be booked twice. Undo one of the two there; then try again to take over ${externalId}, or settle it once more as ${settledAs}`,
  };
}
