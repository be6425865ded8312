export type { SftpFault } from './faults.js';
export * from './sftp-sandbox.js';
