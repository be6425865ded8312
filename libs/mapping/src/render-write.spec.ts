import { canonicalToJson, parseMoney, stringifyKeepingNumberText, type Json } from '#canonical';
import { loadMapping, loadWriteMapping, MappingFileError, MappingProblemsError, renderWrite } from './index.js';

const FILE = 'mappings/demo/payment.post.yaml';
const POST = `mapping: demo.payment.post
version: 1
from: postPayment
to: { connector: demo, record: customerPayment }
fields:
  customer.id:     { from: customerExternalId }
  subsidiary.id:   { from: companyExternalId, omitWhenNull: true }
  account.id:      { from: bankAccountExternalId, optional: true }
  currency.name:   { from: amount.currency }
  payment:         { from: amount, via: moneyNumber }
  paymentText:     { from: amount, via: money, negate: true }
  tranDate:        { from: postedOn, via: date, format: D.M.YYYY }
  memo:            { from: memo, via: cut, length: "5", omitWhenNull: true }
  label:           { from: [reference, idempotencyKey], via: concat, separator: / }
  autoApply:       { value: "false", via: boolean }
  kind:            { from: kind, via: oneOf, of: { payment: P }, default: { value: payment, because: the demo knows one kind } }
  previous:        { from: previous, via: asIs, omitWhenNull: true }
  apply.items:
    each: invoices
    fields:
      doc.id: { from: externalId }
      line:   { from: lineExternalId, via: integer, default: { value: "0", because: the header line is 0 } }
      apply:  { value: "true", via: boolean }
      amount: { from: amount, via: moneyNumber }
      batch:  { from: /idempotencyKey }
  credit.items:
    each: credits
    omitWhenEmpty: true
    fields:
      doc.id: { from: externalId }
  numbers:
    each: invoices
    from: number
`;

const value: Json = {
  idempotencyKey: 'key-1', customerExternalId: '5', companyExternalId: null, bankAccountExternalId: null, postedOn: '2026-03-01', memo: 'thanks a lot',
  reference: null, previous: { $step: 'key-0' }, credits: [],
  amount: canonicalToJson(parseMoney('12345678901234567.89', 'USD')),
  invoices: [{ externalId: '1', number: 'INV1', lineExternalId: null, amount: '0.10' }, { externalId: '2', number: 'INV2', lineExternalId: '3', amount: '007.' }],
};

const mapping = (text = POST) => loadWriteMapping(text, FILE);

describe('a write mapping', () => {
  it('renders the body of a request, amounts exact to the last digit', () => {
    const body = renderWrite(mapping(), value);
    expect(body).toEqual({
      customer: { id: '5' }, account: { id: null }, currency: { name: 'USD' },
      payment: { $number: '12345678901234567.89' }, paymentText: '-12345678901234567.89', tranDate: '1.3.2026', memo: 'thank', label: 'key-1',
      autoApply: false, kind: 'P', previous: { $step: 'key-0' },
      apply: { items: [
        { doc: { id: '1' }, line: { $number: '0' }, apply: true, amount: { $number: '0.10' }, batch: 'key-1' },
        { doc: { id: '2' }, line: { $number: '3' }, apply: true, amount: { $number: '7' }, batch: 'key-1' },
      ] },
      numbers: ['INV1', 'INV2'],
    });
    expect(stringifyKeepingNumberText(body)).toContain('"payment":12345678901234567.89,');
  });

  it('throws with every problem of a value, so that nothing is sent in part', () => {
    const wrong = { ...value, amount: 12.5, postedOn: '2026-02-29', invoices: [{ externalId: null, number: 'x', amount: '1e3' }] };
    const problems = ((): readonly string[] => {
      try { renderWrite(mapping(), wrong); } catch (error) { if (error instanceof MappingProblemsError) return error.message.split('\n').map((line) => line.trim()); }
      return [];
    })();
    expect(problems.filter((line) => line.startsWith('problem'))).toEqual([
      'problem is missing',
      'problem is not an amount: hand in decimal text or { amount, currency }',
      'problem is not an amount: hand in decimal text or { amount, currency }',
      'problem "2026-02-29" is not a calendar day (YYYY-MM-DD)',
      'problem is null',
      'problem "1e3" is not a plain decimal number',
    ]);
    expect(problems).toContain(`${FILE}:21  apply.items[0].doc.id`);
  });

  it('refuses an unlisted code and a missing list', () => {
    expect(() => renderWrite(mapping(), { ...value, kind: 'refund' })).toThrow('"refund" is not among payment');
    expect(() => renderWrite(mapping(), { ...value, credits: null })).toThrow('is null');
  });

  it('takes a connection\'s own fields', () => {
    const overlay = loadWriteMapping('overlays: demo.payment.post\nversion: 1\nfrom: postPayment\nto: { connector: demo, record: customerPayment }\nfields:\n  custbody_source: { value: hub }\n', 'connection 7');
    expect(renderWrite(mapping(), value, { overlay })).toMatchObject({ custbody_source: 'hub', tranDate: '1.3.2026' });
    expect(() => renderWrite(overlay, value)).toThrow(MappingFileError);
  });

  it.each([
    ['a value where an object is needed', POST.replace('  memo: ', '  customer: { from: memo }\n  memo: '), 'customer.id: "customer" is written as a value on line 13'],
    ['an inherited output name', POST.replace('  memo: ', '  a.__proto__: '), 'names "__proto__"'],
    ['a cut without a length', POST.replace(', length: "5"', ''), 'memo: cut needs "length"; write length: <whole number>'],
    ['a read transform', POST.replace('via: asIs', 'via: dayOfInstant'), 'no transform is called "dayOfInstant"'],
  ])('refuses %s at load', (_what, text, expected) => {
    expect(() => loadMapping(text, FILE)).toThrow(expected);
  });
});
