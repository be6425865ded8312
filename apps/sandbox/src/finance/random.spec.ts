import fc from 'fast-check';
import { SandboxClock } from '../simulation/clock.js';
import { Book } from './book/book.js';
import { assertBook } from './book/invariants.js';
import { SettlementError } from './book/settlement.js';
import { generateCompanies } from './company/generate.js';
import { MutationError, Mutations } from './company/mutations.js';
import { HEADERS, LINES } from './entities/journals.js';
import { SETTLED_INVOICES } from './entities/settled-invoices.js';
import { decimalText, inAccountingCurrency, ONE } from './decimals.js';
import type { Environment } from './environment.js';
import { ENTITY_SETS } from './entities/catalogue.js';
import { columns, ENUMS, type Row } from './odata/columns.js';
import { parseFilter } from './odata/filter.js';
import { keyOf } from './odata/key.js';
import { ODataError } from './odata/odata-error.js';
import { csvOf, rowOfStaged, stagedRows } from './packages/package-file.js';
import { defaultSettings } from './settings.js';

const INVOICES = ['A', 'B', 'C'] as const;

function environment(): { environment: Environment; mutations: Mutations } {
  const clock = new SandboxClock();
  clock.set(new Date('2026-11-20T10:00:00Z'), true);
  const made = { book: new Book(), settings: { ...defaultSettings(), marksLock: false }, clock };
  generateCompanies(made, { seed: 1, profile: 'bare' });
  const mutations = new Mutations(made);
  mutations.addCustomer({ account: 'X', name: 'X', currency: 'EUR' });
  for (const number of INVOICES) mutations.addInvoice({ account: 'X', number, amount: '10.01', day: '2026-10-01', dueDate: '2026-10-31' });
  mutations.addInvoice({ account: 'X', number: 'N', amount: '-4.33', day: '2026-10-01', dueDate: '2026-10-31' });
  return { environment: made, mutations };
}

/** Runs one random step; what the rules refuse is no failure, what the book cannot prove is. */
function step({ environment: made, mutations }: ReturnType<typeof environment>, kind: number, cents: number, which: number): void {
  const invoice = INVOICES[which % INVOICES.length] ?? 'A';
  const { book } = made;
  const journal = book.journals.all()[which % Math.max(1, book.journals.size)];
  try {
    switch (kind) {
      case 0: book.write('service', () => {
        const header = HEADERS.create?.({ environment: made, given: { dataAreaId: 'usmf', JournalName: 'ARPay' }, origin: 'api' });
        const batch = book.journals.get(header?.recId ?? 0n)?.batch ?? '';
        LINES.create?.({ environment: made, given: { dataAreaId: 'usmf', JournalBatchNumber: batch, LineNumber: ONE, AccountDisplayValue: 'X', CreditAmount: BigInt(cents) * 10_000n, CurrencyCode: 'EUR' }, origin: 'api' });
      }); break;
      case 1: case 2: book.write('service', () => SETTLED_INVOICES.create?.({
        environment: made, origin: 'api',
        given: {
          JournalLineCompany: 'usmf', JournalBatchNumber: journal?.batch ?? '', JournalLineNumber: ONE, InvoiceNumber: kind === 2 ? 'N' : invoice, InvoiceDueDate: '2026-10-31', SettlementAmountInInvoiceCurrency: BigInt(kind === 2 ? -cents : cents) * 10_000n,
          CashDiscountToTakeInInvoiceCurrency: kind === 1 && which % 4 === 0 ? 10_000n : 0n,
        },
      })); break;
      case 3: if (journal !== undefined) mutations.postJournal({ batch: journal.batch }); break;
      case 4: mutations.settle({ invoice: mutations.openAmount({ invoice }).recId, amount: decimalText(BigInt(cents) * 10_000n) }); break;
      case 5: mutations.undoSettlement({ transaction: mutations.openAmount({ invoice }).recId }); break;
      default: if (journal !== undefined) mutations.deleteJournal({ batch: journal.batch });
    }
  } catch (error) {
    if (!(error instanceof ODataError || error instanceof MutationError || error instanceof SettlementError)) throw error;
  }
}

describe('the book, whatever happens to it', () => {
  it('adds up after any sequence of journals, marks, postings, settlements, undone settlements and deletions', () => {
    let [posted, undone] = [0, 0];
    fc.assert(fc.property(fc.array(fc.tuple(fc.constantFrom(0, 0, 0, 1, 1, 2, 3, 3, 3, 4, 5, 6), fc.oneof(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 1200 })), fc.nat(11)), { minLength: 10, maxLength: 40, size: 'max' }), (steps) => {
      const world = environment();
      for (const [kind, cents, which] of steps) step(world, kind, cents, which);
      assertBook(world.environment.book);
      for (const open of world.environment.book.opens.all()) expect(open.amount).not.toBe(0n);
      posted += world.environment.book.journals.all().filter((journal) => journal.posted).length;
      undone += world.environment.book.settlements.all().filter((settlement) => !settlement.reversible).length;
    }), { numRuns: 100 });
    // Otherwise the sequences would prove little.
    expect([posted > 100 || posted, undone > 100 || undone]).toEqual([true, true]);
  });

  it('rounds amounts in the company\'s currency by at most half a cent, symmetrically', () => {
    fc.assert(fc.property(fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }), fc.bigInt({ min: 1n, max: 10n ** 9n }), (units, rate) => {
      const rounded = inAccountingCurrency(units, rate);
      const exact = units * rate;
      const off = rounded * 100n * ONE - exact;
      expect(2n * (off < 0n ? -off : off)).toBeLessThanOrEqual(10_000n * 100n * ONE);
      expect(inAccountingCurrency(-units, rate)).toBe(-rounded);
    }));
  });
});

const DEFINITION = columns('Name Amount:decimal On:date Kind:enum.NoYes Id:int64');
const DATES = { plainDatesInFilters: false, dateFilters: 'asShown' } as const;
const ROW = fc.record({
  Name: fc.string({ maxLength: 12 }).map((text) => text.replaceAll('*', '').trim()), Amount: fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n }), On: fc.constantFrom('', '2026-10-01', '2024-02-29'), Kind: fc.constantFrom('No', 'Yes'), Id: fc.bigInt({ min: 0n, max: 10n ** 15n }),
});

describe('parsers', () => {
  it('find a row by any of its values, as a client would write them', () => {
    fc.assert(fc.property(ROW, (row) => {
      const day = row.On === '' ? '1900-01-01' : row.On;
      const filter = `Name eq '${row.Name.replaceAll("'", "''")}' and Amount eq ${decimalText(row.Amount)} and On eq ${day}T12:00:00Z and Kind eq Microsoft.Dynamics.DataEntities.NoYes'${row.Kind}' and Id eq ${row.Id}`;
      expect(parseFilter(filter, DEFINITION, 'T', DATES)(row)).toBe(true);
      expect(parseFilter(`not (${filter})`, DEFINITION, 'T', DATES)(row)).toBe(false);
      const key = keyOf(`Name='${row.Name.replaceAll("'", "''")}',On=${day}T12:00:00Z`, DEFINITION.filter((column) => column.name === 'Name' || column.name === 'On'), 'T');
      expect([key.get('Name'), key.get('On')]).toEqual([row.Name, row.On]);
    }));
  });

  it('refuse what they do not understand with an answer of the product, never otherwise', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.array(fc.constantFrom('Name', 'Amount', 'eq', 'and', 'or', 'not', '(', ')', "'x'", '1', '2026-10-01T12:00:00Z', 'in', '*'), { maxLength: 12 }).map((parts) => parts.join(' '))), (text) => {
      try {
        expect(typeof parseFilter(text, DEFINITION, 'T', DATES)({ Name: 'x', Amount: 0n, On: '', Kind: 'No', Id: 0n })).toBe('boolean');
      } catch (error) {
        expect(error).toBeInstanceOf(ODataError);
      }
    }));
  });

  it('read a CSV file back as it was written, whatever stands in its texts', () => {
    fc.assert(fc.property(fc.array(ROW, { maxLength: 8 }), (rows) => {
      const staged = stagedRows(csvOf(DEFINITION, rows));
      const back = staged.map((each): Row => ({ Name: '', ...rowOfStaged(DEFINITION, each) }));
      expect(back).toEqual(rows.map((row) => ({ ...row, Name: row.Name.trim() })));
    }));
  });

  it('know every enum that a column names, and every key column', () => {
    for (const set of ENTITY_SETS) {
      const names = set.columns.map((column) => column.name);
      expect(names).toEqual(expect.arrayContaining([...set.key]));
      expect(new Set(names).size).toBe(names.length);
      for (const column of set.columns.filter((each) => each.type === 'enum')) {
        const first = ENUMS[column.enumeration]?.[0] ?? '';
        expect(parseFilter(`${column.name} eq Microsoft.Dynamics.DataEntities.${column.enumeration}'${first}'`, set.columns, 'T', DATES)({ [column.name]: first })).toBe(true);
      }
    }
  });
});
