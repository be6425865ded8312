export { startNetSuiteSandbox, type NetSuiteSandbox, type SandboxOptions } from './netsuite/sandbox.js';
export type { AccountSettings, RequestClass } from './netsuite/settings.js';
export type { Fault, FaultKind } from './netsuite/faults/faults.js';
export type { SandboxStats } from './netsuite/http/stats.js';
export type { M2mCredentials, TbaCredentials } from './netsuite/auth/credentials.js';
export type { CompanyProfile } from './netsuite/company/generate.js';
export type { OpenItemsReport, OpenItemFinding } from './netsuite/company/open-items.js';
export * from './business-central/index.js';
export * from './finance/index.js';
