export { startBusinessCentralSandbox, type BusinessCentralSandbox, type BusinessCentralSandboxOptions } from './sandbox.js';
export type { TenantSettings, RequestClass as BusinessCentralRequestClass } from './settings.js';
export type { Fault as BusinessCentralFault, FaultKind as BusinessCentralFaultKind } from './faults/faults.js';
export type { BusinessCentralStats } from './http/stats.js';
export type { ClientCredentials as BusinessCentralCredentials } from './auth/entra.js';
export type { CompanyProfile as BusinessCentralProfile } from './company/generate.js';
export type { DocumentWish, PaymentWish } from './company/elsewhere.js';
export { bankBookOf as businessCentralBankBook } from './company/bank-book.js';
export type { ForeignPlan, ForeignReport } from './limits/foreign-client.js';
