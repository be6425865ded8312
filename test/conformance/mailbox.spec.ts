import { describeConnector } from '#connector-kit/testing';
import { keptCoverage } from './kept-coverage.js';
import { MailboxHarness } from './mailbox-world.js';

const makeHarness = (): MailboxHarness => new MailboxHarness();

describeConnector('Mailbox (IMAP)', makeHarness, keptCoverage(makeHarness));
