import { z } from 'zod';
import { formatMoney, parseMoney, subtractMoney, type Money, type PlannedStep, type Refusal } from '#canonical';
import type { Context } from '#connector-kit';
import type { MemoryClient } from './client.js';

const DOCUMENTS = z.object({ records: z.array(z.looseObject({ id: z.string(), currency: z.string().nullish(), open: z.string().optional() })) });
const PERIODS = z.object({ closed: z.array(z.string()) });
type Document = z.infer<typeof DOCUMENTS>['records'][number];

/** Words under which a body names its posting day. */
const DAY_WORDS = ['receivedOn', 'appliedOn', 'postedOn', 'voidedOn', 'removedOn'] as const;
/** Words under which a body names one other record. */
const RECORD_WORDS = ['credit', 'invoice', 'account', 'bankAccount', 'document', 'application', 'customer'] as const;

/** One period request and one document request tell everything the target would refuse. Nothing is written. */
export async function preflightSteps(client: MemoryClient, context: Context, steps: readonly PlannedStep[]): Promise<readonly Refusal[]> {
  const days = steps.flatMap((step) => DAY_WORDS.flatMap((word) => textAt(step, word) ?? []));
  const { closed } = await client.call(context, { path: 'periods', body: { days }, answers: PERIODS });
  const ids = [...new Set(steps.flatMap((step) => [...RECORD_WORDS.flatMap((word) => textAt(step, word) ?? []), ...applicationsOf(step).map(({ invoice }) => invoice)]))];
  const { records } = await client.call(context, { path: 'get', body: { ids }, answers: DOCUMENTS });
  const documents = new Map(records.map((record) => [record.id, record]));
  const opens = new OpenLeft(documents);
  return steps.flatMap((step, index) => [...periodRefusals(step, index, new Set(closed)), ...missingRefusals(step, index, documents), ...amountRefusals(step, index, opens)]);
}

function periodRefusals(step: PlannedStep, index: number, closed: ReadonlySet<string>): readonly Refusal[] {
  return DAY_WORDS.flatMap((word) => {
    const day = textAt(step, word);
    if (day === null || !closed.has(day)) return [];
    return [{ code: 'periodClosed' as const, path: `steps[${index}].body.${word}`, value: day, problem: `the accounting period of ${day} is closed`, cure: 'Choose a day in an open period, or have the period opened.' }];
  });
}

function missingRefusals(step: PlannedStep, index: number, documents: ReadonlyMap<string, Document>): readonly Refusal[] {
  const refusal = (path: string, id: string, account: boolean): Refusal => ({
    code: account ? 'accountMissing' : 'documentMissing', path: `steps[${index}].body.${path}`, value: id,
    problem: `the target has no record ${id}`, cure: account ? 'Choose an account that exists in the target.' : 'Read the document again; it may have been deleted.',
  });
  const single = RECORD_WORDS.flatMap((word) => {
    const id = textAt(step, word);
    return id === null || documents.has(id) ? [] : [refusal(word, id, word === 'account' || word === 'bankAccount')];
  });
  const applied = applicationsOf(step).flatMap(({ invoice }, line) => (documents.has(invoice) ? [] : [refusal(`applications[${line}].invoice`, invoice, false)]));
  return [...single, ...applied];
}

/** Several steps may draw on one invoice, so what is left is counted through all of them. */
class OpenLeft {
  private readonly left = new Map<string, Money>();

  constructor(private readonly documents: ReadonlyMap<string, Document>) {}

  /** What was left before, or null when the amount fits (or the document is missing, which is said elsewhere). */
  take(id: string, amount: string): Money | null {
    const document = this.documents.get(id);
    if (document?.open === undefined || typeof document.currency !== 'string') return null;
    const left = this.left.get(id) ?? parseMoney(document.open, document.currency);
    const rest = subtractMoney(left, parseMoney(amount, document.currency));
    this.left.set(id, rest);
    return rest.minor < 0n ? left : null;
  }
}

function amountRefusals(step: PlannedStep, index: number, opens: OpenLeft): readonly Refusal[] {
  const takes = applicationsOf(step).map(({ invoice, amount }, line) => ({ id: invoice, amount, path: `applications[${line}].amount` }));
  const invoice = textAt(step, 'invoice');
  const amount = textAt(step, 'amount');
  if (step.operation === 'writeOff' && invoice !== null && amount !== null) takes.push({ id: invoice, amount, path: 'amount' });
  return takes.flatMap((entry) => {
    const left = opens.take(entry.id, entry.amount);
    if (left === null) return [];
    return [{
      code: 'overApplied' as const, path: `steps[${index}].body.${entry.path}`, value: entry.amount,
      problem: `the document has only ${formatMoney(left)} ${left.currency} open`, cure: 'Read the open items again and allocate anew.',
    }];
  });
}

function textAt(step: PlannedStep, word: string): string | null {
  const value = step.body[word];
  return typeof value === 'string' ? value : null;
}

function applicationsOf(step: PlannedStep): readonly { readonly invoice: string; readonly amount: string }[] {
  const list = step.body['applications'];
  return Array.isArray(list) ? list as readonly { readonly invoice: string; readonly amount: string }[] : [];
}
