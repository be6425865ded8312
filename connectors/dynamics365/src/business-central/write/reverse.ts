import { parseMinorUnits, type BookedRecord, type OpenAmountChange, type PlannedStep, type Refusal } from '#canonical';
import { ConnectorError, stepKeyOf, type Context, type FoundStep, type Plan, type PlanTools, type ReversalRequest, type SendResult, type SentStep } from '#connector-kit';
import { call } from '../../odata/client.js';
import { textOf } from '../../odata/json.js';
import { companyPath } from '../api.js';
import { BY_HAND_REVERSAL } from '../capabilities.js';
import { errorOf } from '../errors.js';
import type { LedgerEntry } from '../ledger/entry.js';
import { postingRange } from '../posting-range.js';
import { businessCentralSettings } from '../settings.js';
import { receiptsByMark } from './ledger-look-up.js';
import { markOf, refusal } from './words.js';

/** What a reversal changes: entries of the customer ledger, through the companion extension's actions. */
export const REVERSAL = 'customerLedgerEntries';
/** Applications of one entry that are taken back one after the other; a receipt line of the hub has one. */
const APPLICATIONS_MAX = 50;
const AMOUNT_DECIMALS = 6;

/**
 * With the companion extension one step a receipt: its applications are taken back, the newest first, then its transaction is reversed.
 * Without it a person does the same in the client, told which entries. Pure.
 */
export function planReversal({ booked, intent, idempotencyKey, reversedOn, reason }: ReversalRequest, { probe }: PlanTools): Plan {
  const entries = booked.map(({ externalId }) => externalId).join(', ');
  if (probe?.features['extension'] !== true) return { refusals: [byHand(entries, intent.idempotencyKey)] };
  const steps = booked.toReversed().map(({ step, externalId }, index): PlannedStep => ({
    stepKey: stepKeyOf(idempotencyKey, `reverse${index + 1}`), operation: 'reverse', action: 'update', recordType: REVERSAL, target: { externalId },
    body: { receipt: step.stepKey, entry: externalId, postingDate: reversedOn, reason },
    expected: { fields: { state: 'reversed' }, applications: [] },
    effects: step.effects.map(givenBack),
    says: `Take back the applications of entry ${externalId} and reverse its transaction: ${step.says}`,
  }));
  const [first, ...rest] = steps;
  return first === undefined ? { refusals: [refusal('documentMissing', 'booked', intent.idempotencyKey, 'Nothing of this posting is booked.', 'Withdraw the posting instead of reversing it.')] } : { steps: [first, ...rest] };
}

/** What the receipt took, and a discount with it, is open again. */
function givenBack(effect: OpenAmountChange): OpenAmountChange {
  return { ...effect, before: effect.after, after: effect.before };
}

function byHand(entries: string, key: string): Refusal {
  return refusal('notSupported', 'booked', entries, BY_HAND_REVERSAL, `In Business Central open Customer Ledger Entries with external document number ${markOf(key)} (first entry ${entries}), Unapply Entries for each, then Reverse Transaction. The next read brings the result here.`);
}

export function isReversal(step: PlannedStep): boolean {
  return step.recordType === REVERSAL;
}

interface Receipt {
  readonly stepKey: string;
  readonly entry: string;
  readonly postingDate: string;
}

function receiptOf({ body }: PlannedStep): Receipt {
  return { stepKey: textOf(body['receipt']) ?? '', entry: textOf(body['entry']) ?? '', postingDate: textOf(body['postingDate']) ?? '' };
}

/** The receipt's entries as they stand, if the entry named is one of them. Ascending. */
async function entriesOf(context: Context, steps: readonly PlannedStep[]): Promise<ReadonlyMap<string, readonly LedgerEntry[]>> {
  const receipts = steps.length === 0 ? new Map<string, readonly LedgerEntry[]>() : await receiptsByMark(context, steps.map((step) => receiptOf(step).stepKey));
  return new Map(steps.flatMap((step) => {
    const { stepKey, entry } = receiptOf(step);
    const entries = receipts.get(markOf(stepKey)) ?? [];
    return entries.some(({ entryNumber }) => entryNumber === entry) ? [[step.stepKey, entries] as const] : [];
  }));
}

/** What Business Central would refuse: entries that are not there, and days that are closed. It reverses on the entries' own day. */
export async function preflightReversals(context: Context, steps: readonly PlannedStep[]): Promise<ReadonlyMap<string, readonly Refusal[]>> {
  const found = await entriesOf(context, steps);
  const { from, to } = steps.length === 0 ? { from: null, to: null } : await postingRange(context);
  const closed = (day: string): boolean => (from !== null && day < from) || (to !== null && day > to);
  return new Map(steps.map((step) => {
    const entries = found.get(step.stepKey);
    const { entry, postingDate } = receiptOf(step);
    if (entries === undefined) return [step.stepKey, [refusal('documentMissing', 'target', entry, `There is no entry ${entry} of this posting in the customer ledger.`, 'Look at the payment in Business Central; somebody may have corrected it there.')]];
    const day = [postingDate, ...entries.flatMap(({ postingDate: own }) => own ?? [])].find(closed);
    return [step.stepKey, day === undefined || entries.every(({ reversed }) => reversed) ? [] : [refusal('periodClosed', 'body.postingDate', day, `Business Central allows posting from ${from ?? 'ever'} to ${to ?? 'ever'} only, and reverses on the day the payment was posted.`, 'Open the period in General Ledger Setup, or book the correction by hand.')]];
  }));
}

/**
 * Brings a receipt to where nothing of it is applied and its transaction is reversed. Every call follows a look, so a repeat goes on where
 * the one before stood; what is reversed already is an answer.
 * @throws ConnectorError `invalid` in Business Central's words, or when the entry is not there; `outcomeUnknown` when a call may have been carried out.
 */
export async function sendReversal(context: Context, step: PlannedStep): Promise<SendResult> {
  const { entry, postingDate } = receiptOf(step);
  const entries = await required(context, step);
  const done: SendResult = { state: 'booked', externalId: entry, alreadyThere: true };
  if (entries.every(({ reversed }) => reversed)) return done;
  for (const { entryNumber } of entries.toReversed()) await takeBackApplications(context, step, entryNumber, postingDate);
  const target = (await required(context, step)).find(({ entryNumber, reversed }) => entryNumber === entry && !reversed);
  if (target !== undefined) await act(context, target, 'reverse', {});
  if ((await required(context, step)).every(({ reversed }) => reversed)) return { ...done, alreadyThere: false };
  throw new ConnectorError(`Business Central: ${step.stepKey} was carried out and the entries of ${entry} are not all reversed; they were posted in several transactions`, { kind: 'outcomeUnknown' });
}

async function required(context: Context, step: PlannedStep): Promise<readonly LedgerEntry[]> {
  const entries = (await entriesOf(context, [step])).get(step.stepKey);
  if (entries !== undefined) return entries;
  const problem = `there is no entry ${receiptOf(step).entry} of this posting in the customer ledger`;
  throw new ConnectorError(`Business Central: ${problem}`, { kind: 'invalid', issues: [{ path: 'target', value: receiptOf(step).entry, problem }] });
}

async function takeBackApplications(context: Context, step: PlannedStep, entryNumber: string, postingDate: string): Promise<void> {
  for (let taken = 0; taken <= APPLICATIONS_MAX; taken += 1) {
    const entry = (await required(context, step)).find((each) => each.entryNumber === entryNumber);
    if (entry === undefined || entry.reversed || isUnapplied(entry)) return;
    if (taken === APPLICATIONS_MAX) break;
    await act(context, entry, 'unapply', { postingDate });
  }
  const problem = `entry ${entryNumber} still has applications after ${APPLICATIONS_MAX} were taken back; un-apply it in Business Central`;
  throw new ConnectorError(`Business Central: ${problem}`, { kind: 'invalid', issues: [{ path: 'target', value: entryNumber, problem }] });
}

function isUnapplied({ amount, remaining }: LedgerEntry): boolean {
  return remaining !== null && parseMinorUnits(amount, AMOUNT_DECIMALS) === parseMinorUnits(remaining, AMOUNT_DECIMALS);
}

async function act(context: Context, entry: LedgerEntry, action: 'unapply' | 'reverse', body: Readonly<Record<string, string>>): Promise<void> {
  const { config: { extensionRoute }, service } = businessCentralSettings(context);
  const path = companyPath(context, `${REVERSAL}(${textOf(entry.row['id']) ?? ''})/Microsoft.NAV.${action}`, extensionRoute);
  context.log(`businessCentral.${action}`, { entry: entry.entryNumber });
  const answer = await call(context, service, { method: 'POST', address: path, body: JSON.stringify(body), lane: 'write', writes: true });
  if (answer.failed === null && answer.status === 204) return;
  if (answer.failed === null) throw new ConnectorError(`Business Central POST ${action}: answered ${answer.status} where 204 was promised`, { kind: 'outcomeUnknown' });
  const error = errorOf(answer.failed, `POST ${action} of entry ${entry.entryNumber}`, true);
  if (error.failure.kind !== 'invalid') throw error;
  throw new ConnectorError(error.message, { kind: 'invalid', issues: [{ path: 'target', value: entry.entryNumber, problem: answer.failed.problem?.message || error.message }] });
}

/** A reversal is found by what it leaves: every entry of the receipt reversed. */
export async function findReversals(context: Context, steps: readonly PlannedStep[]): Promise<ReadonlyMap<string, FoundStep>> {
  const found = await entriesOf(context, steps);
  return new Map(steps.flatMap((step) => (
    found.get(step.stepKey)?.every(({ reversed }) => reversed) === true ? [[step.stepKey, { state: 'booked', externalId: receiptOf(step).entry }] as const] : [])));
}

export async function readBackReversals(context: Context, steps: readonly SentStep[]): Promise<readonly BookedRecord[]> {
  const found = await entriesOf(context, steps.map(({ step }) => step));
  return steps.map(({ step }): BookedRecord => {
    const entries = found.get(step.stepKey);
    const state = entries?.every(({ reversed }) => reversed) === true ? 'reversed' : 'booked';
    return { stepKey: step.stepKey, externalId: entries === undefined ? null : receiptOf(step).entry, fields: entries === undefined ? {} : { state }, applications: [] };
  });
}
