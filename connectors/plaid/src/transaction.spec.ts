import type { FeedTransaction } from '#connector-kit';
import { SYNC_ANSWER } from './shapes.js';
import { feedTransaction } from './transaction.js';

const META = { reference_number: null, ppd_id: null, payee: null, by_order_of: null, payer: null, payment_method: null, payment_processor: null, reason: null };

function transactionOf(given: Record<string, unknown>): FeedTransaction {
  const row = {
    transaction_id: 't1', account_id: 'a1', amount: '-12.30', iso_currency_code: 'USD', unofficial_currency_code: null, date: '2026-03-02', name: 'ACH ACME', pending: false,
    pending_transaction_id: null, payment_meta: META, counterparties: [], ...given,
  };
  const { added: [read] } = SYNC_ANSWER.parse({ added: [row], modified: [], removed: [], next_cursor: 'c', has_more: false });
  if (read === undefined) throw new Error('no row was read');
  return feedTransaction(read.row, read.raw);
}

describe('a row of Plaid in the contract\'s words', () => {
  it('has the sign turned, and is kept as received', () => {
    expect(transactionOf({ logo_url: null, merchant_name: '  ' })).toMatchObject({
      externalId: 't1', accountExternalId: 'a1', amount: '12.30', currency: 'USD', bookedOn: '2026-03-02', pending: false, replacesExternalId: null, memo: 'ACH ACME', kind: 'other',
      payer: { name: null, account: null, id: null }, payload: { amount: '-12.30', logo_url: null, merchant_name: '  ' },
    });
  });

  it.each<[Record<string, unknown>, FeedTransaction['kind']]>([
    [{ check_number: '114' }, 'check'], [{ transaction_code: 'cheque' }, 'check'], [{ payment_meta: { ...META, payment_method: 'ACH' } }, 'ach'],
    [{ payment_meta: { ...META, by_order_of: 'ACME' } }, 'wire'], [{ transaction_code: 'bank charge' }, 'fee'], [{ transaction_code: 'interest' }, 'interest'], [{}, 'other'],
  ])('with %j is of kind %s', (given, kind) => {
    expect(transactionOf(given).kind).toBe(kind);
  });

  it('names who sent money, by what the bank says before what is guessed', () => {
    const counterparties = [{ name: 'Guessed', account_numbers: { international: { iban: 'GB33' }, bacs: null } }];
    expect(transactionOf({ counterparties, payment_meta: { ...META, payer: 'ACME GmbH', ppd_id: '1234567890' } }).payer).toEqual({ name: 'ACME GmbH', account: 'GB33', id: '1234567890' });
    expect(transactionOf({ counterparties, merchant_name: 'Shop' }).payer.name).toBe('Guessed');
    expect(transactionOf({ amount: '5', merchant_name: 'Shop' }).payer.name).toBeNull();
  });

  it('has the bank\'s own text and the payer\'s, each once', () => {
    expect(transactionOf({ original_description: 'ORIG INV 9', payment_meta: { ...META, reason: 'INV 9' } }).memo).toBe('ORIG INV 9');
    expect(transactionOf({ original_description: 'ORIG', payment_meta: { ...META, reason: 'INV 9' } }).memo).toBe('ORIG INV 9');
  });

  it('in a currency that is none of ISO 4217 has none', () => {
    expect(transactionOf({ iso_currency_code: null, unofficial_currency_code: 'BTC' }).currency).toBeNull();
    expect(transactionOf({ iso_currency_code: 'XX1' }).currency).toBeNull();
  });

  it.each([[{ amount: 'ten' }], [{ date: '2026-02-30' }], [{ transaction_id: '' }]])('is refused with %j', (given) => {
    expect(() => transactionOf(given)).toThrow();
  });
});
