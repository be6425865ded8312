import type { AnyConnector } from '#connector-kit';
import { businessCentral, finance, financePackage } from './dynamics365/src/index.js';
import { csv, s3, sftp } from './flat-files/src/index.js';
import { imap } from './mailbox/src/index.js';
import { netsuite } from './netsuite/src/index.js';
import { plaid } from './plaid/src/index.js';

/** Every connector this build knows. Adding one is one line here, its folder, and its mappings. */
export const connectors: readonly AnyConnector[] = [netsuite, businessCentral, finance, financePackage, plaid, sftp, s3, csv, imap];
