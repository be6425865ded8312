import { describeConnector } from '#connector-kit/testing';
import { BusinessCentralHarness } from './business-central-harness.js';
import { keptCoverage } from './kept-coverage.js';

/** The whole contract, by client secret, against a company in dollars: at its best, with the companion extension, and as most have it, its ledger read through "API Reports - Finance". */
const atItsBest = (): BusinessCentralHarness => new BusinessCentralHarness({ tenant: { companionInstalled: true } });

describeConnector('Business Central (with the companion extension)', atItsBest, keptCoverage(atItsBest));
describeConnector('Business Central', () => new BusinessCentralHarness());
