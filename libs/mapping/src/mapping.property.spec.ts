import { ENTITY_SCHEMAS, formatMinorUnits, isLocalDate, parseJsonKeepingNumberText, type JsonObject } from '#canonical';
import fc from 'fast-check';
import { compileMapping, explain, loadMapping, loadReadMapping, MappingFileError } from './index.js';
import { MINOR_UNITS_MAX } from './limits.js';

const MAPPING = `mapping: demo.invoice.read
version: 1
from: { connector: demo, record: invoice }
to: invoice
fields:
  externalId: { from: id }
  number: { from: [no, id], via: firstOf }
  customerExternalId: { from: customer.id }
  currency: { from: currency, via: currency }
  issuedOn: { from: on, via: date }
  dueOn: { from: due, via: dayOfInstant, zone: Europe/Berlin, optional: true }
  total: { from: total, via: money }
  open: { from: open, via: money, negate: true }
  status: { from: status, via: oneOf, of: { A: open } }
  memo: { from: [a, b], via: concat, optional: true }
  instalments:
    each: rows
    optional: true
    fields:
      number: { from: no, via: integer }
      dueOn: { from: due, via: plusDays, days: days }
      total: { from: total, via: minorUnits }
      open: { from: total, via: money, currency: /currency }
absent: { companyExternalId: none, purchaseOrder: none }
rest: extras
`;
const compiled = compileMapping(loadReadMapping(MAPPING, 'm.yaml'));
const sound: JsonObject = { id: '1', customer: { id: '2' }, currency: 'USD', on: '2026-01-31', total: '1', open: '1', status: 'A' };

/** Records that reach into the mapping's own fields, with anything JSON can hold in them, `__proto__` and `constructor` included. */
const anything = fc.jsonValue({ maxDepth: 4 });
const records = fc.record({
  id: anything, no: anything, customer: fc.oneof(anything, fc.record({ id: anything })), currency: fc.oneof(fc.constant('USD'), anything), on: anything, due: anything,
  total: anything, open: anything, status: anything, a: anything, b: anything,
  rows: fc.oneof(anything, fc.array(fc.record({ no: anything, due: fc.oneof(fc.constant('2026-01-01'), anything), days: anything, total: anything }))),
  other: anything,
}, { requiredKeys: [] });

beforeAll(() => { Object.freeze(Object.prototype); });

describe('for any record', () => {
  it('a mapping never throws: it gives what the schema takes, or problems with an address', () => {
    fc.assert(fc.property(records, (record) => {
      const mapped = compiled.apply(record as JsonObject);
      if (mapped.ok) expect(ENTITY_SCHEMAS.invoice.safeParse(mapped.value).error).toBeUndefined();
      else for (const problem of mapped.problems) expect(problem).toMatchObject({ file: 'm.yaml', line: expect.any(Number), problem: expect.stringMatching(/./) });
      expect(explain(compiled, record as JsonObject).length).toBeGreaterThan(0);
    }), { numRuns: 500 });
  });

  it('and for any JSON at all, as a vendor could send it', () => {
    fc.assert(fc.property(fc.json(), (text) => {
      const mapped = compiled.apply(parseJsonKeepingNumberText(text) as JsonObject);
      expect(mapped.ok).toBe(false);
    }));
  });

  it('own keys called __proto__ or constructor stay data', () => {
    fc.assert(fc.property(fc.constantFrom('__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty'), fc.json(), (key, value) => {
      const record = parseJsonKeepingNumberText(`{${JSON.stringify(key)}: ${value}, "deep": {${JSON.stringify(key)}: {"polluted": "1"}}}`) as JsonObject;
      const mapped = compiled.apply({ ...record, ...sound });
      expect(mapped.ok && mapped.value.extras[`deep["${key}"].polluted`]).toBe('1');
      expect(mapped.ok && Object.getPrototypeOf(mapped.value.extras)).toBe(Object.prototype);
    }));
    expect('polluted' in {}).toBe(false);
  });
});

describe('amounts', () => {
  it('keep every digit the database can hold, and are refused beyond', () => {
    fc.assert(fc.property(fc.oneof(fc.bigInt({ min: -(2n ** 64n), max: 2n ** 64n }), fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n })), (minor) => {
      const mapped = compiled.apply({ ...sound, total: formatMinorUnits(minor, 2) });
      const fits = minor >= -MINOR_UNITS_MAX && minor <= MINOR_UNITS_MAX;
      expect(mapped).toMatchObject(fits ? { ok: true, value: { total: { minor, currency: 'USD' } } } : { ok: false, problems: [{ field: 'total' }] });
    }));
  });
});

describe('days', () => {
  it('are taken exactly when they exist', () => {
    const day = fc.tuple(fc.integer({ min: 1900, max: 2100 }), fc.integer({ min: 0, max: 13 }), fc.integer({ min: 0, max: 32 }))
      .map(([year, month, dayOfMonth]) => `${year}-${String(month).padStart(2, '0')}-${String(dayOfMonth).padStart(2, '0')}`);
    fc.assert(fc.property(day, (text) => { expect(compiled.apply({ ...sound, on: text }).ok).toBe(isLocalDate(text)); }));
    expect(compiled.apply({ ...sound, on: '2026-02-29' }).ok).toBe(false);
  });
});

describe('for any text', () => {
  it('the loader gives a mapping or mistakes, and nothing else', () => {
    const lines = MAPPING.split('\n');
    const broken = fc.tuple(fc.nat(lines.length - 1), fc.oneof(fc.string(), fc.constantFrom('  - [', 'fields: x', '  total: { via: money }', '? a', '%YAML 9')))
      .map(([at, line]) => [...lines.slice(0, at), line, ...lines.slice(at + 1)].join('\n'));
    fc.assert(fc.property(fc.oneof(fc.string(), broken), (text) => {
      try {
        loadMapping(text, 'm.yaml');
      } catch (error) {
        expect(error).toBeInstanceOf(MappingFileError);
        expect((error as MappingFileError).mistakes.every((mistake) => mistake.line >= 1 && mistake.cure !== '')).toBe(true);
      }
    }), { numRuns: 300 });
  });
});
