export * from './api-keys.js';
export * from './audit-trail.js';
export * from './rules/audit-chain.js';
export * from './rules/roles.js';
export * from './secret-box.js';
export * from './tenants.js';
