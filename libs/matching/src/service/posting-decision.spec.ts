import type { ProposalLineRow, ProposalRow } from '#storage';
import { readSettings } from './matching-settings.js';
import { decisionFrom, type DecisionFacts } from './posting-decision.js';

const line = (more: Partial<ProposalLineRow>): ProposalLineRow => ({
  proposalId: '1', document: 'invoice', documentId: '10', externalId: 'E10', customerId: '7', customerExternalId: 'C7', companyExternalId: 'US', number: 'INV-10',
  amountMinor: '10000', openBeforeMinor: '10000', discountMinor: null, writeOffMinor: null, openMinor: '10000', deleted: false, ...more,
});
const usd = (minor: bigint) => ({ minor, currency: 'USD' });

function facts(lines: readonly ProposalLineRow[], more: { onAccountMinor?: string; customer?: string | null; payer?: string | null; settings?: object } = {}): DecisionFacts {
  const { onAccountMinor = '0', customer = '7', payer = '7', settings = {} } = more;
  const proposal = { id: '1', connectionId: '3', bankTransactionId: '5', customerId: customer, payerCustomerId: payer, currency: 'USD', onAccountMinor } as ProposalRow;
  return { proposal, lines, settings: readSettings(settings) };
}

describe('a proposal as a decision', () => {
  it('names documents by their ids with positive amounts, credits apart from invoices, and splits nothing', () => {
    const lines = [line({}), line({ documentId: '11', customerId: '8', companyExternalId: 'DE' }), line({ document: 'creditMemo', documentId: '2', customerId: '8', amountMinor: '-4000' })];
    expect(decisionFrom(facts(lines, { onAccountMinor: '500' }))).toEqual({
      bankTransactionId: '5',
      decision: {
        customerId: '7', invoices: [{ invoiceId: '10', amount: usd(10_000n) }, { invoiceId: '11', amount: usd(10_000n) }],
        credits: [{ creditId: '2', kind: 'creditMemo', amount: usd(4_000n) }], writeOffs: [], onAccount: usd(500n),
      },
    });
  });

  it.each([
    ['the payer, without documents', facts([], { onAccountMinor: '900', customer: '8', payer: '7' }), '7'],
    ['the customer whose documents alone are settled, though a parent paid', facts([line({ customerId: '8' })], { customer: '8', payer: '7' }), '8'],
    ['the payer, where documents of several are settled', facts([line({ customerId: '8' }), line({ customerId: '9' })], { customer: '8', payer: '7' }), '7'],
  ])('puts what is on account with %s', (_, given, customerId) => {
    expect(decisionFrom(given).decision.customerId).toBe(customerId);
  });

  it('books a discount on the account of the settings, and asks for one where there is none', () => {
    const discounted = [line({ amountMinor: '9800', discountMinor: '200' })];
    expect(() => decisionFrom(facts(discounted))).toThrow('matching.discountAccount');
    const { decision } = decisionFrom(facts(discounted, { settings: { discountAccount: { accountExternalId: '4900', reasonCode: 'discount' } } }));
    expect(decision.writeOffs).toEqual([{ invoiceId: '10', amount: usd(200n), accountExternalId: '4900', reasonCode: 'discount' }]);
  });

  it.each([
    ['no customer is named', facts([], { onAccountMinor: '900', customer: null, payer: null }), 'names no customer'],
    ['a document is gone', facts([line({ deleted: true })]), 'has deleted'],
  ])('leaves it to a person when %s', (_, given, message) => {
    expect(() => decisionFrom(given)).toThrow(message);
  });
});
