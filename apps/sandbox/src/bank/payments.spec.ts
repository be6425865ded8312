import { canonicalJson } from '#canonical';
import { BookError, TEXT_LINE_LENGTH_MAX, type TruthRow } from './book.js';
import { generatePayments } from './payments.js';
import { smallBook } from './testing/small-book.js';

const BOOK = smallBook(300, 40);
const { payments, truth } = generatePayments(BOOK, { seed: 11, count: 2_000 });

function share(fits: (row: TruthRow) => boolean, of: readonly TruthRow[] = truth): number {
  return of.filter(fits).length / of.length;
}

describe('the simulated bank', () => {
  it('gives the same bytes for the same seed and others for another', () => {
    const again = generatePayments(smallBook(300, 40), { seed: 11, count: 2_000 });
    expect(canonicalJson(again)).toBe(canonicalJson({ payments, truth }));
    expect(canonicalJson(generatePayments(BOOK, { seed: 12, count: 50 }))).not.toBe(canonicalJson(generatePayments(BOOK, { seed: 11, count: 50 })));
  });

  it('accounts for every cent of every line', () => {
    expect(payments).toHaveLength(2_000);
    payments.forEach(({ key, amountMinor }, index) => {
      const row = truth[index];
      if (row === undefined) throw new Error('no truth');
      const allocated = row.allocations.reduce((sum, { amountMinor: minor }) => sum + minor, 0n);
      const credited = row.credits.reduce((sum, { amountMinor: minor }) => sum + minor, 0n);
      expect([row.bankLineKey, allocated - credited + row.unallocatedMinor]).toEqual([key, amountMinor]);
    });
  });

  it('settles no document twice, none beyond what is open, and none of another customer than the truth says', () => {
    const invoices = new Map(BOOK.invoices.map((invoice) => [invoice.id, invoice]));
    const parents = new Map(BOOK.customers.map(({ id, parentId }) => [id, parentId]));
    const settled = new Set<string>();
    truth.forEach(({ allocations, customerId, kind }, index) => {
      for (const { invoiceId, amountMinor } of allocations) {
        const invoice = invoices.get(invoiceId);
        if (invoice === undefined || settled.has(invoiceId)) throw new Error(`${invoiceId} is unknown or settled twice`);
        settled.add(invoiceId);
        expect(amountMinor > 0n && amountMinor <= invoice.openMinor).toBe(true);
        if (!['shortPay', 'feeTaken'].includes(kind)) expect(amountMinor).toBe(invoice.openMinor);
        expect([invoice.customerId, parents.get(invoice.customerId)]).toContain(customerId);
        expect((payments[index]?.bookedOn ?? '') >= invoice.issuedOn).toBe(true);
      }
    });
    const credits = truth.flatMap((row) => row.credits.map(({ creditId }) => creditId));
    expect(new Set(credits).size).toBe(credits.length);
  });

  it('behaves at the rates of the specification', () => {
    const ordinary = truth.filter(({ allocations }) => allocations.length > 0);
    expect(share(({ allocations }) => allocations.length === 1, ordinary)).toBeGreaterThan(0.52);
    expect(share(({ allocations }) => allocations.length === 1, ordinary)).toBeLessThan(0.75);
    expect(share(({ kind }) => kind === 'shortPay')).toBeGreaterThan(0.02);
    expect(share(({ kind }) => kind === 'shortPay')).toBeLessThan(0.06);
    expect(share(({ customerId }) => customerId === null)).toBeGreaterThan(0.03);
    expect(share(({ customerId }) => customerId === null)).toBeLessThan(0.07);
    for (const kind of ['feeTaken', 'onAccount', 'duplicate', 'creditNetted', 'overPay', 'interest', 'sweep']) expect(truth.map((row) => row.kind)).toContain(kind);
    const tags = new Set(truth.flatMap((row) => row.tags));
    for (const tag of ['parentPays', 'severalChildren', 'order:arbitrary', 'order:contiguous', 'reference:digitsOnly', 'reference:separatorLost', 'reference:wrong', 'reference:nothing', 'name:cut16', 'text:glued', 'text:blanksLost', 'identifier:hidden', 'paper:noStub', 'text:cut80']) {
      expect(tags).toContain(tag);
    }
  });

  it('does not tell the truth by keys or order', () => {
    expect(new Set(payments.map(({ key }) => key)).size).toBe(payments.length);
    expect(payments.every(({ bookedOn }, index) => index === 0 || (payments[index - 1]?.bookedOn ?? '') <= bookedOn)).toBe(true);
    const byKey = payments.toSorted((left, right) => (left.key < right.key ? -1 : 1));
    const rising = byKey.filter(({ bookedOn }, index) => index > 0 && bookedOn > (byKey[index - 1]?.bookedOn ?? '')).length;
    expect(rising / payments.length).toBeGreaterThan(0.4);
    expect(rising / payments.length).toBeLessThan(0.6);
  });

  it('writes what a bank can print, on days a bank works', () => {
    for (const { text, bookedOn } of payments) {
      expect(text.every((line) => line.length > 0 && line.length <= TEXT_LINE_LENGTH_MAX && !/[\n\r]|^\/|\/$/.test(line))).toBe(true);
      expect([0, 6]).not.toContain(new Date(`${bookedOn}T00:00:00Z`).getUTCDay());
    }
  });

  it('stops when nothing is open any more, and refuses a book that contradicts itself', () => {
    expect(generatePayments(smallBook(2, 3), { seed: 1, count: 500, otherMoneyPerMille: 0 }).payments.length).toBeLessThan(20);
    expect(() => generatePayments({ ...smallBook(1, 1), customers: [] }, { seed: 1, count: 1 })).toThrow(BookError);
    const strange = smallBook(2, 1);
    expect(() => generatePayments({ ...strange, customers: strange.customers.slice(0, 1) }, { seed: 1, count: 1 })).toThrow('names customer c1');
  });
});
