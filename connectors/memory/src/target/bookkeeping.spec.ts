import fc from 'fast-check';
import { formatMoney, type JsonObject } from '#canonical';
import { TargetRefusal } from './answer.js';
import { write } from './bookkeeping.js';
import { MemoryTarget } from './memory-target.js';
import { openBooks, seedRecord, type MasterData } from './seeding.js';

interface Books {
  readonly target: MemoryTarget;
  readonly master: MasterData;
  readonly invoice: string;
  readonly credit: string;
}

function books(): Books {
  const target = new MemoryTarget({ token: 'token', clock: new Date('2026-03-10T12:00:00Z') });
  const master = openBooks(target);
  return { target, master, invoice: seedRecord(target, master, 'invoice').id, credit: seedRecord(target, master, 'creditMemo').id };
}

function payment({ master, invoice }: Books, key: string, total: string, applied: string): JsonObject {
  return { key, customer: master.customer, company: master.company, currency: 'USD', total, receivedOn: '2026-03-10', bankAccount: null, reference: null, memo: null, applications: [{ invoice, amount: applied }] };
}

function refusal(run: () => unknown): TargetRefusal {
  try {
    run();
  } catch (error) {
    if (error instanceof TargetRefusal) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('the books of the memory target', () => {
  it('use a key once: the same request changes nothing, another one is refused by field', () => {
    const own = books();
    const first = write(own.target.book, 'customerPayment', payment(own, 'k', '60.00', '60.00'));
    expect(first.alreadyThere).toBe(false);
    expect(write(own.target.book, 'customerPayment', payment(own, 'k', '60.00', '60.00'))).toEqual({ recordId: first.recordId, alreadyThere: true });
    expect(refusal(() => write(own.target.book, 'customerPayment', payment(own, 'k', '61.00', '60.00')))).toMatchObject({ status: 409, field: 'total', value: first.recordId });
    expect(own.target.openAmount(own.invoice)).toBe('40.00');
  });

  it('take all or nothing: a payment whose last line is too much moves no invoice', () => {
    const own = books();
    const second = seedRecord(own.target, own.master, 'invoice').id;
    const request = { ...payment(own, 'k', '200.01', '100.00'), applications: [{ invoice: own.invoice, amount: '100.00' }, { invoice: second, amount: '100.01' }] };
    expect(refusal(() => write(own.target.book, 'customerPayment', request))).toMatchObject({ status: 400, code: 'overApplied', field: 'applications[1].amount' });
    expect([own.target.openAmount(own.invoice), own.target.openAmount(second), own.target.book.writtenCount]).toEqual(['100.00', '100.00', 0]);
  });

  it('count two lines on one invoice together', () => {
    const own = books();
    const request = { ...payment(own, 'k', '120.00', '60.00'), applications: [{ invoice: own.invoice, amount: '60.00' }, { invoice: own.invoice, amount: '60.00' }] };
    expect(refusal(() => write(own.target.book, 'customerPayment', request)).code).toBe('overApplied');
  });

  it('refuse a closed period, naming the day', () => {
    const own = books();
    own.target.book.closePeriod('2026-03-31');
    expect(refusal(() => write(own.target.book, 'customerPayment', payment(own, 'k', '1.00', '1.00')))).toMatchObject({ code: 'periodClosed', field: 'receivedOn', value: '2026-03-10' });
  });

  it('give back exactly what was taken, whatever is booked and in whatever order it is undone', () => {
    const cents = fc.integer({ min: 1, max: 4_000 });
    fc.assert(fc.property(cents, cents, fc.boolean(), (paid, credited, paymentFirst) => {
      const own = books();
      const { book } = own.target;
      const text = (amount: number): string => formatMoney({ minor: BigInt(amount), currency: 'USD' });
      const pay = write(book, 'customerPayment', payment(own, 'p', text(paid), text(paid)));
      const apply = write(book, 'creditApplication', { key: 'c', credit: own.credit, appliedOn: '2026-03-10', applications: [{ invoice: own.invoice, amount: text(credited) }] });
      expect(own.target.openAmount(own.invoice)).toBe(text(10_000 - paid - credited));
      expect(own.target.openAmount(own.credit)).toBe(text(4_000 - credited));
      const undo = [
        () => write(book, 'voidDocument', { key: 'v', document: pay.recordId, voidedOn: '2026-03-10', reason: 'wrong' }),
        () => write(book, 'removeApplication', { key: 'u', application: apply.recordId, removedOn: '2026-03-10' }),
      ];
      for (const step of paymentFirst ? undo : undo.toReversed()) step();
      expect([own.target.openAmount(own.invoice), own.target.openAmount(own.credit)]).toEqual(['100.00', '40.00']);
    }));
  });

  it('void once: a second time, under another key, nothing moves', () => {
    const own = books();
    const paid = write(own.target.book, 'customerPayment', payment(own, 'p', '10.00', '10.00'));
    const request = { document: paid.recordId, voidedOn: '2026-03-10', reason: 'wrong' };
    expect(write(own.target.book, 'voidDocument', { key: 'v', ...request }).alreadyThere).toBe(false);
    expect(write(own.target.book, 'voidDocument', { key: 'w', ...request }).alreadyThere).toBe(true);
    expect(own.target.openAmount(own.invoice)).toBe('100.00');
  });
});
