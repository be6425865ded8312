import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseJsonKeepingNumberText, type JsonObject } from '#canonical';
import { loadConnectionLayout, loadLayoutFolder, type LoadedLayout } from './index.js';
import { partsOf, told } from './testing/reading.js';

const MAPPINGS = join(import.meta.dirname, '..', '..', '..', 'mappings');

/** A content and the bytes it must give, beside each other in `mappings/<target>/layout-cases`. */
interface Case { readonly file: JsonObject; readonly details: readonly JsonObject[] }

let layouts: ReadonlyMap<string, LoadedLayout> = new Map();
beforeAll(async () => { layouts = await loadLayoutFolder(MAPPINGS, 'mappings'); });

function layout(name: string): LoadedLayout {
  const found = layouts.get(name);
  if (found === undefined) throw new RangeError(`there is no layout ${name}`);
  return found;
}

const POSTING = [
  'business-central.general-journal.post', 'csv.postings.post', 'finance.payment-journal-lines.post', 'finance.settled-invoices.post',
  'netsuite.customer-payments.post', 'oracle.autolockbox.post', 'sap.lockbox.post',
];

function goldenOf(name: string): { readonly given: Case; readonly path: string } {
  const [folder = '', ...rest] = name.split('.');
  const path = join(MAPPINGS, folder, 'layout-cases', rest.join('.'));
  return { given: parseJsonKeepingNumberText(readFileSync(`${path}.json`, 'utf8')) as Case, path: `${path}.${existsSync(`${path}.txt`) ? 'txt' : 'csv'}` };
}

describe('the layouts that come with the hub', () => {
  it('are these, and the posting layouts each have a golden file', () => {
    expect([...layouts.keys()].filter((name) => name.endsWith('.post')).toSorted()).toEqual(POSTING);
    expect([...layouts.keys()].filter((name) => !name.endsWith('.post')).toSorted()).toEqual([
      'csv.acknowledgement', 'csv.companies', 'csv.contacts', 'csv.credit-memos', 'csv.customers', 'csv.invoices', 'csv.ledger-accounts', 'csv.payments',
    ]);
  });

  it.each(POSTING)('%s gives its golden bytes, every time', (name) => {
    const { given, path } = goldenOf(name);
    const bytes = Buffer.from(layout(name).render(given));
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(path, bytes);
    expect(bytes.toString('latin1')).toBe(readFileSync(path).toString('latin1'));
    expect(Buffer.from(layout(name).render(given)).equals(bytes)).toBe(true);
  });

  it.each(POSTING.filter((name) => /lockbox|csv/.test(name)))('%s reads its golden file back, totals and all', async (name) => {
    const { given, path } = goldenOf(name);
    const parts = await partsOf(layout(name), readFileSync(path));
    expect(parts.filter((part) => part.kind === 'problem')).toEqual([]);
    const amounts = parts.flatMap((part) => (part.kind === 'row' && /^(posting|check|payment)$/.test(part.record) ? [part.fields['amount']] : []));
    expect(amounts).toEqual(given.details.map((detail) => detail['amount']));
    expect(parts.at(-1)?.kind).toBe('end');
  });

  it.each(POSTING.filter((name) => /lockbox|csv/.test(name)))('%s cut anywhere is never read as whole', async (name) => {
    const bytes = readFileSync(goldenOf(name).path);
    for (let length = 0; length < bytes.length; length += 13) {
      expect((await partsOf(layout(name), bytes.subarray(0, length), 4096)).filter((part) => part.kind === 'end')).toEqual([]);
    }
  });

  it('flag what nobody has confirmed, vendor layouts all of them', () => {
    expect([...layouts.values()].filter((each) => each.assumed.length === 0).map((each) => each.name.split('.')[0])).toEqual(Array.from({ length: 9 }, () => 'csv'));
  });

  it('take a connection\'s own lockbox number as an overlay, and refuse to write without it', () => {
    const { given } = goldenOf('sap.lockbox.post');
    const file: JsonObject = Object.fromEntries(Object.entries(given.file).filter(([key]) => !['lockbox', 'destination', 'origin'].includes(key)));
    expect(() => layout('sap.lockbox.post').render({ file, details: given.details })).toThrow('layout sap.lockbox.post, record fileHeader, field destination: is empty, and the layout needs it');
    const own = loadConnectionLayout([
      'overlays: sap.lockbox.post', 'records:', '  fileHeader: { fields: { destination: { value: "1234567890" }, origin: { value: "0210000890" } } }',
      ...['lockbox', 'batchTotal', 'lockboxTotal'].map((record) => `  ${record}: { fields: { lockbox: { value: "7654321" } } }`),
    ].join('\n'), 'connection "SAP"', layouts);
    expect(Buffer.from(own.render({ file, details: given.details })).toString().split('\r\n')[2]?.slice(0, 20)).toBe('50010007654321260301');
  });

  it('refuse a batch beyond what one file takes', () => {
    const { given } = goldenOf('sap.lockbox.post');
    const details = Array.from({ length: 1000 }, () => given.details[0] as JsonObject);
    expect(layout('sap.lockbox.post').detailsMax).toBe(999);
    expect(() => layout('sap.lockbox.post').render({ ...given, details })).toThrow('1000 details, more than the 999 one file takes');
  });

  it('keep a customer\'s columns that the template does not know', async () => {
    expect(await told(layout('csv.customers'), 'Customer ID,Name,Active,Region\r\nC1,"Müller, Söhne",yes,North\r\nC2,Acme,maybe,South\r\n')).toEqual([
      '2 detail {"externalId":"C1","name":"Müller, Söhne","active":"yes","Region":"North"}',
      '3:3 "maybe" active: "maybe" is not one of yes, no',
      'end 2',
    ]);
  });

  it('write a payment as one row for each invoice, and one row without', async () => {
    const payment = { externalId: '1', kind: 'payment', customerExternalId: 'C1', currency: 'USD', receivedOn: '2026-03-01', total: '100.00', unapplied: '0.00', status: 'deposited' };
    const bytes = layout('csv.payments').render({ file: {}, details: [
      { ...payment, allocations: [{ invoiceExternalId: 'I1', amount: '60.00' }, { invoiceExternalId: 'I2', amount: '40.00' }] }, { ...payment, externalId: '2', allocations: [] },
    ] });
    const parts = await partsOf(layout('csv.payments'), bytes);
    expect(parts.map((part) => (part.kind === 'row' ? [part.fields['externalId'], part.fields['invoiceExternalId'], part.fields['appliedAmount']] : part))).toEqual([
      ['1', 'I1', '60.00'], ['1', 'I2', '40.00'], ['2', '', ''], { kind: 'end', rows: 3 },
    ]);
  });
});
