import type { AnyConnector } from '#connector-kit';
import { businessCentral, finance, financePackage } from './dynamics365/src/index.js';
import { netsuite } from './netsuite/src/index.js';

/** Every connector this build knows. Adding one is one line here, its folder, and its mappings. */
export const connectors: readonly AnyConnector[] = [netsuite, businessCentral, finance, financePackage];
