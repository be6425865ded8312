import { join } from 'node:path';
import type { LayoutPart } from '#connector-kit';
import { loadLayoutFolder, type LoadedLayout } from './index.js';

const MAPPINGS = join(import.meta.dirname, '..', '..', '..', 'mappings');

async function* chunks(bytes: Uint8Array, size = 7): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}

async function readAll(layout: LoadedLayout, bytes: Uint8Array): Promise<LayoutPart[]> {
  const parts: LayoutPart[] = [];
  for await (const part of layout.read(chunks(bytes))) parts.push(part);
  return parts;
}

describe('the layouts that come with the hub', () => {
  let layouts: ReadonlyMap<string, LoadedLayout> = new Map();
  beforeAll(async () => { layouts = await loadLayoutFolder(MAPPINGS, 'mappings'); });
  const layout = (name: string): LoadedLayout => {
    const found = layouts.get(name);
    if (found === undefined) throw new RangeError(name);
    return found;
  };

  it('read what they write: payments with applications', async () => {
    const content = { file: {}, details: [
      { externalId: '1', number: 'P-1', kind: 'payment', customerExternalId: 'C1', currency: 'USD', receivedOn: '2026-03-01', total: '100.00', unapplied: '0.00', status: 'deposited', memo: '=1+1, "quoted"\nand more', allocations: [{ invoiceExternalId: 'I1', amount: '60.00' }, { invoiceExternalId: 'I2', amount: '40.00' }] },
      { externalId: '2', number: 'P-2', kind: 'deposit', customerExternalId: 'C2', currency: 'JPY', receivedOn: '2026-03-02', total: '500', unapplied: '500', status: 'deposited', allocations: [] },
    ] };
    const bytes = layout('csv.payments').render(content);
    const parts = await readAll(layout('csv.payments'), bytes);
    expect(parts.at(-1)).toEqual({ kind: 'end', rows: 3 });
  });

  it('read what they write: a posting batch with its totals', async () => {
    const content = { file: { sequence: '7', closedAt: '2026-03-01T10:00:00Z', closedOn: '2026-03-01', currency: 'USD' }, details: [
      { key: 'k1', operation: 'post', customer: 'C1', postedOn: '2026-03-01', currency: 'USD', amount: '100.00', onAccount: '0', applications: [{ kind: 'invoice', document: '1', documentNumber: 'INV1', amount: '60' }, { kind: 'invoice', document: '2', documentNumber: 'INV2', amount: '40' }] },
    ] };
    const bytes = layout('csv.postings.post').render(content);
    const parts = await readAll(layout('csv.postings.post'), bytes);
    expect(parts.at(-1)).toEqual({ kind: 'end', rows: 3 });
  });
});
