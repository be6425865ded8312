import { parseLocalDate } from '#canonical';
import { invoicePatchRequest, invoiceTermsIn } from './invoice-patch.js';

const day = parseLocalDate('2026-04-01');
const ETAG = 'W/"JzQ0OzE="';

describe('a change of a posted invoice', () => {
  it('names the four fields in Business Central\'s words, with the etag', () => {
    expect(invoicePatchRequest('i1', ETAG, { dueOn: day, promisedOn: day, disputeStatus: 'PRICE' })).toEqual({
      method: 'PATCH', path: 'salesInvoices(i1)', headers: { 'if-match': ETAG }, body: { dueDate: '2026-04-01', promisedPayDate: '2026-04-01', disputeStatus: 'PRICE' },
    });
  });

  it('takes a promise or a dispute off with the words for nothing, and leaves out what is not meant', () => {
    expect(invoicePatchRequest('i1', '*', { promisedOn: null, disputeStatus: null })).toMatchObject({ body: { promisedPayDate: '0001-01-01', disputeStatus: '' } });
    expect(invoicePatchRequest('i1', '*', { dueOn: day })).toMatchObject({ body: { dueDate: '2026-04-01' } });
  });

  it.each([
    ['nothing at all', '*', {}, 'patch'], ['no etag', '', { dueOn: day }, 'etag'], ['a bare etag', 'abc', { dueOn: day }, 'etag'], ['a long status', '*', { disputeStatus: 'MUCH-TOO-LONG' }, 'disputeStatus'], ['no due day any more', '*', { dueOn: null }, 'dueOn'],
  ])('is refused with %s', (_what, etag, patch, path) => {
    const request = invoicePatchRequest('i1', etag, patch);
    expect('refusals' in request ? request.refusals.map((refusal) => refusal.path) : []).toEqual([path]);
  });

  it('is told from a row, with the words for nothing as none', () => {
    expect(invoiceTermsIn({ dueDate: '2026-04-01', promisedPayDate: '0001-01-01', disputeStatus: '' })).toEqual({ dueOn: day, promisedOn: null, disputeStatus: null });
  });
});
