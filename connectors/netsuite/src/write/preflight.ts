import { compareMoney, formatMoney, isCurrencyCode, parseMoney, type OpenAmountChange, type PlannedStep, type Refusal } from '#canonical';
import type { Context } from '#connector-kit';
import type { Row } from '../suiteql.js';
import { amountText, magnitudeText, minorOf, unappliedProblem } from './books.js';
import { gatherGround, type Ground } from './preflight-ground.js';
import { appliedIds, applicationLines, CREDIT_MEMO, journalLines, PAYMENT, referenceId, refusal, targetId, textOf, unappliedShare, type ApplicationLine } from './words.js';

/**
 * Asks NetSuite, before anything is sent, for what it would refuse: closed periods, documents that are gone, changed or taken,
 * payers that are no relatives, other subsidiaries and currencies, missing accounts, payments that sit in a bank deposit.
 * Locks by a workflow show only when NetSuite refuses: no table tells them.
 */
export async function preflight(context: Context, steps: readonly PlannedStep[]): Promise<readonly Refusal[]> {
  const ground = await gatherGround(context, steps);
  const foreseen: Foreseen = new Set();
  return steps.flatMap((step, index) => {
    const refusals = [
      ...periodRefusals(step, index, ground), ...accountRefusals(step, index, ground),
      ...targetRefusals(step, index, ground, foreseen), ...documentRefusals(step, index, ground, foreseen), ...counterRefusals(steps, index, ground),
    ];
    for (const effect of step.effects) foreseen.add(`${effect.externalId} ${effect.after}`);
    return refusals;
  });
}

/** What earlier steps leave open, `<id> <amount>`: a later step of the same posting starts from there, not from what NetSuite has now. */
type Foreseen = Set<string>;

function periodRefusals(step: PlannedStep, index: number, ground: Ground): Refusal[] {
  if (ground.periods === null) return [];
  const day = step.action === 'create' ? textOf(step.body['tranDate']) : ground.transactions.get(targetId(step) ?? '')?.['trandate'] ?? null;
  if (day === null) return [];
  const path = step.action === 'create' ? `steps[${index}].body.tranDate` : `steps[${index}].target`;
  const covering = ground.periods.filter((period) => (period['startdate'] ?? '') <= day && day <= (period['enddate'] ?? ''));
  if (covering.length === 0) {
    if (step.action === 'update') return [];
    return [refusal('periodClosed', path, day, `No accounting period holds ${day}.`, 'Set up the period in NetSuite, or post on another day.')];
  }
  return covering.filter((period) => isShut(period) && !(step.action === 'update' && period['allownonglchanges'] === 'T')).slice(0, 1).map((period) => refusal(
    'periodClosed', path, day, `The accounting period ${period['periodname'] ?? ''} is ${period['closed'] === 'T' ? 'closed' : 'locked for receivables'}.`, 'Open the period in NetSuite, or post on a day of an open one.',
  ));
}

/** What a document is applied to may change in a closed period only where it allows changes that leave the ledger alone (reference A2). */
function isShut(period: Row): boolean {
  return period['closed'] === 'T' || period['arlocked'] === 'T' || period['alllocked'] === 'T';
}

function accountRefusals(step: PlannedStep, index: number, ground: Ground): Refusal[] {
  if (step.action !== 'create') return [];
  const named: [path: string, id: string][] = journalLines(step.body).map((line) => [`${line.path}.account`, line.accountId]);
  for (const name of ['account', 'arAcct']) {
    const id = referenceId(step.body, name);
    if (id !== null) named.push([name, id]);
  }
  return named.flatMap(([path, id]) => {
    const account = ground.accounts.get(id);
    if (account !== undefined && account['isinactive'] !== 'T') return [];
    const problem = account === undefined ? `There is no account ${id}, or the role does not see it.` : `Account ${id} is inactive.`;
    return [refusal('accountMissing', `steps[${index}].body.${path}.id`, id, problem, 'Choose an active account of this company.')];
  });
}

function targetRefusals(step: PlannedStep, index: number, ground: Ground, foreseen: Foreseen): Refusal[] {
  const id = targetId(step);
  if (id === null) return [];
  const row = ground.transactions.get(id);
  const path = `steps[${index}].target`;
  if (row === undefined) return [refusal('documentMissing', path, id, `There is no ${step.recordType} ${id} in NetSuite.`, 'Read the account again and look for what became of it.')];
  if (step.action === 'delete' && row['type'] === 'CustPymt' && row['status'] === 'C') {
    return [refusal('recordLocked', path, id, `Payment ${row['tranid'] ?? id} is part of a bank deposit and cannot be deleted.`, 'Take it out of the deposit in NetSuite, or set reversal to "compensate".')];
  }
  return step.recordType === CREDIT_MEMO && step.operation === 'apply' ? creditRefusals(step, index, row, ground, foreseen) : [];
}

/** A payment can be countered once: what it gives back must be free, or set free by an earlier step of this reversal. */
function counterRefusals(steps: readonly PlannedStep[], index: number, ground: Ground): Refusal[] {
  const share = unappliedShare(steps[index]?.body ?? {});
  if (share === null) return [];
  const row = ground.transactions.get(share.paymentId);
  const freed = new Set(steps.slice(0, index).filter((step) => targetId(step) === share.paymentId).flatMap((step) => appliedIds(step.body)));
  const held = (ground.applications.get(share.paymentId) ?? []).filter((application) => freed.has(application.invoice));
  const released = held.reduce((sum, application) => sum + minorOf(application.amount, row?.['currencysymbol'] ?? ''), 0n);
  const problem = unappliedProblem(share, row, released);
  return problem === null ? [] : [refusal('documentChanged', `steps[${index}].body`, share.paymentId, `${problem}.`, 'Look at the payment in NetSuite: it may have been reversed or applied by hand.')];
}

const CREDITS_WE_APPLY = new Set(['CustCred', 'CustPymt']);

function creditRefusals(step: PlannedStep, index: number, row: Row, ground: Ground, foreseen: Foreseen): Refusal[] {
  const id = row['id'] ?? '';
  const path = `steps[${index}].target`;
  const type = row['type'] ?? '';
  if (!CREDITS_WE_APPLY.has(type)) {
    return [refusal('notSupported', path, id, `Document ${row['tranid'] ?? id} (${type}) cannot be applied from here.`, 'Apply it in NetSuite; deposits need an application document of their own.')];
  }
  const linked = (ground.applications.get(id) ?? []).map((application) => application.invoice);
  const taken = applicationLines(step.body, 'apply').filter((line) => line.documentId !== null && linked.includes(line.documentId)).map((line) => refusal(
    'documentChanged', `steps[${index}].body.${line.path}.doc.id`, line.documentId ?? '', 'The credit is applied to this invoice already, and a change would replace that amount.', 'Un-apply it in NetSuite first, or leave this credit out.',
  ));
  const effect = step.effects.find((change) => change.externalId === id);
  return [...taken, ...(effect === undefined ? [] : openRefusals(effect, path, row['currencysymbol'] ?? '', magnitudeText(row['foreignpaymentamountunused'], effect.currency), foreseen))];
}

function documentRefusals(step: PlannedStep, index: number, ground: Ground, foreseen: Foreseen): Refusal[] {
  const lines = step.recordType === PAYMENT || step.recordType === CREDIT_MEMO ? applicationLines(step.body, 'apply') : [];
  return lines.filter((line) => line.applies && line.documentId !== null).flatMap((line) => documentRefusal(step, `steps[${index}].body.${line.path}`, line, ground, foreseen));
}

function documentRefusal(step: PlannedStep, path: string, line: ApplicationLine, ground: Ground, foreseen: Foreseen): Refusal[] {
  const id = line.documentId ?? '';
  const row = ground.transactions.get(id);
  const effect = step.effects.find((change) => change.externalId === id);
  if (row === undefined) return [refusal('documentMissing', `${path}.doc.id`, id, `There is no invoice ${effect?.number ?? id} in NetSuite any more.`, 'Read the account again and choose another invoice.')];
  const number = row['tranid'] ?? id;
  if (row['type'] === 'CustInvc' && ['D', 'E', 'V'].includes(row['status'] ?? '')) {
    return [refusal('documentChanged', `${path}.doc.id`, id, `Invoice ${number} is not approved, rejected or void (status ${row['status'] ?? ''}).`, 'Have it approved in NetSuite, or choose another invoice.')];
  }
  return [
    ...customerRefusals(step, path, row, ground),
    ...companyRefusals(step, path, row, ground),
    ...(effect === undefined ? [] : openRefusals(effect, `${path}.amount`, row['currencysymbol'] ?? '', amountText(row['foreignamountunpaid'] ?? '0', effect.currency), foreseen)),
  ];
}

/** NetSuite applies a payment to invoices of its customer, of that customer's parent or of its children. */
function customerRefusals(step: PlannedStep, path: string, row: Row, ground: Ground): Refusal[] {
  const payer = referenceId(step.body, 'customer') ?? ground.transactions.get(targetId(step) ?? '')?.['entity'] ?? null;
  const owner = row['entity'] ?? '';
  if (payer === null || payer === owner || ground.parents.get(owner) === payer || ground.parents.get(payer) === owner) return [];
  return [refusal('customerMismatch', `${path}.doc.id`, row['id'] ?? '', `Invoice ${row['tranid'] ?? ''} belongs to customer ${owner}, who is neither parent nor child of ${payer}.`, 'Split the payment: one for each customer.')];
}

function companyRefusals(step: PlannedStep, path: string, row: Row, ground: Ground): Refusal[] {
  const subsidiary = referenceId(step.body, 'subsidiary');
  const owner = ground.subsidiaries.get(row['id'] ?? '');
  if (subsidiary === null || owner === undefined || owner === subsidiary) return [];
  return [refusal('companyMismatch', `${path}.doc.id`, row['id'] ?? '', `Invoice ${row['tranid'] ?? ''} is of subsidiary ${owner}, the payment of ${subsidiary}.`, 'Book the payment in the invoice\'s subsidiary.')];
}

function openRefusals(effect: OpenAmountChange, path: string, currency: string, open: string, foreseen: Foreseen): Refusal[] {
  if (currency !== effect.currency) {
    return [refusal('currencyMismatch', path, currency, `${effect.number} is in ${currency}, the posting in ${effect.currency}.`, 'Book in the currency of the document.')];
  }
  if (open === effect.before || foreseen.has(`${effect.externalId} ${effect.before}`)) return [];
  if (!isCurrencyCode(currency) || !/^-?\d+(\.\d+)?$/.test(open)) return [refusal('other', path, open, `What is open on ${effect.number} is no amount.`, 'Look at the document in NetSuite.')];
  const money = parseMoney(open, currency);
  const taken = { minor: parseMoney(effect.before, currency).minor - parseMoney(effect.after, currency).minor, currency };
  const tooLittle = compareMoney(money, taken) < 0;
  return [refusal(
    tooLittle ? 'overApplied' : 'documentChanged', path, formatMoney(taken), `${effect.number} has ${open} ${currency} open in NetSuite, not ${effect.before}.`, 'Read the document again and finalize with what is open now.',
  )];
}
