import { describeConnector } from '#connector-kit/testing';
import { NetSuiteHarness } from './netsuite-harness.js';

describeConnector('NetSuite (OAuth 2.0)', () => new NetSuiteHarness());
