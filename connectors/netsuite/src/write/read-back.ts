import { addMoney, formatMoney, parseMoney, isCurrencyCode, type BookedRecord, type PlannedStep } from '#canonical';
import type { Context, SentStep } from '#connector-kit';
import type { Application } from '../read/applications.js';
import type { Row } from '../suiteql.js';
import { amountText, applicationsBySource, idsByKey, journalSums, magnitudeText, transactionsById } from './books.js';
import { appliedIds, applicationLines, JOURNAL } from './words.js';

/** What NetSuite holds for all these steps, in a handful of queries. */
interface Books {
  readonly rows: ReadonlyMap<string, Row>;
  readonly applications: ReadonlyMap<string, readonly Application[]>;
  readonly journals: ReadonlyMap<string, readonly Row[]>;
  /** Ids of steps that bodies still name by key. */
  readonly idsOfKeys: ReadonlyMap<string, string>;
}

/**
 * What NetSuite holds now for sent steps, in the words of their `expected`: amounts with the currency's decimals, days, ids.
 * Applications are those the record settles; of a record that was only changed (a credit memo), those to the documents the step names.
 */
export async function readBack(context: Context, steps: readonly SentStep[]): Promise<readonly BookedRecord[]> {
  if (steps.length === 0) return [];
  const keys = steps.flatMap(({ step }) => applicationLines(step.body, 'credit').flatMap((line) => (line.stepKey === null ? [] : [line.stepKey])));
  const idsOfKeys = keys.length === 0 ? new Map<string, string>() : await idsByKey(context, keys);
  const rows = await transactionsById(context, steps.map((sent) => sent.externalId));
  const sources = steps.flatMap((sent) => [sent.externalId, ...creditIds(sent.step, idsOfKeys)]);
  const journalIds = steps.filter((sent) => sent.step.recordType === JOURNAL && rows.has(sent.externalId)).map((sent) => sent.externalId);
  const books: Books = { rows, idsOfKeys, applications: await applicationsBySource(context, [...new Set(sources)]), journals: await journalSums(context, journalIds) };
  return steps.map((sent) => recordOf(sent, books));
}

function recordOf({ step, externalId }: SentStep, books: Books): BookedRecord {
  const row = books.rows.get(externalId);
  if (row === undefined) return { stepKey: step.stepKey, externalId: null, fields: {}, applications: [] };
  const currency = row['currencysymbol'] ?? '';
  const fields = step.recordType === JOURNAL ? journalFields(row, currency, books.journals.get(externalId) ?? []) : paymentFields(row, currency);
  return { stepKey: step.stepKey, externalId, fields, applications: applicationsHeld(step, externalId, currency, books) };
}

function paymentFields(row: Row, currency: string): Record<string, string> {
  return {
    customer: row['entity'] ?? '', amount: magnitudeText(row['foreigntotal'], currency), currency, postedOn: row['trandate'] ?? '',
    memo: row['memo'] ?? '', unapplied: magnitudeText(row['foreignpaymentamountunused'], currency), status: row['status'] ?? '',
  };
}

function journalFields(row: Row, currency: string, lines: readonly Row[]): Record<string, string> {
  const accounts = lines.map((line): [string, string] => [`account ${line['account'] ?? ''}`, amountText(line['amount'], currency)]);
  return { currency, postedOn: row['trandate'] ?? '', memo: row['memo'] ?? '', ...Object.fromEntries(accounts) };
}

/**
 * Credits ticked with a payment settle invoices under their own name, so their share counts where the step names the invoice.
 * A journal settles nothing by itself: what its credit pays for belongs to the step that ticked it, under whichever name it is linked.
 */
function applicationsHeld(step: PlannedStep, externalId: string, currency: string, books: Books): BookedRecord['applications'] {
  if (step.recordType === JOURNAL) return [];
  const named = new Set(appliedIds(step.body));
  const own = (books.applications.get(externalId) ?? []).filter((application) => step.action === 'create' || named.has(application.invoice));
  const credits = creditIds(step, books.idsOfKeys).flatMap((id) => books.applications.get(id) ?? []).filter((application) => named.has(application.invoice));
  return summed([...own, ...credits], currency);
}

function summed(applications: readonly Application[], currency: string): BookedRecord['applications'] {
  const sums = new Map<string, string>();
  for (const { invoice, amount } of applications) sums.set(invoice, added(sums.get(invoice), amountText(amount, currency), currency));
  return [...sums].map(([externalId, amount]) => ({ externalId, amount }));
}

function added(left: string | undefined, right: string, currency: string): string {
  if (left === undefined || !isCurrencyCode(currency)) return right;
  return formatMoney(addMoney(parseMoney(left, currency), parseMoney(right, currency)));
}

function creditIds(step: PlannedStep, idsOfKeys: ReadonlyMap<string, string>): readonly string[] {
  return applicationLines(step.body, 'credit').flatMap((line) => line.documentId ?? idsOfKeys.get(line.stepKey ?? '') ?? []);
}

/** What a record holds other than a step expects of it, as field names. Empty when it is as planned. */
export function differencesOf(step: PlannedStep, booked: BookedRecord): readonly string[] {
  if (booked.externalId === null) return ['externalId'];
  const fields = Object.entries(step.expected.fields).filter(([name, value]) => booked.fields[name] !== value).map(([name]) => name);
  const text = (applications: BookedRecord['applications']): string => applications.map((entry) => `${entry.externalId} ${entry.amount}`).toSorted().join(', ');
  return text(step.expected.applications) === text(booked.applications) ? fields : [...fields, 'applications'];
}
