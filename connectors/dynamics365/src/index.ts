export { finance, financePackage } from './finance/connector.js';
