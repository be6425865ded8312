import { loadMapping, loadReadMapping, loadWriteMapping, MappingFileError } from './index.js';

const COMPANY = `mapping: demo.company.read
version: 1
from: { connector: demo, record: subsidiary }
to: company
fields:
  externalId: { from: id }
  name: { from: name }
  currency: { from: currency.symbol, via: currency }
  active: { from: isInactive, via: boolean, of: { T: false, F: true } }
absent:
  parentExternalId: the demo source has no tree of companies
rest: extras
`;

/** Every mistake of a text; fails when it loads. */
function mistakesOf(text: string): readonly string[] {
  try {
    loadMapping(text, 'm.yaml');
  } catch (error) {
    if (error instanceof MappingFileError) return error.message.split('\n');
    throw error;
  }
  throw new Error('the mapping loaded');
}

const changed = (from: string, to: string): string => {
  if (!COMPANY.includes(from)) throw new Error(`the example has no ${from}`);
  return COMPANY.replace(from, to);
};

describe('loading a mapping', () => {
  it('gives its head and keeps account-like texts as they are written', () => {
    const mapping = loadReadMapping(changed('{ from: name }', '{ value: 012 }'), 'm.yaml');
    expect(mapping).toMatchObject({ name: 'demo.company.read', version: 1, direction: 'read', connector: 'demo', record: 'subsidiary', entity: 'company', rest: { line: 12 } });
    expect(mapping.rules.find((rule) => rule.field === 'name')).toMatchObject({ source: { constant: '012' }, line: 7 });
  });

  it('reports every mistake of a file at once, with line, path and what to do', () => {
    const text = COMPANY.replace('{ from: id }', '{ from: id, via: mony }').replace('  name:', '  title:').replace('of: { T: false, F: true }', 'off: x');
    expect(mistakesOf(text)).toEqual([
      'm.yaml:6 externalId: no transform is called "mony"; there are text, trim, upper, lower, integer, date, dayOfInstant, plusDays, money, minorUnits, currency, boolean, oneOf, concat, firstOf, list and custom.<name>',
      'm.yaml:7 title: company has no field "title"; there are externalId, name, parentExternalId, currency, active, extras and extras.<name>',
      'm.yaml:9 active.off: "off" means nothing here; there are from, via, value, optional, default, absentWhen, each, fields, only, options, omitWhenNull, of',
      'm.yaml:1 name: is neither claimed nor absent; write a rule for it, or list it under absent with a reason',
    ].sort((left, right) => Number(left.split(/[: ]/)[1]) - Number(right.split(/[: ]/)[1])));
  });

  it.each([
    ['a version that is missing', changed('version: 1\n', ''), 'm.yaml:1 version: is missing; write "version: 1" and raise it with every change of meaning'],
    ['a version that is no number', changed('version: 1', 'version: 1.0'), 'm.yaml:2 version: "1.0" is not a whole number above zero'],
    ['an unknown entity', changed('to: company', 'to: firm'), 'm.yaml:4 to: no entity is called "firm"; there are company, ledgerAccount'],
    ['an unknown key', `${COMPANY}rset: extras\n`, 'm.yaml:13 rset: "rset" means nothing here; there are mapping'],
    ['a duplicate key', changed('  name: { from: name }', '  name: { from: name }\n  name: { from: title }'), 'the key stands here a second time; keep one of the two'],
    ['a field claimed and absent', changed('absent:', 'absent:\n  name: no reason at all'), 'm.yaml:11 absent.name: is both claimed and absent; keep one of the two'],
    ['an absence without a reason', changed('the demo source has no tree of companies', '""'), 'm.yaml:11 absent.parentExternalId: is empty; say why in words'],
    ['the absence of a required field', changed('  name: { from: name }\n', '').replace('absent:', 'absent:\n  name: none'), 'absent.name: company requires it; claim it'],
    ['an optional required field', changed('{ from: name }', '{ from: name, optional: true }'), 'm.yaml:7 name: the field is required and cannot be optional'],
    ['a transform of another kind', changed('via: currency', 'via: text'), 'm.yaml:8 currency: the target is currency, text does not give that; use via: currency'],
    ['a default without a reason', changed('{ from: name }', '{ from: name, default: { value: x } }'), 'm.yaml:7 name.default.because: is missing; say in words'],
    ['a default of another kind', changed('via: currency }', 'via: currency, default: { value: EURO, because: one currency } }'), 'currency.default.value: "EURO" is not an ISO 4217 currency code'],
    ['a boolean of other words', changed('T: false', 'T: no'), '"of" gives no; a boolean is true or false'],
    ['neither from nor value', changed('{ from: name }', '{ via: trim }'), 'm.yaml:7 name: has neither "from" nor "value"; write from: <source path>'],
    ['both from and value', changed('{ from: name }', '{ from: name, value: x }'), 'm.yaml:7 name: has both "from" and "value"'],
    ['an inherited name', changed('{ from: name }', '{ from: entity.__proto__.name }'), 'names "__proto__", which every object inherits'],
    ['a path that is none', changed('{ from: name }', '{ from: a..b }'), '"a..b" is not a path'],
    ['several paths for one', changed('{ from: name }', '{ from: [a, b] }'), 'm.yaml:7 name.from: is a list, not a text; write one source path; firstOf, concat and list take several'],
    ['an anchor', changed('{ from: name }', '&a { from: name }'), 'anchors and aliases are not part of the format'],
    ['a tag', changed('{ from: id }', '{ from: !!str id }'), 'not part of the format'],
    ['broken YAML', changed('{ from: id }', '{ from: id'), 'correct the YAML'],
    ['a file that is no map', '- a\n', 'the file is not a map of keys'],
    ['a file without end', `# ${'x'.repeat(300_000)}`, 'more than 262144'],
  ])('refuses %s', (_what, text, expected) => {
    expect(mistakesOf(text).join('\n')).toContain(expected);
  });

  const CREDIT = `mapping: demo.creditMemo.read
version: 1
from: { connector: demo, record: credit }
to: creditMemo
fields:
  externalId: { from: id }
  number: { from: no }
  customerExternalId: { from: customer }
  currency: { from: currency, via: currency }
  issuedOn: { from: on, via: date, format: MM/DD/YYYY }
  total: { from: total, via: money }
  open: { from: open, via: money }
  status: { from: status, via: oneOf, of: { A: open } }
  allocations:
    each: lines
    fields:
      invoiceExternalId: { from: invoice }
      amount: { from: amount, via: money }
    absent: { lineExternalId: none, discount: none, appliedOn: none }
absent: { companyExternalId: none, memo: none, extras: nothing else is sent }
`;

  it.each([
    ['text for money', 'total: { from: total, via: money }', 'total: { from: total, via: text }', 'm.yaml:11 total: the target is money, text does not give that; use via: money or minorUnits or firstOf'],
    ['money for text', '{ from: no }', '{ from: no, via: money }', 'm.yaml:7 number: the target is text, money does not give that'],
    ['oneOf without its table', ', of: { A: open }', '', 'm.yaml:13 status: oneOf needs "of"; write of: { <source code>: <value>, ... }'],
    ['a status the model does not know', 'A: open', 'A: opened', 'm.yaml:13 status: "of" gives opened; the field takes draft, open, applied, void'],
    ['a date format that is none', 'MM/DD/YYYY', 'MM/DD/YY', '"MM/DD/YY" is not a date format'],
    ['an unclaimed field of a row', 'appliedOn: none', 'apliedOn: none', 'allocations has no field "apliedOn"'],
    ['an unclaimed field of a row, named', ', appliedOn: none', '', 'm.yaml:14 allocations.appliedOn: is neither claimed nor absent'],
    ['a wrong transform in a row', 'amount: { from: amount, via: money }', 'amount: { from: amount }', 'm.yaml:18 allocations.amount: the target is money, text does not give that'],
    ['rows without each', 'each: lines', 'from: lines', 'm.yaml:14 allocations: is a list of rows; write "each: <path of the list>"'],
    ['each for a field that is no list', '{ from: no }', '{ each: no, from: x }', 'm.yaml:7 number: the target is text, not a list'],
  ])('refuses %s', (_what, from, to, expected) => {
    expect(CREDIT).toContain(from);
    expect(mistakesOf(CREDIT.replace(from, to)).join('\n')).toContain(expected);
  });

  it('tells read from write by the side that names the connector', () => {
    const write = 'mapping: demo.payment.post\nversion: 1\nfrom: postPayment\nto: { connector: demo, record: payment }\nfields:\n  memo: { from: memo }\n';
    expect(loadWriteMapping(write, 'w.yaml')).toMatchObject({ direction: 'write', value: 'postPayment', record: 'payment' });
    expect(() => loadReadMapping(write, 'w.yaml')).toThrow('w.yaml:1: is a write mapping');
    expect(() => loadWriteMapping(COMPANY, 'm.yaml')).toThrow('m.yaml:1: is a read mapping');
    expect(mistakesOf(COMPANY.replace('to: company', 'to: { connector: x, record: y }'))[0]).toContain('one of "from" and "to" names a connector');
  });
});
