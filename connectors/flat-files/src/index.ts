export { csv } from './csv/csv.js';
export { s3 } from './s3/s3.js';
export { sftp } from './sftp/sftp.js';
