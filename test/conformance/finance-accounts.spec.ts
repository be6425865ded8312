import { OPERATIONS } from '#canonical';
import { describeSentences } from './chosen-sentences.js';
import { FinanceHarness } from './finance-harness.js';

/** The same contract on environments and connections that are set otherwise. The whole of it is in finance.spec.ts. */
const WRITING = [10, 11, 12, 13, 34, 38, 40] as const;

describeSentences('Finance by certificate', () => new FinanceHarness({ authentication: 'certificate' }), [2, 3, 9, 10, 18, 30], ['invoice', ...OPERATIONS]);

describeSentences('Finance in yen, whose amounts have no decimals', () => new FinanceHarness({ currency: 'JPY' }), [...WRITING, 35]);

describeSentences('Finance whose next pages carry a token', () => new FinanceHarness({ environment: { nextLink: 'token' } }), [4, 8, 19, 20, 24, 25, 26, 27, 50], ['company', 'customer', 'invoice']);

describeSentences('Finance that gives a line its voucher when it is posted', () => new FinanceHarness({ environment: { voucherAllocationAtPosting: false } }), [...WRITING]);

describeSentences('Finance that writes company codes in capitals', () => new FinanceHarness({ environment: { legalEntityIdCase: 'upper' } }), [2, 4, 8, 13, 19, 26], ['company', 'customer', ...OPERATIONS]);

describeSentences('Finance that lets two journals mark one invoice', () => new FinanceHarness({ environment: { marksLock: false } }), [...WRITING, 35]);
