export * from './posting-lane.js';
export * from './posting-records.js';
export * from './posting-rows.js';
export * from './decision-facts.js';
