import { OPERATIONS } from '#canonical';
import { describeSentences } from './chosen-sentences.js';
import { NetSuiteHarness } from './netsuite-harness.js';

/** The same contract on accounts and connections that are set otherwise. The whole of it is in netsuite.spec.ts. */
const WRITING = [13, 14, 34, 41, 42, 48] as const;

/** Not 23: NetSuite refuses every signature more than five minutes off (reference A1), so a clock that far off reads nothing at all. */
describeSentences('NetSuite by token-based authentication', () => new NetSuiteHarness({ authentication: 'tba' }), [2, 3, 4, 9, 10, 12, 13, 14, 18, 30], ['invoice', ...OPERATIONS]);

describeSentences('NetSuite in yen, whose amounts have no decimals', () => new NetSuiteHarness({ currency: 'JPY' }), [...WRITING, 11, 29, 35]);

describeSentences('NetSuite in dinars, whose amounts have three decimals', () => new NetSuiteHarness({ currency: 'KWD' }), [...WRITING, 11, 29, 35]);

describeSentences('NetSuite without OneWorld, where no column knows a subsidiary', () => new NetSuiteHarness({ account: { oneWorld: false } }),
  [...WRITING, 2, 4, 5, 7, 19, 20, 26, 27, 28, 29, 35, 36], ['customer', 'invoice', 'payment', ...OPERATIONS]);

describeSentences('NetSuite that reverses by countering', () => new NetSuiteHarness({ config: { reversal: 'compensate' } }), [14, 31, 32, 41, 44, 45]);

describeSentences('NetSuite that voids by journals only, so that nothing is deleted', () => new NetSuiteHarness({ account: { reversingJournalVoids: true }, config: { reversal: 'compensate' } }), [14]);

describeSentences('NetSuite that wants a reason for every deletion', () => new NetSuiteHarness({ account: { deletionReasonRequired: true }, config: { deletionReasonId: '1' } }), [14, 44, 45]);

describeSentences('NetSuite that takes postings as jobs', () => new NetSuiteHarness({ config: { asyncPosting: true } }), [...WRITING, 10, 11, 12, 28, 30, 37, 38, 39, 40, 43, 44, 49]);
