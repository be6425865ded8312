import { addMoney, formatMoney, parseMoney, zeroMoney, type Money } from '#canonical';
import type { Acknowledgement, Context, FileAnswer, RenderedFile } from '#connector-kit';
import { LEDGER_COLUMNS, LEDGER_ENTITY, OPEN_ROWS } from '../read/ledger.js';
import { settlementsOf, type SettlementsOf } from '../read/settlements.js';
import { rowsOf } from '../service.js';
import { allOf, anyOf, companyOf, dayOf, equalsText, externalIdOf, field, member, negated, PAIRS_MAX, slices, type Row } from '../words.js';
import { amountText, unescaped } from '../write/words.js';
import { packageFacts, type PackageFacts } from './archive.js';
import { executionErrors, executionStatus, type ExecutionStatus } from './executions.js';
import { partTask, type PackageLine } from './in-part.js';
import { journalOfPackage, linesOfJournal, type PackageJournal } from './package-journal.js';

const ENDED: readonly ExecutionStatus[] = ['Succeeded', 'PartiallySucceeded', 'Failed', 'Canceled'];

/**
 * What Finance says about a package so far. The import says which lines it took, by the lines that are in the journal, and why not the others, by
 * its errors. A posting is booked once the journal is posted and its payments are in the ledger; until then it stays open.
 */
export async function acknowledgement(context: Context, file: RenderedFile): Promise<Acknowledgement | null> {
  const facts = packageFacts(file);
  const status = await executionStatus(context, facts.name);
  const journal = await journalOfPackage(context, facts);
  if (!ENDED.includes(status) && journal === null) return null;
  const answers = new Map<string, FileAnswer>(await bookedAnswers(context, facts));
  if (ENDED.includes(status)) for (const [key, answer] of await openAnswers(context, facts, status, journal, answers)) answers.set(key, answer);
  return answers.size === 0 ? null : { source: facts.name, answers };
}

/** Postings all of whose lines became payments. One line makes one transaction, so a posting may have several: they count together. */
async function bookedAnswers(context: Context, { company, lines }: PackageFacts): Promise<readonly (readonly [string, FileAnswer])[]> {
  const rows: Row[] = [];
  for (const slice of slices([...lines.keys()], PAIRS_MAX)) {
    const filter = allOf([equalsText('dataAreaId', company), `TransType eq ${member('LedgerTransType', 'Payment')}`, anyOf(slice.map((key) => equalsText('PaymId', key)))]);
    rows.push(...await rowsOf(context, { entity: LEDGER_ENTITY, filter, select: LEDGER_COLUMNS, expand: OPEN_ROWS, order: ['SysRecId'] }));
  }
  const settlements = rows.length === 0 ? new Map<string, SettlementsOf>() : await settlementsOf(context, rows.map((row) => field(row, 'SysRecId')));
  return [...lines].flatMap(([key, planned]) => {
    const payments = rows.filter((row) => field(row, 'PaymId') === key);
    const [first] = payments;
    return first === undefined || payments.length < planned.length ? [] : [[key, bookedAnswer(first, payments, settlements)] as const];
  });
}

function bookedAnswer(first: Row, payments: readonly Row[], settlements: ReadonlyMap<string, SettlementsOf>): FileAnswer {
  const currency = field(first, 'CurrencyCode');
  const reference = field(first, 'PaymReference');
  const applied = new Map<string, Money>();
  for (const { invoice, amount } of payments.flatMap((row) => settlements.get(field(row, 'SysRecId'))?.allocations ?? [])) {
    applied.set(invoice, addMoney(applied.get(invoice) ?? zeroMoney(currency), parseMoney(amountText(amount, currency), currency)));
  }
  const sum = (amounts: readonly string[]): Money => amounts.reduce((total, amount) => addMoney(total, parseMoney(amountText(amount, currency), currency)), zeroMoney(currency));
  const total = sum(payments.map((row) => negated(field(row, 'AmountCur'))));
  const settled = sum([...applied.values()].map(formatMoney));
  return {
    state: 'booked', externalId: externalIdOf(companyOf(first), field(first, 'SysRecId')),
    fields: {
      customer: externalIdOf(companyOf(first), field(first, 'AccountNum')), currency, postedOn: dayOf(first['TransDate']) ?? '', amount: formatMoney(total),
      unapplied: formatMoney({ minor: total.minor - settled.minor, currency }), ...(reference === '' ? {} : { reference }),
    },
    applications: [...applied].map(([externalId, amount]) => ({ externalId, amount: formatMoney(amount) })),
  };
}

/**
 * Once the import has ended: postings of which nothing is in the journal are refused. One with a part of its lines there stays open: what is
 * there would be posted with the journal, so nobody may book it again, and a person is told which lines are in and which are not.
 */
async function openAnswers(
  context: Context, facts: PackageFacts, status: ExecutionStatus, journal: PackageJournal | null, booked: ReadonlyMap<string, FileAnswer>,
): Promise<readonly (readonly [string, FileAnswer])[]> {
  const there = journal === null ? new Map<string, readonly Row[]>() : await linesOfJournal(context, journal);
  // A journal name may delete its lines after posting: what was taken is then in the ledger alone, and absence from the journal says nothing.
  const emptied = journal !== null && journal.posted && there.size === 0;
  const isPart = ([key, planned]: readonly [string, readonly PackageLine[]]): boolean => (there.get(key)?.length ?? 0) < planned.length;
  const short = emptied ? [] : [...facts.lines].filter((entry) => !booked.has(entry[0]) && isPart(entry));
  if (short.length === 0) return [];
  const errors = await executionErrors(context, facts.name);
  return short.map(([key, planned]) => {
    const rows = there.get(key) ?? [];
    if (rows.length === 0 || journal === null) return [key, { state: 'refused', problem: problemOf(planned, errors, status) }] as const;
    context.log('finance.postingInPart', { stepKey: key, lines: planned.length, found: rows.length, journal: journal.batchNumber });
    return [key, { state: 'inPart', problem: partTask(key, planned, rows, journal, errors.length === 0 ? '' : problemOf(planned, errors, status)) }] as const;
  });
}

/** The errors that name the posting, its line or its invoice; where none does, all of them. */
function problemOf(lines: readonly PackageLine[], errors: readonly string[], status: ExecutionStatus): string {
  if (errors.length === 0) return `the import ended as ${status} without this posting, and Finance gives no reason; look at the execution's staging data`;
  const words = lines.flatMap((line) => [line['PAYMENTID'] ?? '', line['MARKEDINVOICE'] ?? '', line['PAYMENTREFERENCE'] ?? '', unescaped(line['ACCOUNTDISPLAYVALUE'] ?? '')]).filter((word) => word.length > 2);
  const own = errors.filter((error) => words.some((word) => error.includes(word)));
  return (own.length > 0 ? own : errors).join('; ');
}
