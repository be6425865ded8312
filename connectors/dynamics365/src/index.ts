export { businessCentral } from './business-central/index.js';
export { invoicePatchDifferences, invoicePatchRequest, type InvoicePatch, type InvoicePatchRequest } from './business-central/invoice-patch.js';
export { finance, financePackage } from './finance/connector.js';
