import { compareMoney, formatMoney, isCurrencyCode, parseMoney, type OpenAmountChange, type PlannedStep, type Refusal } from '#canonical';
import type { Context } from '#connector-kit';
import { openOf } from '../read/ledger.js';
import { kindOf } from '../read/kinds.js';
import { companyOf, externalIdOf, field, refusal, type Row } from '../words.js';
import { gatherGround, payerOf, type Ground } from './ground.js';
import { amountText, plannedJournal, type PlannedMark } from './words.js';

/**
 * What Finance would refuse, asked before anything is sent: customers, documents, open amounts, marks of other journals. Whether a period is open no
 * entity says; a journal of a closed one is refused when it is posted, by a person or a batch job, and stays unposted.
 */
export async function preflight(context: Context, steps: readonly PlannedStep[]): Promise<readonly Refusal[]> {
  if (steps.length === 0) return [];
  const ground = await gatherGround(context, steps);
  return refusalsOn(ground, steps);
}

/** Pure part of {@link preflight}. */
export function refusalsOn(ground: Ground, steps: readonly PlannedStep[]): readonly Refusal[] {
  const seen = new Set<string>();
  return steps.flatMap((step, index) => [...payerRefusals(step, index, ground), ...plannedJournal(step).marks.flatMap((mark, place) => {
    const first = !seen.has(mark.document);
    seen.add(mark.document);
    return markRefusals(step, `steps[${index}].body.marks[${place}]`, mark, ground, first);
  })]);
}

function payerRefusals(step: PlannedStep, index: number, ground: Ground): Refusal[] {
  const payer = payerOf(step);
  if (ground.customers.has(payer)) return [];
  return [refusal('customerMismatch', `steps[${index}].body.line.AccountDisplayValue`, payer, `There is no customer ${payer} in Finance, or the role does not see it.`, 'Read the account again and choose another customer.')];
}

function markRefusals(step: PlannedStep, path: string, mark: PlannedMark, ground: Ground, first: boolean): Refusal[] {
  const number = field(mark.row, 'InvoiceNumber');
  const row = ground.documents.get(mark.document);
  if (row === undefined || kindOf(row) !== 'invoice') return [refusal('documentMissing', `${path}.InvoiceNumber`, number, `There is no invoice ${number} in Finance any more.`, 'Read the account again and choose another invoice.')];
  return [...ownerRefusals(step, path, number, row), ...lockRefusals(path, number, row, ground), ...(first ? openRefusals(step, path, mark, row) : [])];
}

function ownerRefusals(step: PlannedStep, path: string, number: string, row: Row): Refusal[] {
  const owner = externalIdOf(companyOf(row), field(row, 'AccountNum'));
  if (owner === payerOf(step)) return [];
  return [refusal('customerMismatch', `${path}.InvoiceNumber`, number, `Invoice ${number} is owed by ${owner}, the payment is of ${payerOf(step)}.`, 'Split the payment: one for each customer account.')];
}

/** A mark locks the invoice for every other journal until that one is posted or deleted (reference 3.5). */
function lockRefusals(path: string, number: string, row: Row, ground: Ground): Refusal[] {
  const [journal] = ground.marked.get(externalIdOf(companyOf(row), field(row, 'Invoice'))) ?? [];
  if (journal === undefined) return [];
  return [refusal('recordLocked', `${path}.InvoiceNumber`, number, `Invoice ${number} is marked for settlement in payment journal ${journal}, which waits to be posted.`, 'Post or delete that journal in Finance, or take the invoice out of it.')];
}

function openRefusals(step: PlannedStep, path: string, mark: PlannedMark, row: Row): Refusal[] {
  const changes = step.effects.filter((change) => change.externalId === mark.document);
  const [first, last] = [changes[0], changes.at(-1)];
  if (first === undefined || last === undefined) return [];
  const at = `${path}.SettlementAmountInInvoiceCurrency`;
  const currency = field(row, 'CurrencyCode');
  if (currency !== first.currency) return [refusal('currencyMismatch', at, currency, `${first.number} is in ${currency}, the posting in ${first.currency}.`, 'Book in the currency of the invoice.')];
  const open = amountText(openOf(row), currency);
  return open === first.before ? [] : [movedRefusal({ ...first, after: last.after }, at, open, currency)];
}

function movedRefusal(change: OpenAmountChange, path: string, open: string, currency: string): Refusal {
  if (!isCurrencyCode(currency) || !/^-?\d+(\.\d+)?$/.test(open)) return refusal('other', path, open, `What is open on ${change.number} is no amount.`, 'Look at the document in Finance.');
  const taken = { minor: parseMoney(change.before, currency).minor - parseMoney(change.after, currency).minor, currency };
  const tooLittle = compareMoney(parseMoney(open, currency), taken) < 0;
  return refusal(
    tooLittle ? 'overApplied' : 'documentChanged', path, formatMoney(taken), `${change.number} has ${open} ${currency} open in Finance, not ${change.before}.`, 'Read the document again and finalize with what is open now.',
  );
}
