import { intentProblems } from '#canonical';
import type { ProposalLineRow, ProposalRow } from '#storage';
import { readSettings } from './matching-settings.js';
import { decisionFrom, type DecisionFacts } from './posting-decision.js';

const line = (more: Partial<ProposalLineRow>): ProposalLineRow => ({
  proposalId: '1', document: 'invoice', documentId: '10', externalId: 'E10', customerId: '7', customerExternalId: 'C7', companyExternalId: 'US', number: 'INV-10',
  amountMinor: '10000', openBeforeMinor: '10000', discountMinor: null, writeOffMinor: null, openMinor: '10000', deleted: false, ...more,
});

function facts(amountMinor: string, lines: readonly ProposalLineRow[], more: { onAccountMinor?: string; payer?: string | null; settings?: object } = {}): DecisionFacts {
  const { onAccountMinor = '0', payer = '7', settings = {} } = more;
  const proposal = { id: '1', connectionId: '3', bankTransactionId: '5', customerId: payer, payerCustomerId: payer, currency: 'USD', onAccountMinor } as ProposalRow;
  return {
    proposal, lines, settings: readSettings(settings),
    customers: [{ id: '7', externalId: 'C7', parentId: null }, { id: '8', externalId: 'C8', parentId: '7' }],
    bankLine: { id: '5', bookedOn: '2026-03-02', amountMinor, currency: 'USD', memo: '', reference: 'REF', companyExternalId: null, bankAccountExternalId: 'B', receivablesAccountExternalId: null },
  };
}

describe('a proposal as a decision', () => {
  it('makes a part of each customer, and the parts use up the bank line', () => {
    const lines = [line({}), line({ documentId: '11', externalId: 'E11', number: 'INV-11', customerId: '8' }), line({ document: 'creditMemo', documentId: '2', externalId: 'E2', number: 'CM-2', customerId: '8', amountMinor: '-4000', openMinor: '5000' })];
    const { parts } = decisionFrom(facts('16500', lines, { onAccountMinor: '500' }));
    expect(parts.map(({ customerId, intent }) => [customerId, intent.customerExternalId, intent.amount.minor, intent.onAccount.minor])).toEqual([['7', 'C7', 10_500n, 500n], ['8', 'C8', 6_000n, 0n]]);
    for (const { intent } of parts) expect(intentProblems({ ...intent, idempotencyKey: 'key' })).toEqual([]);
  });

  it('puts money without documents on account of the payer', () => {
    const { parts } = decisionFrom(facts('900', [], { onAccountMinor: '900' }));
    expect(parts).toEqual([expect.objectContaining({ customerId: '7', intent: expect.objectContaining({ amount: { minor: 900n, currency: 'USD' }, onAccount: { minor: 900n, currency: 'USD' }, invoices: [] }) })]);
  });

  it('books a discount on the account of the settings, and asks for one where there is none', () => {
    const discounted = [line({ amountMinor: '9800', discountMinor: '200' })];
    expect(() => decisionFrom(facts('9800', discounted))).toThrow('matching.discountAccount');
    const [part] = decisionFrom(facts('9800', discounted, { settings: { discountAccount: { accountExternalId: '4900', reasonCode: 'discount' } } })).parts;
    expect(part?.intent.writeOffs).toEqual([expect.objectContaining({ externalId: 'E10', amount: { minor: 200n, currency: 'USD' }, accountExternalId: '4900', reasonCode: 'discount' })]);
    expect(part === undefined ? ['no part'] : intentProblems({ ...part.intent, idempotencyKey: 'key' })).toEqual([]);
  });

  it.each([
    ['no customer is named', facts('900', [], { onAccountMinor: '900', payer: null }), 'names no customer'],
    ['a document is gone', facts('10000', [line({ deleted: true })]), 'has deleted'],
    ['credits of a customer exceed its invoices', facts('6000', [line({}), line({ document: 'creditMemo', documentId: '2', externalId: 'E2', number: 'CM-2', customerId: '8', amountMinor: '-4000' })]), 'more credits'],
  ])('leaves it to a person when %s', (_, given, message) => {
    expect(() => decisionFrom(given)).toThrow(message);
  });
});
