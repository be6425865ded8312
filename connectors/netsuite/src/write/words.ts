import type { Json, JsonObject, PlannedStep, Refusal } from '#canonical';

/** The record service's words, as the plan writes them and preflight, send and read-back read them again. */
export const PAYMENT = 'customerPayment';
export const JOURNAL = 'journalEntry';
export const CREDIT_MEMO = 'creditMemo';
export const RECORD_PATH = '/services/rest/record/v1';

/**
 * Stands for the line of a journal that is booked on an account: `{ "$lineOfAccount": "119" }` beside a `doc`.
 * Journals are applied by line, and NetSuite gives the lines their numbers when it books them.
 */
export const LINE_OF_ACCOUNT = '$lineOfAccount';

/**
 * Stands in a countering journal for what must hold when it is sent: so much of the payment is not applied. A payment that was countered
 * before is used up by its first journal, so a second reversal under another key books nothing. It never leaves this room.
 */
export const UNAPPLIED_OF = '$unappliedOf';

export interface UnappliedShare {
  readonly paymentId: string;
  /** Decimal text. */
  readonly amount: string;
}

/** What a journal needs to find unapplied; null for every other body. */
export function unappliedShare(body: JsonObject): UnappliedShare | null {
  const share = objectOf(body[UNAPPLIED_OF]);
  const paymentId = textOf(share['paymentId']);
  const amount = textOf(share['amount']);
  return paymentId === null || amount === null ? null : { paymentId, amount };
}

export interface ApplicationLine {
  /** Place in the body, for refusals: `apply.items[0]`. */
  readonly path: string;
  /** Internal id, or null while it is the result of another step. */
  readonly documentId: string | null;
  /** The step whose result it is. */
  readonly stepKey: string | null;
  readonly applies: boolean;
  /** Decimal text; null where none is stated. */
  readonly amount: string | null;
  readonly line: Json;
}

/** Lines of a body's `apply` or `credit` list. */
export function applicationLines(body: JsonObject, list: 'apply' | 'credit'): readonly ApplicationLine[] {
  return listOf(objectOf(body[list])['items']).map((item, index) => {
    const id = objectOf(item['doc'])['id'] ?? null;
    return {
      path: `${list}.items[${index}]`, documentId: typeof id === 'string' ? id : null, stepKey: textOf(objectOf(id)['$step']),
      applies: item['apply'] !== false, amount: numberText(item['amount']), line: item['line'] ?? null,
    };
  });
}

/** Invoices and journals a step settles or lets go, as far as their ids are known. */
export function appliedIds(body: JsonObject): readonly string[] {
  return applicationLines(body, 'apply').flatMap((line) => (line.documentId === null ? [] : [line.documentId]));
}

/** The id of a reference such as `customer` or `subsidiary`. */
export function referenceId(body: JsonObject, name: string): string | null {
  return textOf(objectOf(body[name])['id']);
}

export interface JournalLine {
  readonly path: string;
  readonly accountId: string;
  readonly debit: string | null;
  readonly credit: string | null;
}

export function journalLines(body: JsonObject): readonly JournalLine[] {
  return listOf(objectOf(body['line'])['items']).map((item, index) => ({
    path: `line.items[${index}]`, accountId: referenceId(item, 'account') ?? '', debit: numberText(item['debit']), credit: numberText(item['credit']),
  }));
}

export function objectOf(value: Json | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value as JsonObject : {};
}

export function listOf(value: Json | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? (value as readonly Json[]).map(objectOf) : [];
}

export function textOf(value: Json | undefined): string | null {
  return typeof value === 'string' ? value : null;
}

/** `{ "$number": "12.30" }` or plain text, as decimal text. */
function numberText(value: Json | undefined): string | null {
  return textOf(value) ?? textOf(objectOf(value)['$number']);
}

export function exactNumber(text: string): JsonObject {
  return { $number: text };
}

export function targetId(step: PlannedStep): string | null {
  return step.target !== null && 'externalId' in step.target ? step.target.externalId : null;
}

export function refusal(code: Refusal['code'], path: string, value: string, problem: string, cure: string): Refusal {
  return { code, path, value, problem, cure };
}
