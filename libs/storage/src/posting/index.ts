export * from './batch-lane.js';
export * from './batch-records.js';
export * from './batch-rows.js';
export * from './posting-lane.js';
export * from './posting-records.js';
export * from './posting-rows.js';
export * from './contradicted-settlements.js';
export * from './decision-facts.js';
