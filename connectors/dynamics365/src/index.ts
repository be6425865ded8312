export { businessCentral } from './business-central/index.js';
