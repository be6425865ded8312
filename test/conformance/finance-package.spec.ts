import { describeConnector } from '#connector-kit/testing';
import { FinancePackageHarness } from './finance-package-harness.js';
import { keptCoverage } from './kept-coverage.js';

/** The whole contract for the connector whose postings travel in data packages. */
const makeHarness = (): FinancePackageHarness => new FinancePackageHarness();

describeConnector('Finance by data package', makeHarness, keptCoverage(makeHarness));
