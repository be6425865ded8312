import fc from 'fast-check';
import { parseLocalDate, type DocumentShare, type Money, type PostingIntent } from '#canonical';
import { intentFromJson, intentToJson, type StoredIntent } from './intent-json.js';

const minor = fc.bigInt({ min: 0n, max: 10n ** 17n });

describe('an intent as it is stored', () => {
  it('comes back as it was, to the minor unit, in any currency', () => {
    fc.assert(fc.property(fc.constantFrom('USD', 'JPY', 'KWD'), fc.array(minor, { minLength: 4, maxLength: 4 }), fc.option(fc.string()), (currency, amounts, memo) => {
      const money = (index: number): Money => ({ minor: amounts[index] ?? 0n, currency });
      const share: DocumentShare = { externalId: '7', number: 'INV-7', lineExternalId: null, amount: money(0), openBefore: money(1) };
      const intent: PostingIntent = {
        idempotencyKey: 'trb-1', customerExternalId: 'c', companyExternalId: null, postedOn: parseLocalDate('2026-02-28'), amount: money(2), bankAccountExternalId: '1000',
        receivablesAccountExternalId: null, reference: 'R', memo, invoices: [share, { ...share, earlyDiscount: { amount: money(3), until: parseLocalDate('2026-03-10') } }], credits: [{ ...share, lineExternalId: '2' }],
        writeOffs: [{ ...share, accountExternalId: '6000', reasonCode: 'freight' }], onAccount: money(3),
      };
      expect(intentFromJson(JSON.parse(JSON.stringify(intentToJson(intent))) as StoredIntent)).toEqual(intent);
    }));
  });
});
