export { proposeBatch, proposeInSteps } from './rules/batch.js';
export { percent } from './rules/confidence.js';
export { buildIndex, traitKey, type MatchingIndex } from './rules/facts-index.js';
export { CEILING, FAMILY_PRIOR, type EvidenceClass } from './rules/priors.js';
export { propose } from './rules/propose.js';
export { findReferences, referenceKey } from './rules/references.js';
export { findSubsets, type SubsetSearch } from './rules/subset-sum.js';
export * from './rules/types.js';
export * from './service/index.js';
