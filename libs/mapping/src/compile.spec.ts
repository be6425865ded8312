import { ENTITY_SCHEMAS, parseJsonKeepingNumberText, type JsonObject } from '#canonical';
import { compileMapping, formatProblem, loadReadMapping, type CompileOptions } from './index.js';

const FILE = 'mappings/netsuite/payment.read.yaml';
const PAYMENT = `mapping: netsuite.payment.read
version: 3
from: { connector: netsuite, record: customerPayment }
to: payment
fields:
  externalId:         { from: id }
  number:             { from: tranId }
  kind:               { value: payment }
  customerExternalId: { from: customer.id }
  currency:           { from: currency.refName, via: currency, of: { US Dollar: USD } }
  receivedOn:         { from: tranDate, via: date }
  total:              { from: payment, via: money }
  unapplied:          { from: unapplied, via: money, default: { value: "0", because: the field is not sent when all is applied } }
  status:             { from: status.id, via: oneOf, of: { A: draft, B: undeposited, C: deposited, V: void } }
  reference:          { from: [checkNumber, otherRefNum], via: firstOf, optional: true }
  idempotencyKey:     { from: externalId, optional: true }
  memo:               { from: memo, via: trim, optional: true }
  allocations:
    each: apply.items
    only: { apply: "true" }
    fields:
      invoiceExternalId: { from: doc.id }
      lineExternalId:    { from: line, via: integer }
      amount:            { from: amount, via: money }
      discount:          { from: disc, via: money, optional: true, negate: true }
      appliedOn:         { from: /tranDate, via: date }
absent:
  companyExternalId: a single-company account sends no subsidiary
rest: extras
ignore: { links: carries no data }
`;

const RECORD = `{
  "links": [{"rel": "self"}], "id": "77", "tranId": "PYMT9", "customer": {"id": "5", "refName": "Acme"}, "currency": {"refName": "US Dollar"},
  "tranDate": "2026-03-01", "payment": 12345678901234567.89, "status": {"id": "C"}, "checkNumber": "", "otherRefNum": 9007199254740993, "memo": "  ",
  "apply": {"items": [
    {"apply": true, "doc": {"id": "1"}, "line": 0, "amount": 100.10, "disc": 1.5},
    {"apply": false, "doc": {"id": "2"}, "line": 0, "amount": 0}
  ]},
  "custbody": {"region": "North", "a.b": 1}, "__proto__": {"polluted": true}, "constructor": "x"
}`;

const record = (text = RECORD): JsonObject => parseJsonKeepingNumberText(text) as JsonObject;
const compiled = (text = PAYMENT, options: CompileOptions = {}) => compileMapping(loadReadMapping(text, FILE), options);
const changed = (change: JsonObject): JsonObject => ({ ...record(), ...change });
const usd = (minor: bigint) => ({ minor, currency: 'USD' });

/** Problems of a record as text; fails when it was mapped. */
function problemsOf(change: JsonObject, text = PAYMENT): string[] {
  const mapped = compiled(text).apply(changed(change));
  if (mapped.ok) throw new Error('the record was mapped');
  return mapped.problems.map(formatProblem);
}

describe('a compiled mapping', () => {
  it('makes a canonical record that its schema takes, amounts exact to the last digit', () => {
    const mapped = compiled().apply(record());
    expect(mapped).toEqual({
      ok: true,
      value: {
        externalId: '77', number: 'PYMT9', kind: 'payment', customerExternalId: '5', companyExternalId: null, currency: 'USD',
        receivedOn: '2026-03-01', total: usd(1234567890123456789n), unapplied: usd(0n), status: 'deposited', reference: '9007199254740993',
        idempotencyKey: null, memo: null,
        allocations: [{ invoiceExternalId: '1', lineExternalId: '0', amount: usd(10010n), discount: usd(-150n), appliedOn: '2026-03-01' }],
        extras: { 'customer.refName': 'Acme', 'custbody.region': 'North', 'custbody["a.b"]': '1', '["__proto__"].polluted': 'true', '["constructor"]': 'x' },
      },
    });
    expect(ENTITY_SCHEMAS.payment.safeParse(mapped.ok ? mapped.value : null).success).toBe(true);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it('reports every problem of a record at once, with file, line, field, source, transform and value', () => {
    const problems = problemsOf({ tranDate: '2026-02-29', payment: '1,234.10', status: { id: 'Z' }, apply: { items: [{ apply: 'true', doc: null, line: '1.5', amount: '1.001' }] } });
    expect(problems[0]).toBe([
      `${FILE}:11  receivedOn`, '  from    tranDate = "2026-02-29"', '  via     date', '  problem "2026-02-29" is not a calendar day (YYYY-MM-DD)',
    ].join('\n'));
    expect(problems[1]).toBe([
      `${FILE}:12  total`, '  from    payment = "1,234.10"', '  via     money', '  problem "1,234.10" is not a plain decimal number',
    ].join('\n'));
    expect(problems.slice(2).map((problem) => problem.split('\n').map((line) => line.trim()).join(' | '))).toEqual([
      `${FILE}:14  status | from    status.id = "Z" | via     oneOf | problem "Z" is not among A, B, C, V`,
      `${FILE}:22  allocations[0].invoiceExternalId | from    apply.items[0].doc.id | via     text | problem is missing`,
      `${FILE}:23  allocations[0].lineExternalId | from    apply.items[0].line = "1.5" | via     integer | problem "1.5" is not a whole number`,
      `${FILE}:24  allocations[0].amount | from    apply.items[0].amount = "1.001" | via     money | problem "1.001" has more than 2 decimal places`,
      `${FILE}:26  allocations[0].appliedOn | from    tranDate = "2026-02-29" | via     date | problem "2026-02-29" is not a calendar day (YYYY-MM-DD)`,
    ]);
  });

  it('reports an unknown currency once, and still judges the form of the amounts', () => {
    const problems = problemsOf({ currency: { refName: 'Dollars' }, payment: 'ten' });
    expect(problems).toHaveLength(2);
    expect(problems[0]).toContain('"Dollars" is not an ISO 4217 currency code');
    expect(problems[1]).toContain('"ten" is not a plain decimal number');
  });

  it('refuses binary numbers, so a reader that forgot to keep number text fails on its first record', () => {
    expect(problemsOf({ payment: 12.1 })[0]).toContain('12.1 is a binary number; read the answer with parseJsonKeepingNumberText');
  });

  it('tells missing, null, empty and nested values apart', () => {
    const said = (value: JsonObject['x']) => problemsOf({ tranId: value ?? null })[0]?.split('problem ')[1];
    expect([said(null), said(''), said({ id: '1' }), said(['1'])]).toEqual(['is null', 'is empty', 'is not a single value', 'is not a single value']);
  });

  it('refuses a list that is missing, no list or longer than the bound', () => {
    expect(problemsOf({ apply: null })[0]).toContain('problem is missing');
    expect(problemsOf({ apply: { items: { id: '1' } } })[0]).toContain('problem is not a list');
    expect(problemsOf({ apply: { items: Array.from({ length: 10_001 }, () => null) } })[0]).toContain('has more than 10000 rows');
  });

  it('says how many problems it left out', () => {
    const items = Array.from({ length: 60 }, () => ({ apply: 'true', doc: { id: '1' }, line: 'x', amount: 'y' }));
    const problems = problemsOf({ apply: { items } });
    expect(problems).toHaveLength(101);
    expect(problems.some((problem) => problem.includes('has 20 more problems'))).toBe(true);
  });

  it('refuses what is no record at all', () => {
    expect(compiled().apply([] as unknown as JsonObject)).toMatchObject({ ok: false, problems: [{ field: 'payment', problem: 'is not a record' }] });
  });

  it('bounds extras and says what it left out', () => {
    const wide = Object.fromEntries(Array.from({ length: 250 }, (_, index) => [`custbody${index}`, 'x']));
    const mapped = compiled().apply(changed({ ...wide, long: 'y'.repeat(5_000) }));
    const extras = mapped.ok ? mapped.value.extras : {};
    expect(Object.keys(extras)).toHaveLength(201);
    expect(extras['(left out)']).toBe('56');
  });

  it('keeps nothing in extras that the database would refuse the page for', () => {
    const mapped = compiled().apply(changed({ nul: 'a\0b', half: 'a\ud800', 'ke\0y': 'x', long: `${'y'.repeat(1_998)}😀 and more` }));
    expect(mapped).toMatchObject({ ok: true, value: { extras: { nul: 'a\uFFFDb', half: 'a\uFFFD', long: `${'y'.repeat(1_998)}\uFFFD…` } } });
    expect(mapped.ok && JSON.stringify(mapped.value.extras)).not.toMatch(/\\u(0000|d8)/);
  });
});

describe('custom transforms', () => {
  const text = PAYMENT.replace('from: memo, via: trim,', 'from: memo, via: custom.shout, options: { end: "!" },');

  it('run with their options and are read by the kind of their target', () => {
    const shout = (value: string, options: JsonObject) => value.toUpperCase() + String(options['end']);
    const mapped = compiled(text, { transforms: { shout } }).apply(changed({ memo: 'paid' }));
    expect(mapped).toMatchObject({ ok: true, value: { memo: 'PAID!' } });
  });

  it('that throw or give no text are a problem of the value, not of the process', () => {
    const failing = compiled(text, { transforms: { shout: () => { throw new Error('no vowels'); } } }).apply(changed({ memo: 'x' }));
    const wrong = compiled(text, { transforms: { shout: (() => 12) as unknown as () => string } }).apply(changed({ memo: 'x' }));
    expect(failing).toMatchObject({ ok: false, problems: [{ field: 'memo', via: 'custom.shout', problem: 'no vowels' }] });
    expect(wrong).toMatchObject({ ok: false, problems: [{ problem: 'custom.shout gave no text' }] });
  });

  it('that the connector does not export stop the compilation, inherited names too', () => {
    expect(() => compiled(text)).toThrow(`${FILE}:17 memo: the connector has no transform "shout"; the connector exports no transforms`);
    expect(() => compiled(text.replace('shout', 'toString'), { transforms: { shout: String } })).toThrow('the connector exports shout');
  });
});

describe('an overlay', () => {
  const OVERLAY = `overlays: netsuite.payment.read
version: 2
from: { connector: netsuite, record: customerPayment }
to: payment
fields:
  companyExternalId: { from: subsidiary.id }
  memo: { from: custbody_memo, optional: true }
  extras.region: { from: custbody.region, via: upper }
`;
  const overlay = () => loadReadMapping(OVERLAY, 'connection 7');

  it('replaces and adds fields, and errors name its own file', () => {
    const both = compiled(PAYMENT, { overlay: overlay() });
    const mapped = both.apply(changed({ subsidiary: { id: '3' }, custbody_memo: 'ours' }));
    expect(mapped).toMatchObject({ ok: true, value: { companyExternalId: '3', memo: 'ours', extras: { region: 'NORTH' } } });
    expect(mapped.ok && 'custbody.region' in mapped.value.extras).toBe(false);
    expect(both.apply(record())).toMatchObject({ ok: false, problems: [{ file: 'connection 7', line: 6, field: 'companyExternalId', problem: 'is missing' }] });
  });

  it('of another mapping is refused, and so is one that stands alone', () => {
    const other = loadReadMapping(OVERLAY.replace('payment.read', 'invoice.read'), 'connection 7');
    expect(() => compiled(PAYMENT, { overlay: other })).toThrow('connection 7:1: overlays netsuite.invoice.read, not netsuite.payment.read; write "overlays: netsuite.payment.read"');
    expect(() => compileMapping(overlay())).toThrow('is an overlay and cannot stand alone');
    expect(() => compiled(PAYMENT, { overlay: loadReadMapping(PAYMENT, 'x.yaml') })).toThrow('is a whole mapping, not an overlay');
  });
});
