import { describeConnector } from '#connector-kit/testing';
import { keptCoverage } from './kept-coverage.js';
import { NetSuiteHarness } from './netsuite-harness.js';

/** The whole contract, by OAuth 2.0 against a OneWorld account in dollars. Other accounts are in netsuite-accounts.spec.ts. */
const makeHarness = (): NetSuiteHarness => new NetSuiteHarness();

describeConnector('NetSuite', makeHarness, keptCoverage(makeHarness));
