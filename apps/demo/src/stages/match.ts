import type { ProposalWire } from '../wire.js';
import type { World } from '../world.js';

const SHOWN = 4;

const RATIONALE_SHOWN = 330;

function firstSentences(rationale: string): string {
  return rationale.length <= RATIONALE_SHOWN ? rationale : `${rationale.slice(0, RATIONALE_SHOWN)}...`;
}

/** The matcher proposes; a few of its answers are told in its own words. */
export async function match(world: World): Promise<ProposalWire[]> {
  const run = await world.client.post<{ matched: number; written: number }>('/v1/match-runs');
  const proposals = await world.client.all<ProposalWire>('/v1/match-proposals?status=current');
  world.report.proposals = proposals.length;
  const safe = proposals.filter((proposal) => proposal.autoApply.allowed);
  world.story.say(`${run.matched} bank lines looked at, ${proposals.length} proposals, ${safe.length} of them safe enough to apply without a look.`);
  const families = new Set<string>();
  for (const proposal of [...safe, ...proposals]) {
    if (families.size === SHOWN || families.has(proposal.family)) continue;
    families.add(proposal.family);
    world.story.say(`- ${proposal.amount.amount} ${proposal.amount.currency}, ${(proposal.probability * 100).toFixed(1)} % sure: ${firstSentences(proposal.rationale)}`);
  }
  if (proposals.length === 0) world.report.broken.push('the matcher proposed nothing');
  return proposals;
}
