export { imap } from './connector.js';
