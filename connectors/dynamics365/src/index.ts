export { finance } from './finance/connector.js';
