import { addMoney, formatMoney, intentProblems, subtractMoney, zeroMoney, type DocumentShare, type JsonObject, type Money, type OpenAmountChange, type PlannedStep, type PostingIntent, type Refusal } from '#canonical';
import { isOffered, type Plan, type PlanTools } from '#connector-kit';
import { environmentSettings, type PackageSettings } from '../settings.js';
import { keyOf, noonOf, recordIdOf, refusal } from '../words.js';
import { accountOf } from '../read/lists.js';
import { escaped, JOURNAL, lineFields } from './words.js';
import { objectOf, textOf } from '../../odata/json.js';

type Refused = readonly [Refusal, ...Refusal[]];

/** What a plan knows beside the intent: from the probe and the settings, never by asking. */
interface Facts {
  readonly settings: PackageSettings & { readonly journalName: string };
  readonly company: string;
  readonly account: string;
  /** Where the money is: kind of account and the account as a line takes it. */
  readonly bank: { readonly type: string; readonly display: string };
}

/** One customer's cash as a payment journal of its own: one line, and a row for each invoice it settles. Pure. */
export function plan(intent: PostingIntent, tools: PlanTools): Plan {
  const facts = factsOf(intent, tools);
  if (isRefused(facts)) return { refusals: facts };
  const body = tools.render('payment.post', paymentValue(intent, facts));
  const line = objectOf(body['line']);
  const keyWritten = textOf(objectOf(body['header'])['Description']);
  if (keyWritten !== intent.idempotencyKey) return { refusals: [refusal('other', 'mapping', keyWritten ?? '', 'The mapping payment.post does not write the key, whole, into header.Description; a lost answer could not be looked up.', 'Let header.Description be the key, uncut, in the mapping or its overlay.')] };
  const fields = { ...lineFields(line), customer: intent.customerExternalId, unapplied: formatMoney(intent.onAccount), ...referenceField(line) };
  return { steps: [{
    stepKey: intent.idempotencyKey, operation: 'post', action: 'create', recordType: JOURNAL, target: null, body,
    expected: { fields, applications: applicationsOf(intent.invoices) }, effects: effectsOf(intent.invoices),
    says: `Book the payment of ${shown(intent.amount)} on ${intent.postedOn} in a journal of its own${intent.invoices.length === 0 ? ' on account' : `, settling ${intent.invoices.map(({ number }) => number).join(', ')}`}; it counts once Finance has posted the journal.`,
  }] };
}

function factsOf(intent: PostingIntent, tools: PlanTools): Facts | Refused {
  const [problem, ...more] = intentProblems(intent).map((text) => refusal('other', 'intent', intent.idempotencyKey, text, 'Correct the posting and finalize it again.'));
  if (problem !== undefined) return [problem, ...more];
  const unoffered = notOffered(intent, tools);
  if (unoffered !== null) return [unoffered];
  const settings = settingsOf(tools);
  if (settings === null) return [refusal('other', 'config', '', 'The settings of the connection do not fit.', 'Correct the settings of the connection.')];
  const { journalName } = settings;
  if (journalName === undefined) return [refusal('other', 'config.journalName', '', 'The connection names no payment journal, so nothing can be posted.', 'Set journalName to a journal name of type Customer payment.')];
  return accountFacts(intent, { ...settings, journalName });
}

/** What only a person can do in Finance, with the reason the capabilities give. */
function notOffered(intent: PostingIntent, tools: PlanTools): Refusal | null {
  const operations = tools.probe?.capabilities.operations;
  if (operations === undefined) return refusal('other', 'probe', '', 'The connection was never tested, so what the environment offers is unknown.', 'Test the connection first.');
  const asked = [['credits', 'apply', intent.credits], ['writeOffs', 'writeOff', intent.writeOffs]] as const;
  for (const [path, operation, shares] of asked) {
    const capability = operations[operation];
    if (shares.length > 0 && !isOffered(capability)) return refusal('notSupported', `intent.${path}`, String(shares.length), `This cannot be posted from here: ${capability.because}.`, 'Book the cash alone, and let a person do the rest in Finance.');
  }
  return isOffered(operations.post) ? null : refusal('notSupported', 'intent', intent.idempotencyKey, `Postings are not possible: ${operations.post.because}.`, 'Correct the connection and test it again.');
}

function accountFacts(intent: PostingIntent, settings: PackageSettings & { readonly journalName: string }): Facts | Refused {
  const customer = keyOf(intent.customerExternalId);
  if (customer === null) return [refusal('customerMismatch', 'intent.customerExternalId', intent.customerExternalId, 'The customer is none of Finance: its id must be a legal entity and an account, as usmf/US-001.', 'Choose a customer that was read from this connection.')];
  const company = (intent.companyExternalId ?? customer.company).toLowerCase();
  if (company !== customer.company) return [refusal('companyMismatch', 'intent.companyExternalId', company, `Customer ${intent.customerExternalId} is an account of ${customer.company}, the payment is of ${company}.`, 'Choose the customer\'s account in that legal entity.')];
  if (intent.amount.minor === 0n) return [refusal('other', 'intent.amount', '0', 'A payment journal takes no line without an amount.', 'Give the posting an amount of cash.')];
  const bank = bankOf(intent, company, settings);
  if (bank === 'foreign') return [refusal('companyMismatch', 'intent.bankAccountExternalId', intent.bankAccountExternalId ?? '', `The account is none of ${company}.`, 'Choose an account of the payment\'s legal entity.')];
  if (bank === null) return [refusal('accountMissing', 'intent.bankAccountExternalId', '', 'The posting names no bank account, and the connection has none of its own.', 'Name it on the posting, or set bankAccountId.')];
  const foreign = intent.invoices.find(({ externalId }) => recordIdOf(externalId) === null);
  if (foreign !== undefined) return [refusal('documentMissing', 'intent.invoices', foreign.externalId, `Document ${foreign.number} is none of Finance.`, 'Choose an invoice that was read from this connection.')];
  return { settings, company, account: customer.key, bank };
}

/** An account that was read says its kind; a bare name is a bank account, as the setting is. */
function bankOf(intent: PostingIntent, company: string, settings: PackageSettings): Facts['bank'] | 'foreign' | null {
  const given = intent.bankAccountExternalId;
  if (given === null) return settings.bankAccountId === undefined ? null : { type: 'Bank', display: escaped(settings.bankAccountId, settings.accountSeparator) };
  const key = keyOf(given);
  const account = key === null ? null : accountOf(key.key);
  if (key === null || account === null) return { type: 'Bank', display: escaped(given, settings.accountSeparator) };
  return key.company === company ? account : 'foreign';
}

function settingsOf(tools: PlanTools): PackageSettings | null {
  try {
    return environmentSettings(tools.config);
  } catch {
    return null;
  }
}

function isRefused(facts: Facts | Refused): facts is Refused {
  return Array.isArray(facts);
}

/** Money in is a positive credit (reference 3.5). Days leave as instants at noon. */
function paymentValue(intent: PostingIntent, { settings, company, account, bank }: Facts): JsonObject {
  return {
    key: intent.idempotencyKey, company, journalName: settings.journalName, customer: escaped(account, settings.accountSeparator), currency: intent.amount.currency,
    amount: formatMoney(intent.amount), postedAt: noonOf(intent.postedOn), method: settings.paymentMethodName ?? null, bankType: bank.type, bank: bank.display,
    reference: intent.reference, text: intent.memo ?? intent.reference,
    invoices: intent.invoices.map((share) => ({
      document: share.externalId, number: share.number, company: keyOf(share.externalId)?.company ?? company, dueOn: share.lineExternalId, amount: formatMoney(share.amount),
    })),
  };
}

/** As the mapping wrote it: it may have been cut to Finance's length. */
function referenceField(line: JsonObject): Record<string, string> {
  const reference = textOf(line['PaymentReference']) ?? '';
  return reference === '' ? {} : { reference };
}

/** Instalments of one invoice count together: Finance's settlements name transactions. */
function applicationsOf(invoices: readonly DocumentShare[]): PlannedStep['expected']['applications'] {
  const sums = new Map<string, Money>();
  for (const { externalId, amount } of invoices) sums.set(externalId, addMoney(sums.get(externalId) ?? zeroMoney(amount.currency), amount));
  return [...sums].map(([externalId, amount]) => ({ externalId, amount: formatMoney(amount) }));
}

function effectsOf(invoices: readonly DocumentShare[]): readonly OpenAmountChange[] {
  const open = new Map<string, Money>();
  return invoices.map(({ externalId, number, amount, openBefore }) => {
    const before = open.get(externalId) ?? openBefore;
    const after = subtractMoney(before, amount);
    open.set(externalId, after);
    return { document: 'invoice', externalId, number, currency: amount.currency, before: formatMoney(before), after: formatMoney(after) };
  });
}

function shown(money: Money): string {
  return `${formatMoney(money)} ${money.currency}`;
}

