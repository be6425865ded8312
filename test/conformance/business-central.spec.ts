import { describeConnector } from '#connector-kit/testing';
import { BusinessCentralHarness } from './business-central-harness.js';
import { keptCoverage } from './kept-coverage.js';

/** The whole contract, by client secret, against a company in dollars whose ledger is read through "API Reports - Finance". */
const makeHarness = (): BusinessCentralHarness => new BusinessCentralHarness();

describeConnector('Business Central', makeHarness, keptCoverage(makeHarness));
