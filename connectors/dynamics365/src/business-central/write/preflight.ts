import { formatMoney, isCurrencyCode, isLocalDate, parseMoney, type JsonObject, type OpenAmountChange, type PlannedStep, type Refusal } from '#canonical';
import type { Context } from '#connector-kit';
import { textOf } from '../../odata/json.js';
import { memberName } from '../../odata/literal.js';
import { rowsById } from '../api.js';
import { localCurrency } from '../company.js';
import { idOf, numberOf } from '../read/rows.js';
import { LEDGER_INVOICES, type RemainingSource } from '../read/ledger-documents.js';
import { postedOf } from '../read/posted.js';
import { earlyDiscounts, type EarlyDiscount } from '../ledger/discount.js';
import { entryNumberIn, INVOICE_ENTRY } from '../ledger/entry.js';
import { postingRange, type PostingRange } from '../posting-range.js';
import { contentOf, journalByCode } from './journal.js';
import { discountTaken } from './plan.js';
import { isReversal, preflightReversals } from './reverse.js';
import { journalCodeOf, linesOf, markOf, refusal, type ReceiptLine } from './words.js';

/** Everything the steps touch, as Business Central has it now. */
interface Ground {
  readonly invoices: ReadonlyMap<string, JsonObject>;
  readonly posted: ReadonlySet<string>;
  readonly customers: ReadonlyMap<string, JsonObject>;
  readonly range: PostingRange;
  readonly local: string;
  /** Early-payment discounts still possible, by invoice id. */
  readonly discounts: ReadonlyMap<string, EarlyDiscount>;
  /** Why a batch cannot be posted through, by its code; null where it can. */
  readonly journals: ReadonlyMap<string, Refusal | null>;
}

/**
 * Asks Business Central, before anything is sent, for what it would refuse or book otherwise: posting dates, blocked customers, currencies,
 * invoices that are gone, not posted, paid or another customer's, a batch that is missing or not the hub's alone.
 * It takes more than is open without a word and leaves the rest on account; that shows here or not at all.
 */
export async function preflight(context: Context, all: readonly PlannedStep[]): Promise<readonly Refusal[]> {
  const reversals = await preflightReversals(context, all.filter(isReversal));
  const steps = all.filter((step) => !isReversal(step));
  const receipts = steps.length === 0 ? new Map<string, readonly Refusal[]>() : await preflightReceipts(context, steps);
  return all.flatMap((step, index) => (reversals.get(step.stepKey) ?? receipts.get(step.stepKey) ?? []).map((found) => ({ ...found, path: `steps[${index}].${found.path}` })));
}

async function preflightReceipts(context: Context, steps: readonly PlannedStep[]): Promise<ReadonlyMap<string, readonly Refusal[]>> {
  const lines = steps.flatMap(linesOf);
  const rows = await rowsById(context, 'salesInvoices', [...new Set(lines.flatMap(({ invoiceId }) => invoiceId ?? []))]);
  const ledgerRows = await ledgerInvoices(context, steps);
  const posted = await postedOf(context, rows, INVOICE_ENTRY);
  const local = await localCurrency(context);
  const ground: Ground = {
    invoices: new Map([...rows, ...ledgerRows].map((row) => [idOf(row), row])),
    posted: new Set([...posted.map(({ row }) => row), ...ledgerRows].map(idOf)),
    discounts: await earlyDiscounts(context, posted.map(({ row, entry }) => ({ row, entry, currency: textOf(row['currencyCode']) || local }))),
    customers: new Map((await rowsById(context, 'customers', [...new Set(lines.map(({ customerId }) => customerId))])).map((row) => [idOf(row), row])),
    range: await postingRange(context), local, journals: await journalStates(context, steps),
  };
  return new Map(steps.map((step) => [step.stepKey, stepRefusals(step, ground)]));
}

/** Invoices that only the ledger shows, as the reader makes them. */
async function ledgerInvoices(context: Context, steps: readonly PlannedStep[]): Promise<readonly JsonObject[]> {
  const ids = steps.flatMap(({ effects }) => effects.map(({ externalId }) => externalId)).filter((id) => entryNumberIn(id) !== null);
  const found: JsonObject[] = [];
  if (ids.length > 0) for await (const page of LEDGER_INVOICES.byIds(context, [...new Set(ids)])) found.push(...page.records.map(({ payload }) => payload));
  return found;
}

async function journalStates(context: Context, steps: readonly PlannedStep[]): Promise<Ground['journals']> {
  const states = new Map<string, Refusal | null>();
  for (const step of steps) {
    const code = journalCodeOf(step);
    if (!states.has(code)) states.set(code, await journalRefusal(context, step, code));
  }
  return states;
}

async function journalRefusal(context: Context, step: PlannedStep, code: string): Promise<Refusal | null> {
  const filled = await journalByCode(context, code);
  if (filled === null) return refusal('accountMissing', 'body.journal', code, `There is no cash receipt journal batch "${code}".`, 'Create it in Business Central with a balancing account, for the hub alone.');
  if (filled.journal.balancingAccountNumber === '') return refusal('accountMissing', 'body.journal', code, `Journal batch "${code}" has no balancing account, so the money has nowhere to go.`, 'Set the bank account as its balancing account in Business Central.');
  const { foreign } = contentOf(filled.rows, markOf(step.stepKey));
  return foreign.length === 0 ? null : refusal('recordLocked', 'body.journal', code, `Journal batch "${code}" holds ${foreign.length} lines that somebody else wrote, and posting would take them along.`, 'Post or delete those lines, and keep the batch for the hub alone.');
}

function stepRefusals(step: PlannedStep, ground: Ground): readonly Refusal[] {
  const journal = ground.journals.get(journalCodeOf(step));
  const lines = linesOf(step);
  return [
    ...(journal === null || journal === undefined ? [] : [journal]), ...dateRefusals(lines, ground.range), ...customerRefusals(step, lines, ground),
    ...lines.flatMap((line, place) => invoiceRefusals(step, line, `body.lines[${place}].${line.invoiceNumber === null ? 'appliesToInvoiceId' : 'appliesToInvoiceNumber'}`, ground)),
  ];
}

function dateRefusals([line]: readonly ReceiptLine[], { from, to }: PostingRange): readonly Refusal[] {
  const day = line?.postingDate ?? '';
  if (!isLocalDate(day) || ((from === null || day >= from) && (to === null || day <= to))) return [];
  return [refusal('periodClosed', 'body.lines[0].postingDate', day, `Business Central allows posting from ${from ?? 'ever'} to ${to ?? 'ever'} only.`, 'Post on a day in that range, or change "Allow Posting From/To" in General Ledger Setup.')];
}

function customerRefusals(step: PlannedStep, [line]: readonly ReceiptLine[], { customers, local }: Ground): readonly Refusal[] {
  const path = 'body.lines[0].customerId';
  const id = line?.customerId ?? '';
  const customer = customers.get(id);
  if (customer === undefined) return [refusal('customerMismatch', path, id, `There is no customer ${id} in this company.`, 'Read the customers again and choose one that is there.')];
  const blocked = memberName(textOf(customer['blocked']) ?? '').trim();
  const currency = textOf(customer['currencyCode']) || local;
  const planned = step.expected.fields['currency'] ?? '';
  return [
    ...(blocked === 'All' ? [refusal('recordLocked', path, id, `Customer ${numberOf(customer)} is blocked for everything.`, 'Unblock the customer in Business Central, or post by hand.')] : []),
    ...(currency === planned ? [] : [refusal('currencyMismatch', path, currency, `A payment line takes the currency of the customer, ${currency}; the posting is in ${planned}.`, 'Post it by hand: the API has no field for the currency of a payment.')]),
  ];
}

const PAYABLE = new Set(['Open', 'Paid', 'Corrective', 'Canceled']);

function invoiceRefusals(step: PlannedStep, line: ReceiptLine, path: string, ground: Ground): readonly Refusal[] {
  const effect = step.effects.find((change) => change.externalId === line.invoiceId || (line.invoiceNumber === change.number && entryNumberIn(change.externalId) !== null));
  const id = line.invoiceId ?? effect?.externalId ?? null;
  if (id === null) return [];
  const row = ground.invoices.get(id);
  if (row === undefined) return [refusal('documentMissing', path, id, `There is no invoice ${effect?.number ?? id} in Business Central any more.`, 'Read it again and choose another invoice.')];
  if (!PAYABLE.has(memberName(textOf(row['status']) ?? '')) || !ground.posted.has(id)) {
    return [refusal('documentChanged', path, id, `Invoice ${numberOf(row)} is not posted.`, 'Post the invoice in Business Central, or choose another one.')];
  }
  const debtor = textOf(row['billToCustomerId']) ?? '';
  if (debtor !== line.customerId) {
    return [refusal('customerMismatch', path, id, `Invoice ${numberOf(row)} is billed to customer ${textOf(row['billToCustomerNumber']) ?? debtor}, who is not the payer.`, 'Split the payment: one for each customer.')];
  }
  const untold = entryNumberIn(id) === null ? [] : ledgerRefusals(row, path);
  if (effect === undefined || untold.length > 0) return untold;
  const open = openRefusals(effect, row, path, ground);
  return open.length > 0 ? open : discountRefusals(effect, line, row, path, ground);
}

/** A discount that came, went or moved since the plan was made: it would be booked otherwise than planned. */
function discountRefusals(effect: OpenAmountChange, line: ReceiptLine, row: JsonObject, path: string, { discounts }: Ground): readonly Refusal[] {
  const { currency } = effect;
  const [before, after, paid] = [parseMoney(effect.before, currency), parseMoney(effect.after, currency), parseMoney(line.amount.replace(/^-/, ''), currency)];
  const granted = discounts.get(idOf(row));
  const now = granted === undefined || !isLocalDate(line.postingDate) ? null : discountTaken({
    externalId: idOf(row), number: effect.number, lineExternalId: null, amount: paid, openBefore: before, earlyDiscount: { amount: parseMoney(granted.amount, currency), until: granted.until },
  }, line.postingDate);
  const planned = before.minor - after.minor - paid.minor;
  if (planned === (now?.minor ?? 0n)) return [];
  const [will, was] = [formatMoney(now ?? { minor: 0n, currency }), formatMoney({ minor: planned, currency })];
  return [refusal('documentChanged', path, formatMoney(paid), `Business Central will take an early-payment discount of ${will} ${currency} on invoice ${effect.number} by itself; the plan has ${was}.`, 'Read the invoice again and finalize with the discount it has now.')];
}

/** A payment line can name an invoice alone, and what is already paid of one without a sales document has to be told by somebody. */
function ledgerRefusals(row: JsonObject, path: string): readonly Refusal[] {
  const [number, type] = [numberOf(row), memberName(textOf(row['documentType']) ?? '').trim()];
  if (type !== INVOICE_ENTRY) return [refusal('notSupported', path, number, `${number} is a ledger entry of type "${type}"; a payment line of the API can be applied to type Invoice alone.`, 'Post the cash on account, and apply it in Business Central (Customer Ledger Entries, Apply Entries).')];
  const told = textOf(row['remainingFrom']) !== ('amount' satisfies RemainingSource);
  return told ? [] : [refusal('notSupported', path, number, `What is open of ${number} cannot be read: it has no sales invoice, and neither the companion extension nor, in the company's own currency, the app "Power BI Reports" tells it.`, 'Install one of them and test the connection again, or post this payment in Business Central.')];
}

function openRefusals(effect: OpenAmountChange, row: JsonObject, path: string, { local }: Ground): readonly Refusal[] {
  const currency = textOf(row['currencyCode']) || local;
  const open = textOf(row['remainingAmount']) ?? '';
  if (currency !== effect.currency) return [refusal('currencyMismatch', path, currency, `Invoice ${effect.number} is in ${currency}, the posting in ${effect.currency}.`, 'Post in the currency of the invoice.')];
  if (!isCurrencyCode(currency) || !/^-?\d+(\.\d+)?$/.test(open)) return [refusal('other', path, open, `What is open on invoice ${effect.number} is no amount.`, 'Look at the invoice in Business Central.')];
  const [now, before, after] = [parseMoney(open, currency), parseMoney(effect.before, currency), parseMoney(effect.after, currency)];
  if (now.minor === before.minor) return [];
  const taken = { minor: before.minor - after.minor, currency };
  return [refusal(now.minor < taken.minor ? 'overApplied' : 'documentChanged', path, formatMoney(taken), `Invoice ${effect.number} has ${formatMoney(now)} ${currency} open in Business Central, not ${effect.before}.`, 'Read it again and finalize with what is open now.')];
}
