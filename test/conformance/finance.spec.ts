import { describeConnector } from '#connector-kit/testing';
import { FinanceHarness } from './finance-harness.js';
import { keptCoverage } from './kept-coverage.js';

/** The whole contract, by client secret against an environment whose batch job posts journals. */
const makeHarness = (): FinanceHarness => new FinanceHarness();

describeConnector('Finance', makeHarness, keptCoverage(makeHarness));
