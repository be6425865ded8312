import { type Json, type JsonObject } from '#canonical';
import { compileMapping, loadReadMapping } from './index.js';

/** A customer mapping with one line changed. */
const customer = (lines: string) => compileMapping(loadReadMapping(`mapping: demo.customer.read
version: 1
from: { connector: demo, record: customer }
to: customer
fields:
  externalId: { value: "1" }
  name: { value: Acme }
  active: { value: "true" }
${lines}
absent: { extras: none${['otherNames', 'number', 'email', 'phone', 'currency', 'parentExternalId', 'companyExternalId'].filter((field) => !lines.includes(`${field}:`)).map((field) => `, ${field}: none`).join('')} }
`, 'c.yaml'));

const invoice = (rule: string) => compileMapping(loadReadMapping(`mapping: demo.invoice.read
version: 1
from: { connector: demo, record: invoice }
to: invoice
fields:
  externalId: { value: "1" }
  number: { value: "1" }
  customerExternalId: { value: "1" }
  currency: { value: USD }
  issuedOn: { value: "2026-01-01" }
  dueOn: ${rule.startsWith('due') ? rule.slice(4) : '{ value: "2026-01-01" }'}
  total: ${rule.startsWith('total') ? rule.slice(6) : '{ value: "0" }'}
  open: { value: "0" }
  status: { value: open }
absent: { companyExternalId: none, purchaseOrder: none, memo: none, instalments: none, extras: none }
`, 'i.yaml'));

/** The field's value, or the problem. */
function valueOf(compiled: ReturnType<typeof customer>, field: string, record: JsonObject): unknown {
  const mapped = compiled.apply(record);
  return mapped.ok ? (mapped.value as unknown as Record<string, unknown>)[field] : mapped.problems.map((problem) => problem.problem).join('; ');
}

describe('text transforms', () => {
  it.each<[string, Json, unknown]>([
    ['{ from: x }', ' a ', ' a '],
    ['{ from: x, via: trim }', ' a ', 'a'],
    ['{ from: x, via: trim }', '  ', 'is missing'],
    ['{ from: x, via: upper }', ' ab ', 'AB'],
    ['{ from: x, via: lower }', 'A@B.example', 'a@b.example'],
    ['{ from: x, via: integer }', '007.0', '7'],
    ['{ from: x, via: integer }', '-0', '0'],
    ['{ from: x, via: integer }', '1e3', '"1e3" is not a whole number'],
    ['{ from: x }', true, 'true'],
    ['{ from: x, optional: true, absentWhen: ["-", "n/a"] }', 'n/a', null],
    ['{ from: x, absentWhen: "-" }', '-', 'says "nothing"'],
    ['{ from: x, via: oneOf, of: { "1": one } }', '1', 'one'],
    ['{ from: x, via: oneOf, of: { "1": one } }', '2', '"2" is not among 1'],
    ['{ from: x, via: oneOf, of: { "1": one } }', 'toString', '"toString" is not among 1'],
    ['{ from: [x, y], via: concat }', 'a ', 'a b'],
    ['{ from: [z, x, y], via: concat, separator: "/" }', 'a', 'a/b'],
    ['{ from: [z, y], via: firstOf }', 'a', 'b'],
    ['{ from: x }', 'y'.repeat(4001), 'the text has 4001 characters, the field takes 4000'],
    ['{ from: x }', 'a\0b', 'the text holds the character U+0000, which the database cannot keep: take it out at the source'],
  ])('%s makes %j to %j', (rule, value, expected) => {
    const found = valueOf(customer(`  number: ${rule}`), 'number', { x: value, y: 'b', z: null });
    expect(found === 'is empty' ? 'is missing' : found).toEqual(expected === 'is missing' ? expect.stringMatching(/^(is missing|says "nothing")$/) : expected);
  });

  it('collects several fields, or one field of every row, as a list', () => {
    expect(valueOf(customer('  otherNames: { from: [a, b, c], via: list }'), 'otherNames', { a: 'x', b: ' x ', c: null })).toEqual(['x']);
    expect(valueOf(customer('  otherNames: { each: names, from: was, via: trim, optional: true }'), 'otherNames', { names: [{ was: ' a' }, { was: null }] })).toEqual(['a']);
    expect(valueOf(customer('  otherNames: { each: names, from: . }'), 'otherNames', { names: ['a', 'b'] })).toEqual(['a', 'b']);
  });
});

describe('day transforms', () => {
  it.each([
    ['{ from: x, via: date }', '2024-02-29', '2024-02-29'],
    ['{ from: x, via: date }', '2026-02-29', '"2026-02-29" is not a calendar day (YYYY-MM-DD)'],
    ['{ from: x, via: date, format: M/D/YYYY }', '2/9/2026', '2026-02-09'],
    ['{ from: x, via: date, format: M/D/YYYY }', '13/1/2026', '"13/1/2026" is not a calendar day (M/D/YYYY)'],
    ['{ from: x, via: date, format: MM/DD/YYYY }', '2/9/2026', '"2/9/2026" is not a calendar day (MM/DD/YYYY)'],
    ['{ from: x, via: date, format: D.M.YYYY }', '29.2.2026', '"29.2.2026" is not a calendar day (D.M.YYYY)'],
    ['{ from: x, via: date, format: YYYYMMDD }', '20260301', '2026-03-01'],
    ['{ from: x, via: dayOfInstant, zone: UTC }', '2022-01-01T12:00:00Z', '2022-01-01'],
    ['{ from: x, via: dayOfInstant, zone: America/Los_Angeles }', '2026-03-01T03:00:00Z', '2026-02-28'],
    ['{ from: x, via: dayOfInstant, zone: UTC }', '2026-03-01T03:00:00', '"2026-03-01T03:00:00" is not an instant with an offset (2026-03-01T12:00:00Z)'],
    ['{ from: x, via: dayOfInstant, zone: UTC }', '2026-02-29T03:00:00Z', '"2026-02-29" is not a calendar day (YYYY-MM-DD)'],
    ['{ from: x, via: plusDays, days: terms.days }', '2024-02-01', '2024-03-02'],
    ['{ from: x, via: plusDays, days: none }', '2024-02-01', 'the days at none are no whole number of at most 3660'],
  ])('%s makes "%s" to "%s"', (rule, value, expected) => {
    expect(valueOf(invoice(`due ${rule}`), 'dueOn', { x: value, terms: { days: '30' } })).toBe(expected);
  });

  it('an unknown zone is refused at load', () => {
    expect(() => invoice('due { from: x, via: dayOfInstant, zone: Mars/Olympus }')).toThrow('"Mars/Olympus" is not an IANA time zone');
  });
});

describe('money transforms', () => {
  it.each([
    ['{ from: x, via: money }', '12.3400', { minor: 1234n, currency: 'USD' }],
    ['{ from: x, via: money, negate: true }', '-0.01', { minor: 1n, currency: 'USD' }],
    ['{ from: x, via: money, currency: books }', '12', { minor: 12n, currency: 'JPY' }],
    ['{ from: x, via: money, currency: books }', '1.5', '"1.5" has more than 0 decimal places'],
    ['{ from: x, via: money, currency: none }', '1', 'there is no currency at none'],
    ['{ from: x, via: minorUnits }', '1234', { minor: 1234n, currency: 'USD' }],
    ['{ from: x, via: minorUnits }', '12.34', '"12.34" has more than 0 decimal places'],
    ['{ from: x, via: money }', '-92233720368547758.08', '"-92233720368547758.08" is more than 9223372036854775807 of the currency\'s smallest units'],
    ['{ from: x, via: money }', '92233720368547758.08', '"92233720368547758.08" is more than 9223372036854775807 of the currency\'s smallest units'],
    ['{ from: x, via: money }', '1e3', '"1e3" is not a plain decimal number'],
    ['{ from: x, via: money }', '0x10', '"0x10" is not a plain decimal number'],
  ])('%s makes "%s" to %j'.replace('%j', 'its value'), (rule, value, expected) => {
    expect(valueOf(invoice(`total ${rule}`), 'total', { x: value, books: 'JPY' })).toEqual(expected);
  });
});
