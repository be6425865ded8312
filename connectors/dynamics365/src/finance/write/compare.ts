import { parseMoney, formatMoney, addMoney, zeroMoney, type BookedRecord, type Money, type PlannedStep } from '#canonical';
import { externalIdOf, field, type Row } from '../words.js';
import type { HeldJournal } from './journals.js';
import { amountText, lineFields, plannedJournal } from './words.js';

/** Fields of a step in which a journal that waits to be posted differs; the marks are given apart. Empty when it is the same posting. */
export function journalDifferences(step: PlannedStep, held: HeldJournal, marks: readonly Row[]): readonly string[] {
  const planned = plannedJournal(step);
  const [line, ...more] = held.lines;
  if (line === undefined) return [];
  const [wanted, found] = [lineFields(planned.line), lineFields(line)];
  const differing = Object.keys(wanted).filter((name) => wanted[name] !== found[name]);
  const currency = wanted['currency'] ?? '';
  const [wantedMarks, foundMarks] = [plannedMarkTexts(step, currency), markTexts(marks, currency)];
  return [...differing, ...(wantedMarks === foundMarks ? [] : ['applications']), ...(more.length > 0 ? ['lines'] : [])];
}

/** Marks by invoice; instalments of one count together. */
function plannedMarkTexts(step: PlannedStep, currency: string): string {
  return summed(plannedJournal(step).marks.map(({ row, amount }): [string, string] => [markName(row), amount]), currency);
}

function markTexts(marks: readonly Row[], currency: string): string {
  return summed(marks.map((row): [string, string] => [markName(row), field(row, 'SettlementAmountInInvoiceCurrency')]), currency);
}

function markName(row: Row): string {
  return externalIdOf(field(row, 'InvoiceCompany'), field(row, 'InvoiceNumber'));
}

function summed(entries: readonly (readonly [string, string])[], currency: string): string {
  const sums = new Map<string, Money>();
  for (const [name, amount] of entries) sums.set(name, addMoney(sums.get(name) ?? zeroMoney(currency), parseMoney(amountText(amount, currency), currency)));
  return [...sums].map(([name, sum]) => `${name} ${formatMoney(sum)}`).toSorted().join(', ');
}

/** What else than this step a posted payment under its key is. What was settled since may have moved on; what it is may not. */
export function bookedDifferences(step: PlannedStep, booked: BookedRecord): readonly string[] {
  const { fields, applications } = step.expected;
  const differing = ['customer', 'amount', 'currency', 'postedOn'].filter((name) => booked.fields[name] !== fields[name]);
  const texts = (list: BookedRecord['applications']): string => list.map(({ externalId, amount }) => `${externalId} ${amount}`).toSorted().join(', ');
  return texts(applications) === texts(booked.applications) ? differing : [...differing, 'applications'];
}
