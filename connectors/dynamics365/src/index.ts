export { businessCentral } from './business-central/index.js';
export { finance, financePackage } from './finance/connector.js';
