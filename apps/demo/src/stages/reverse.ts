import type { PostingWire } from '../wire.js';
import type { World } from '../world.js';

const REVERSAL_TIMEOUT_MS = 60_000;

interface EvidenceWire {
  readonly moves: readonly unknown[];
  readonly chain: { readonly problems: readonly string[] };
}

/** Takes one verified posting back and shows the evidence of another. */
export async function reverse(world: World): Promise<void> {
  const [posting] = (await world.client.get<{ items: PostingWire[] }>('/v1/postings?state=verified&kind=payment&limit=1')).items;
  if (posting === undefined) return;
  const preview = await world.client.get<{ by: string; steps?: { says: string }[] }>(`/v1/postings/${posting.id}/reversal`);
  world.story.say(`Reversing posting ${posting.id} over ${posting.amount.amount} ${posting.amount.currency}:`);
  world.story.table((preview.steps ?? []).map((step) => ['step', step.says]));
  const reversed = await world.client.post<{ postingId: string | null; byPersonBecause: string | null }>(`/v1/postings/${posting.id}/reversal`, { reason: 'the payer asked for its money back' });
  if (reversed.postingId === null) {
    world.report.broken.push(`posting ${posting.id} could not be reversed: ${reversed.byPersonBecause ?? 'no reason given'}`);
    return;
  }
  const done = await world.client.until<PostingWire>(`/v1/postings/${reversed.postingId}`, ({ state }) => ['verified', 'refused', 'attention', 'differs'].includes(state), REVERSAL_TIMEOUT_MS);
  if (done.state === 'verified') world.report.reversed += 1;
  else world.report.broken.push(`the reversal of posting ${posting.id} is "${done.state}": ${done.stateBecause ?? ''}`);
  world.story.say(`The reversal is ${done.state}.`);
  const evidence = await world.client.get<EvidenceWire>(`/v1/postings/${posting.id}/evidence`);
  world.story.say(`Evidence of posting ${posting.id}: ${evidence.moves.length} moves, hash chain ${evidence.chain.problems.length === 0 ? 'intact' : `broken: ${evidence.chain.problems.join('; ')}`}.`);
  if (evidence.chain.problems.length > 0) world.report.broken.push('an evidence chain does not hold');
}
