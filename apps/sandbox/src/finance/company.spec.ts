import { createHash } from 'node:crypto';
import { SandboxClock } from '../simulation/clock.js';
import { Book } from './book/book.js';
import { assertBook } from './book/invariants.js';
import { settlePair } from './book/settlement.js';
import { generateCompanies, type CompanyProfile } from './company/generate.js';
import { Mutations } from './company/mutations.js';
import { decimalOf } from './decimals.js';
import { ENTITY_SETS } from './entities/catalogue.js';
import type { Environment } from './environment.js';
import { defaultSettings } from './settings.js';

function generated(seed: number, profile: CompanyProfile = 'tiny'): Environment {
  const clock = new SandboxClock();
  clock.set(new Date('2026-11-20T10:00:00Z'), true);
  const environment = { book: new Book(), settings: defaultSettings(), clock };
  generateCompanies(environment, { seed, profile });
  return environment;
}

function digest(environment: Environment): string {
  const hash = createHash('sha256');
  for (const set of ENTITY_SETS) for (const { row } of set.view(environment)) hash.update(JSON.stringify(row, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value)));
  return hash.digest('hex');
}

describe('a generated environment', () => {
  it('is the same for a seed, and another for another', () => {
    const [one, again, other] = [generated(1), generated(1), generated(2)];
    expect(digest(again)).toBe(digest(one));
    expect(digest(other)).not.toBe(digest(one));
  });

  it('adds up, and has what a receivables department has', () => {
    const environment = generated(4, 'demo');
    assertBook(environment.book);
    const { transactions, opens, invoices } = environment.book;
    const open = transactions.all().filter((each) => each.closed === '');
    expect(open.filter((each) => each.amount > 0n)).toHaveLength(4000);
    expect(open.filter((each) => each.amount < 0n && each.kind !== 'Payment')).toHaveLength(160);
    expect(open.filter((each) => each.settled !== 0n).length).toBeGreaterThan(500);
    expect(opens.size).toBeGreaterThan(open.length + 600);
    expect(new Set(transactions.all().map((each) => each.currency)).size).toBeGreaterThan(1);
    expect(new Set(transactions.all().map((each) => each.dataAreaId)).size).toBe(2);
    expect(invoices.all().filter((each) => !each.posted)).toHaveLength(10);
    expect(transactions.all().filter((each) => each.orderAccount !== each.account).length).toBeGreaterThan(50);
    expect(transactions.all().every((each) => each.day <= '2026-11-20')).toBe(true);
  });

  it('has nothing but its set-up when it is bare', () => {
    const { book } = generated(1, 'bare');
    expect([book.transactions.size, book.master('CustomersV3').size, book.master('LegalEntities').size]).toEqual([0, 0, 2]);
  });
});

describe('the book', () => {
  const settled = (amount: string): (() => void) => {
    const environment = generated(1, 'bare');
    const mutations = new Mutations(environment);
    mutations.addCustomer({ account: 'C', name: 'C', currency: 'EUR' });
    const invoice = mutations.addInvoice({ account: 'C', number: 'I', amount: '100', day: '2026-10-01' });
    const payment = mutations.addPayment({ account: 'C', amount: '100', day: '2026-10-02' });
    return () => environment.book.write('person', () => {
      settlePair(environment, { debit: BigInt(invoice.recId), credit: BigInt(payment.recId), amount: decimalOf(amount) }, { group: 1n, day: '2026-10-02', voucher: 'V' });
      environment.book.transactions.change(BigInt(invoice.recId), { settled: decimalOf('1') });
    });
  };

  it('takes back a write after which it does not add up, and says where', () => {
    expect(settled('40')).toThrow(/settled = sum of settlements: transaction \d+ \(I\): expected 40, found 1/);
  });

  it('takes back everything of a unit of work that fails', () => {
    const environment = generated(3);
    const before = digest(environment);
    const { book } = environment;
    expect(() => book.write('person', () => {
      for (const transaction of book.transactions.all()) book.transactions.change(transaction.recId, { text: 'changed' });
      for (const open of book.opens.all()) book.opens.remove(open.recId);
      throw new Error('no');
    })).toThrow('no');
    expect(digest(environment)).toBe(before);
  });

  it('keeps the company\'s currency in step to the last cent, whatever the parts', () => {
    const environment = generated(1, 'bare');
    const mutations = new Mutations(environment);
    mutations.addCustomer({ account: 'C', name: 'C', currency: 'EUR' });
    const { recId } = mutations.addInvoice({ account: 'C', number: 'I', amount: '0.07', day: '2026-10-01' });
    for (const amount of ['0.01', '0.02', '0.03', '0.01']) mutations.settle({ invoice: recId, amount });
    assertBook(environment.book);
    expect(environment.book.transactions.get(BigInt(recId))).toMatchObject({ closed: '2026-11-20', settledMst: decimalOf('0.08'), amountMst: decimalOf('0.08') });
    mutations.undoSettlement({ transaction: recId });
    assertBook(environment.book);
    expect(mutations.openAmount({ recId }).open).toBe('0.07');
  });
});
