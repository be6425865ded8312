import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { strFromU8, unzipSync } from 'fflate';
import type { LocalDate } from '#canonical';
import type { FileBatch } from '#connector-kit';
import { environmentSettings } from '../settings.js';
import { ENVIRONMENT, intentOf, toolsOf, usd } from '../testing/postings.js';
import { plan } from '../write/plan.js';
import { packageFacts, renderPackage } from './archive.js';
import { csvTable, csvText } from './csv.js';

const settings = environmentSettings({ ...ENVIRONMENT, dataProject: 'Tributary payments & co' });
const planned = plan(intentOf(), toolsOf());
const other = plan(intentOf({ idempotencyKey: 'trb-8', invoices: [], onAccount: usd(17_500n), memo: 'a "quoted", text' }), toolsOf());
if (!('steps' in planned) || !('steps' in other)) throw new Error('a plan was refused');
const batch: FileBatch = {
  sequence: 12, key: 'usmf USD', closedAt: '2026-03-10T10:00:00.000Z', closedOn: '2026-03-10' as LocalDate, steps: [planned.steps[0], other.steps[0]],
  control: { postings: 2, total: usd(35_000n) },
};

describe('a data package', () => {
  it('gives the same bytes again, at another time and in another time zone', () => {
    const file = renderPackage(batch, settings);
    expect(file.name).toBe('tributary-payments-co-usmf-000000012.zip');
    expect(Buffer.from(renderPackage(structuredClone(batch), settings).bytes).equals(Buffer.from(file.bytes))).toBe(true);
    const elsewhere = execFileSync(process.execPath, ['-e', "const d=new Date(1980,0,1);process.stdout.write([d.getFullYear(),d.getMonth(),d.getDate(),d.getHours()].join())"], { env: { ...process.env, TZ: 'Pacific/Kiritimati' } });
    expect(elsewhere.toString()).toBe('1980,0,1,0');
  });

  it('holds manifest, header and lines: one line for each invoice, marked, and one for the rest', () => {
    const files = unzipSync(renderPackage(batch, settings).bytes);
    expect(Object.keys(files).toSorted()).toEqual(['Customer payment journal header.csv', 'Customer payment journal line.csv', 'Manifest.xml', 'PackageHeader.xml']);
    expect(strFromU8(files['Manifest.xml'] ?? new Uint8Array())).toContain('<DefinitionGroupName>Tributary payments &amp; co</DefinitionGroupName>');
    const { rows } = csvTable(strFromU8(files['Customer payment journal line.csv'] ?? new Uint8Array()));
    expect(rows.map((row) => [row['LINENUMBER'], row['PAYMENTID'], row['CREDITAMOUNT'], row['MARKEDINVOICE'], row['SETTLEVOUCHER']])).toEqual([
      ['1', 'trb-7', '100.00', 'CIV-1', 'SelectedTransact'], ['2', 'trb-7', '25.00', 'CIV-2', 'SelectedTransact'], ['3', 'trb-7', '50.00', '', 'None'], ['4', 'trb-8', '175.00', '', 'None'],
    ]);
    expect(rows[3]?.['TRANSACTIONTEXT']).toBe('a "quoted", text');
  });

  it('says of itself what it is: company, key of each line, a description that another content has not', () => {
    const facts = packageFacts(renderPackage(batch, settings));
    expect(facts).toMatchObject({ company: 'usmf', name: 'tributary-payments-co-usmf-000000012' });
    expect(facts.description.length).toBeLessThanOrEqual(60);
    expect([...facts.lines].map(([key, lines]) => [key, lines.length])).toEqual([['trb-7', 3], ['trb-8', 1]]);
    const changed = packageFacts(renderPackage({ ...batch, steps: [other.steps[0]] }, settings));
    expect(changed.name).toBe(facts.name);
    expect(changed.description).not.toBe(facts.description);
  });
});

describe('a table of a package', () => {
  it('comes back as it was, whatever its values hold', () => {
    const value = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r', ' ', '=', 'é'), maxLength: 12 });
    fc.assert(fc.property(fc.array(fc.record({ A: value, B: value }), { minLength: 1, maxLength: 5 }), (rows) => {
      expect(csvTable(csvText({ columns: ['A', 'B'], rows })).rows).toEqual(rows);
    }));
  });

  it('refuses a quote that is never closed', () => { expect(() => csvTable('A,B\r\n"x,1\r\n')).toThrow('is not closed'); });
});
