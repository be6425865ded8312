import { setTimeout as sleep } from 'node:timers/promises';
import { HubProblem } from '../hub-client.js';
import type { TargetReport } from '../report.js';
import type { PostingWire, ProposalWire, SyncWire } from '../wire.js';
import type { World } from '../world.js';

const TIMEOUT_MS = 60_000;
const POLL_EVERY_MS = 150;
const REASON_SHOWN = 180;
/** States in which the lane still has something to do. */
const UNDER_WAY = new Set(['planned', 'sending', 'unknown', 'accepted', 'partlySent', 'sent', 'inBatch', 'exported']);

/** A connection of the second act, and the few things every one is asked to do. */
export class Target {
  readonly report: TargetReport = { synced: 0, tieOutGaps: null, proposals: 0, posted: 0, verified: 0, withPerson: 0, duplicates: 0 };

  private constructor(private readonly world: World, readonly name: string, readonly connectionId: string) {}

  static async connect(world: World, name: string, connector: string, config: object, secrets: object): Promise<Target> {
    const { id } = await world.client.post<{ id: string }>('/v1/connections', { name, connector, config, secrets });
    const { missing } = await world.client.post<{ missing: string[] }>(`/v1/connections/${id}/check`);
    if (missing.length > 0) world.report.broken.push(`${name} lacks ${missing.join('; ')}`);
    return new Target(world, name, id);
  }

  async sync(): Promise<void> {
    const { id } = await this.world.client.post<SyncWire>(`/v1/connections/${this.connectionId}/syncs`, { kind: 'incremental' });
    const run = await this.world.client.until<SyncWire>(`/v1/syncs/${id}`, ({ status }) => status !== 'queued' && status !== 'running', TIMEOUT_MS);
    if (run.status !== 'succeeded') throw new Error(`the sync of ${this.name} ${run.status}: ${run.problem?.message ?? 'no reason given'}`);
    this.report.synced += run.counts.reduce((sum, { changed }) => sum + changed, 0);
    const tie = await this.world.client.get<{ offered: boolean; gapCount: number }>(`/v1/connections/${this.connectionId}/tie-out`);
    this.report.tieOutGaps = tie.offered ? tie.gapCount : null;
  }

  /** An account at the bank whose lines are posted here. */
  async bankAccount(accountNumber: string, currency: string): Promise<string> {
    const { id } = await this.world.client.post<{ id: string }>('/v1/bank-accounts', {
      name: `Collections ${this.name}`, accountNumber, currency, connectionId: this.connectionId, ledgerAccountExternalId: null, receivablesAccountExternalId: null, companyExternalId: null,
    });
    return id;
  }

  /** Matches and finalizes everything that needs no look. @returns how many */
  async decide(): Promise<number> {
    await this.world.client.post('/v1/match-runs', { connectionId: this.connectionId });
    const proposals = await this.world.client.all<ProposalWire>(`/v1/match-proposals?status=current&connectionId=${this.connectionId}`);
    this.report.proposals = proposals.length;
    let finalized = 0;
    for (const { id, autoApply } of proposals) {
      if (!autoApply.allowed) continue;
      try {
        await this.world.client.post('/v1/postings', { proposalId: id }, { 'idempotency-key': `demo-act2-${id}` });
        finalized += 1;
      } catch (error) {
        if (!(error instanceof HubProblem)) throw error;
      }
    }
    return finalized;
  }

  postings(): Promise<PostingWire[]> {
    return this.world.client.all<PostingWire>(`/v1/postings?connectionId=${this.connectionId}`);
  }

  /** Waits until nothing is under way any more, and counts. */
  async settle(): Promise<void> {
    const giveUpAt = performance.now() + TIMEOUT_MS;
    let postings = await this.postings();
    while (postings.some(({ state }) => UNDER_WAY.has(state)) && performance.now() < giveUpAt) {
      await sleep(POLL_EVERY_MS);
      postings = await this.postings();
    }
    const doubtful = postings.filter(({ state }) => UNDER_WAY.has(state));
    if (doubtful.length > 0) this.world.report.broken.push(`${doubtful.length} postings into ${this.name} are neither proven nor with a person: ${doubtful[0]?.state} ${doubtful[0]?.stateBecause ?? ''}`);
    this.report.posted = postings.length;
    this.report.verified = postings.filter(({ state }) => state === 'verified').length;
    this.report.withPerson = postings.length - this.report.verified - doubtful.length;
    const reasons = new Set(postings.filter(({ state }) => state !== 'verified' && !UNDER_WAY.has(state)).map(({ state, stateBecause }) => `${state}: ${(stateBecause ?? '').slice(0, REASON_SHOWN)}`));
    for (const reason of reasons) this.world.story.say(`- with a person, ${reason}`);
  }

  /** @param duplicates as the target itself counts them */
  finish(duplicates: number): void {
    this.report.duplicates = duplicates;
    const { posted, verified, tieOutGaps } = this.report;
    if (duplicates > 0) this.world.report.broken.push(`${duplicates} postings are in ${this.name} more than once`);
    if (verified === 0) this.world.report.broken.push(`nothing of ${posted} postings was verified in ${this.name}`);
    if (tieOutGaps !== null && tieOutGaps > 0) this.world.report.broken.push(`${tieOutGaps} totals differ from ${this.name}'s own`);
  }
}
