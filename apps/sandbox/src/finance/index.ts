export { startFinanceSandbox, type FinanceSandbox, type FinanceSandboxOptions } from './sandbox.js';
export type { EnvironmentSettings, RequestClass as FinanceRequestClass } from './settings.js';
export type { Fault as FinanceFault, FaultKind as FinanceFaultKind } from './faults/faults.js';
export type { FinanceStats } from './http/stats.js';
export type { FinanceCredentials } from './entra/credentials.js';
export type { CompanyPlan as FinanceCompanyPlan } from './company/company.js';
export type { CompanyProfile as FinanceProfile } from './company/generate.js';
export type { CustomerSeed as FinanceCustomerSeed, DocumentSeed as FinanceDocumentSeed } from './company/mutations.js';
