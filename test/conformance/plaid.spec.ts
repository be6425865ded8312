import { describeConnector } from '#connector-kit/testing';
import { PlaidHarness } from '../../connectors/plaid/src/testing/index.js';
import { keptCoverage } from './kept-coverage.js';

/** The whole contract over a Plaid of this repository's own, made from the reference and from nothing else. */
const makeHarness = (): PlaidHarness => new PlaidHarness();

describeConnector('Plaid', makeHarness, keptCoverage(makeHarness));
