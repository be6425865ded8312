import { currencyExponent, formatMinorUnits, parseMinorUnits } from '#canonical';
import type { Book, BookInvoice } from '../bank/book.js';
import { csvRows } from '../simulation/csv-rows.js';

/** Raised for a posting file that is not whole: nothing of it is booked. */
export class PostingFileError extends Error {
  override readonly name = 'PostingFileError';
}

interface Posting {
  readonly key: string;
  readonly customerId: string;
  readonly postedOn: string;
  readonly currency: string;
  readonly amount: string;
  readonly invoices: { readonly id: string; readonly amount: string }[];
}

const CUSTOMER_HEADING = ['Customer ID', 'Customer Number', 'Name', 'Currency', 'Active'];
const INVOICE_HEADING = ['Invoice ID', 'Invoice Number', 'Customer ID', 'Currency', 'Invoice Date', 'Due Date', 'Total', 'Open Amount', 'Status'];
const ANSWER_HEADING = ['Posting Key', 'Result', 'Document ID', 'Message', 'Amount', 'Posted On'];

/**
 * A ledger that speaks in files alone, in the columns of the plain CSV template: it writes what is open, takes files of postings and answers
 * each. It books whatever a file says, also what it has booked before under the same key: whoever sends twice has paid twice, and it counts.
 */
export class FileLedger {
  readonly #open: Map<string, bigint>;
  readonly #booked = new Map<string, number>();
  readonly #blocked = new Set<string>();
  readonly #sequences = new Set<string>();
  #documents = 0;

  constructor(private readonly book: Book) {
    this.#open = new Map(book.invoices.map(({ id, openMinor }) => [id, openMinor]));
  }

  /** Postings of this customer are refused from now on. */
  block(customerId: string): void {
    this.#blocked.add(customerId);
  }

  customersFile(): Buffer {
    return csvFile(CUSTOMER_HEADING, this.book.customers.map(({ id, number, name, currency }) => [id, number, name, currency, 'yes']));
  }

  /** Every invoice with what is open of it now. */
  invoicesFile(): Buffer {
    return csvFile(INVOICE_HEADING, this.book.invoices.map((invoice) => [
      invoice.id, invoice.number, invoice.customerId, invoice.currency, invoice.issuedOn, invoice.dueOn, text(invoice.totalMinor, invoice), text(this.#openOf(invoice.id), invoice),
      this.#openOf(invoice.id) === 0n ? 'paid' : 'open',
    ]));
  }

  /** Works through a posting file and writes the answer. @throws PostingFileError for a file that is cut off, does not add up, or was numbered before. */
  take(bytes: Uint8Array): Buffer {
    const { sequence, postings } = readPostings(Buffer.from(bytes).toString('utf8'));
    if (this.#sequences.has(sequence)) throw new PostingFileError(`file number ${sequence} was taken before`);
    this.#sequences.add(sequence);
    return csvFile(ANSWER_HEADING, postings.map((posting) => this.#answer(posting)));
  }

  get bookedCount(): number {
    return this.#booked.size;
  }

  /** Keys under which more than one payment was booked. */
  get duplicates(): number {
    return [...this.#booked.values()].filter((times) => times > 1).length;
  }

  /** @throws RangeError when more was applied to an invoice than it was over. */
  check(): void {
    for (const [id, open] of this.#open) if (open < 0n) throw new RangeError(`invoice ${id} is overpaid by ${-open} minor units`);
  }

  #answer(posting: Posting): string[] {
    const { key, amount, postedOn, customerId } = posting;
    const problem = this.#blocked.has(customerId) ? `customer ${customerId} is blocked` : this.#overApplied(posting);
    if (problem !== null) return [key, 'ERROR', '', problem, '', ''];
    for (const { id, amount: applied } of posting.invoices) this.#open.set(id, this.#openOf(id) - minor(applied, posting.currency));
    this.#booked.set(key, (this.#booked.get(key) ?? 0) + 1);
    this.#documents += 1;
    return [key, 'OK', `RCPT-${this.#documents}`, '', amount, postedOn];
  }

  #overApplied({ invoices, currency }: Posting): string | null {
    const over = invoices.find(({ id, amount }) => !this.#open.has(id) || minor(amount, currency) > this.#openOf(id));
    return over === undefined ? null : `invoice ${over.id} is not open with ${over.amount}`;
  }

  #openOf(id: string): bigint {
    return this.#open.get(id) ?? 0n;
  }
}

/** Rows by their first column: H the file, P a posting, I an invoice it pays, T the totals. */
function readPostings(content: string): { sequence: string; postings: readonly Posting[] } {
  const postings: Posting[] = [];
  let sequence = '';
  let total: readonly string[] | null = null;
  for (const { cells: [tag = '', ...fields] } of csvRows(content)) {
    if (tag === 'H') sequence = fields[0] ?? '';
    else if (tag === 'P') postings.push(postingOf(fields));
    else if (tag === 'I') postings.at(-1)?.invoices.push({ id: fields[1] ?? '', amount: fields[4] ?? '' });
    else if (tag === 'T') total = fields;
  }
  if (total === null) throw new PostingFileError('the file has no total row: it is cut off');
  const sum = postings.reduce((all, { amount, currency }) => all + minor(amount, currency), 0n);
  const [postingsTold = '', , amountTold = ''] = total;
  if (postingsTold !== String(postings.length) || minor(amountTold, postings[0]?.currency ?? 'USD') !== sum) throw new PostingFileError(`the totals (${postingsTold}, ${amountTold}) are not those of the rows`);
  return { sequence, postings };
}

function postingOf(fields: readonly string[]): Posting {
  const [, key = '', customerId = '', , postedOn = '', currency = '', amount = ''] = fields;
  return { key, customerId, postedOn, currency, amount, invoices: [] };
}

const minor = (amount: string, currency: string): bigint => parseMinorUnits(amount, currencyExponent(currency));
const text = (amount: bigint, { currency }: BookInvoice): string => formatMinorUnits(amount, currencyExponent(currency));
/** One line, ended as spreadsheets end it. */
const csvLine = (fields: readonly string[]): string => `${fields.map((field) => (/[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field)).join(',')}\r\n`;
const csvFile = (heading: readonly string[], rows: readonly (readonly string[])[]): Buffer => Buffer.from([heading, ...rows].map(csvLine).join(''));
