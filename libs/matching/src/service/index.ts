export { MatchingError } from './matching-error.js';
export { MatchingService, type MatchingDependencies, type MatchRunOptions, type ProposalWithLines } from './matching-service.js';
export type { MatchRunResult } from './match-run.js';
export { readSettings, type DifferenceAccount, type TenantMatchingSettings } from './matching-settings.js';
export type { DecidedCash } from './learn.js';
export type { ProposedDecision } from './posting-decision.js';
export type { StoredProposal, StoredProposalLine } from './stored-proposal.js';
