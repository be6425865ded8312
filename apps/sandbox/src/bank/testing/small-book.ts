import { addDays, parseLocalDate } from '#canonical';
import type { Book, BookCredit, BookCustomer, BookInvoice } from '../book.js';

const FIRST_DAY = parseLocalDate('2026-01-02');
const WORDS = ['NATIONAL', 'SUPPLY', 'AMERICAN', 'MANUFACTURING', 'RIVER', 'Östliche', 'STONE', 'SERVICES', 'GLOBAL', 'PAPER'];
const FORMS = ['Inc.', 'LLC', 'GmbH', 'Corporation', 'Ltd'];

/** A book made by arithmetic: `customers` customers, a tenth of them children of the first one, with `invoicesEach` invoices. */
export function smallBook(customers: number, invoicesEach: number): Book {
  const parties: BookCustomer[] = Array.from({ length: customers }, (_, index) => ({
    id: `c${index}`, number: String(10_000 + index), name: `${WORDS[index % 10] ?? ''} ${WORDS[(index * 7 + 3) % 10] ?? ''} ${index} ${FORMS[index % 5] ?? ''}`,
    parentId: index > 0 && index % 10 === 0 ? 'c0' : null, currency: 'USD',
  }));
  const invoices: BookInvoice[] = parties.flatMap(({ id, currency }, party) => Array.from({ length: invoicesEach }, (_, index) => {
    const openMinor = BigInt(1_000 + ((party * 7_919 + index * 104_729) % 5_000_000));
    const issuedOn = addDays(FIRST_DAY, (party * 3 + index * 5) % 120);
    return { id: `i${party}-${index}`, number: `INV-${100_000 + party * 1_000 + index}`, customerId: id, currency, openMinor, totalMinor: openMinor, issuedOn, dueOn: addDays(issuedOn, 30), purchaseOrder: `45000${party}${index}` };
  }));
  const credits: BookCredit[] = parties.filter((_, index) => index % 4 === 0).map(({ id, currency }, index) => ({ id: `m${index}`, number: `CM-${index}`, customerId: id, currency, openMinor: BigInt(500 + index * 37), issuedOn: FIRST_DAY }));
  return { customers: parties, invoices, credits };
}
