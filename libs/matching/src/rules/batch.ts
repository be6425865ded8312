import type { MatchingIndex } from './facts-index.js';
import { signal } from './hypothesis.js';
import { compareText } from './ledger.js';
import { propose } from './propose.js';
import { adviceKey } from './remittance.js';
import { writeRationale } from './rationale.js';
import type { MatchProposal, MatchTransaction, ProposedAllocation, Signal } from './types.js';

/** Rounds in which a payment that lost its documents waits its turn again; after that it takes what is left at once. */
const ROUNDS_MAX = 3;
/** Claims this close to each other contest a document. */
const CONTEST_MARGIN = 0.05;

interface Claim {
  readonly transaction: MatchTransaction;
  readonly proposal: MatchProposal;
  readonly notes: readonly Signal[];
}

/**
 * Proposals for a whole batch, in its order, in which no document is promised beyond what is open on it. The likeliest claim wins
 * (then the earlier day, then the id: never the order of arrival); the loser is proposed anew without what is gone and says who took it.
 */
export function proposeBatch(index: MatchingIndex, transactions: readonly MatchTransaction[]): MatchProposal[] {
  const steps = proposeInSteps(index, transactions);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** {@link proposeBatch} a payment at a time: it yields after each, so that a server can answer others in between. Same result. */
export function* proposeInSteps(index: MatchingIndex, transactions: readonly MatchTransaction[]): Generator<undefined, MatchProposal[]> {
  const batch = new Batch(index);
  let waiting: Claim[] = [];
  for (const transaction of transactions) {
    waiting.push({ transaction, proposal: propose(index, transaction), notes: [] });
    yield;
  }
  for (let round = 0; waiting.length > 0; round += 1) {
    const lost: Claim[] = [];
    for (const claim of waiting.toSorted(byStrength)) {
      const again = batch.settle(claim, round >= ROUNDS_MAX);
      if (again !== null) lost.push(again);
      yield;
    }
    waiting = lost;
  }
  return transactions.map((transaction) => batch.result(transaction));
}

class Batch {
  private readonly promises = new Map<string, bigint>();
  private readonly takenBy = new Map<string, Claim>();
  private readonly settled = new Map<string, MatchProposal>();
  private readonly contested = new Map<string, Signal>();

  constructor(private readonly index: MatchingIndex) {}

  /** Grants a claim, or returns it proposed anew when somebody stronger has taken what it asks for. `atOnce` grants what is left. */
  settle(claim: Claim, atOnce: boolean): Claim | null {
    const lost = claim.proposal.allocations.find((allocation) => this.isGone(allocation));
    if (lost === undefined && !this.isAdviceGone(claim)) return this.grant(claim);
    const again = lost === undefined ? { ...claim, proposal: propose(this.index, claim.transaction, this.promises, claim.notes) } : this.proposeAnew(claim, lost);
    return atOnce ? this.grant(again) : again;
  }

  result(transaction: MatchTransaction): MatchProposal {
    const proposal = this.settled.get(transaction.id) ?? propose(this.index, transaction, this.promises);
    const contest = this.contested.get(transaction.id);
    if (contest === undefined) return proposal;
    const { autoApply } = proposal;
    const because = autoApply.allowed ? [contest.sentence] : [...autoApply.because, contest.sentence];
    const contestedProposal = { ...proposal, signals: [...proposal.signals, contest], autoApply: { allowed: false, because } };
    const name = proposal.customerId === null ? null : this.index.customers.get(proposal.customerId)?.name ?? null;
    return { ...contestedProposal, rationale: writeRationale(contestedProposal, transaction.amount, name) };
  }

  private isGone(allocation: ProposedAllocation): boolean {
    const open = this.index.documents.get(allocation.id)?.open ?? 0n;
    return (this.promises.get(allocation.id) ?? 0n) + consumed(allocation) > open;
  }

  /** One advice, one payment: somebody else has followed it. One that was handed in for this line is its own. */
  private isAdviceGone({ proposal, transaction }: Claim): boolean {
    const { remittanceId } = proposal;
    const own = (this.index.adviceByTransaction.get(transaction.id) ?? []).some((advice) => advice.id === remittanceId);
    return proposal.family === 'remittance' && remittanceId !== null && !own && this.promises.has(adviceKey(remittanceId));
  }

  private grant(claim: Claim): null {
    const { family, remittanceId } = claim.proposal;
    if (family === 'remittance' && remittanceId !== null) this.promises.set(adviceKey(remittanceId), 1n);
    for (const allocation of claim.proposal.allocations) {
      this.promises.set(allocation.id, (this.promises.get(allocation.id) ?? 0n) + consumed(allocation));
      this.takenBy.set(allocation.id, claim);
    }
    this.settled.set(claim.transaction.id, claim.proposal);
    return null;
  }

  private proposeAnew(claim: Claim, lost: ProposedAllocation): Claim {
    const winner = this.takenBy.get(lost.id);
    if (winner !== undefined && isContest(winner, claim)) {
      this.contested.set(winner.transaction.id, signal('contested', -0.5, `another payment has almost as good a claim on ${lost.number}`));
    }
    const by = winner === undefined ? '' : ` of ${winner.transaction.bookedOn}`;
    const notes = [...claim.notes, signal('promisedElsewhere', -0.4, `${lost.number} is taken by another payment${by} with a better claim`)];
    return { transaction: claim.transaction, notes, proposal: propose(this.index, claim.transaction, this.promises, notes) };
  }
}

/** Two payers, one document, hardly a difference. The same payer twice is no contest: the first of two equal payments takes it. */
function isContest(winner: Claim, loser: Claim): boolean {
  return winner.proposal.payerCustomerId !== loser.proposal.payerCustomerId && loser.proposal.probability >= winner.proposal.probability - CONTEST_MARGIN;
}

function byStrength(left: Claim, right: Claim): number {
  return right.proposal.probability - left.proposal.probability
    || compareText(left.transaction.bookedOn, right.transaction.bookedOn) || compareText(left.transaction.id, right.transaction.id);
}

/** What an allocation takes of its document. */
export function consumed(allocation: ProposedAllocation): bigint {
  const paid = allocation.amount.minor < 0n ? -allocation.amount.minor : allocation.amount.minor;
  return paid + (allocation.discount?.minor ?? 0n) + (allocation.writeOff?.minor ?? 0n);
}
