import { createHash } from 'node:crypto';
import type { JsonObject, PlannedStep, Refusal } from '#canonical';
import { listOf, objectOf, textOf } from '../../odata/json.js';

/** One step is one receipt: lines of one journal batch under one document number, posted together. */
export const RECEIPT = 'customerPayments';

/** Lines of one step; they are created in one `$batch` of at most 100. */
export const LINES_MAX = 100;

const CODE_ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const MARK_LENGTH_MAX = 35;
const DIGEST_CHARACTERS = 20;
const DOCUMENT_NUMBER_CHARACTERS = 19;

/**
 * The external document number that carries a step's key: at most 35 characters, upper case, because Business Central stores it as a code
 * and turns letters to upper case. A beginning people recognise, and 100 bits of a digest: two keys that differ in case alone stay apart.
 */
export function markOf(stepKey: string): string {
  const beginning = stepKey.toUpperCase().slice(0, MARK_LENGTH_MAX - DIGEST_CHARACTERS - 1);
  return `${beginning}-${digestOf(stepKey, DIGEST_CHARACTERS)}`;
}

/** The document number of a step, 20 characters. Replaced on posting where the batch has a posting number series. */
export function documentNumberOf(stepKey: string): string {
  return `T${digestOf(`document ${stepKey}`, DOCUMENT_NUMBER_CHARACTERS)}`;
}

function digestOf(text: string, characters: number): string {
  return [...createHash('sha256').update(text).digest()].slice(0, characters).map((byte) => CODE_ALPHABET[byte % CODE_ALPHABET.length]).join('');
}

/** Beginning of every description a hub writes; lines in the batch without it are somebody else's. */
export const DESCRIPTION_MARK = 'Tributary ';

/** `Tributary pay_7 103001`: at most 100 characters, kept on the ledger entry. */
export function descriptionOf(stepKey: string, invoiceNumber: string | null): string {
  return `${DESCRIPTION_MARK}${stepKey} ${invoiceNumber ?? ON_ACCOUNT}`;
}

const ON_ACCOUNT = 'on account';

/** The invoice number a description names; null for cash on account and for what the hub did not write. */
export function invoiceNumberOf(description: string): string | null {
  const named = /^Tributary [A-Za-z0-9_-]+ (.+)$/.exec(description)?.[1] ?? null;
  return named === ON_ACCOUNT ? null : named;
}

/** The key a description names; null for what the hub did not write. */
export function stepKeyIn(description: string): string | null {
  return /^Tributary ([A-Za-z0-9_-]+) /.exec(description)?.[1] ?? null;
}

/** A line as the plan wrote it. */
export interface ReceiptLine {
  readonly body: JsonObject;
  readonly customerId: string;
  readonly mark: string;
  readonly postingDate: string;
  readonly description: string;
  /** Signed decimal text, negative. */
  readonly amount: string;
  /** Null for cash on account, and where the invoice is named by its number. */
  readonly invoiceId: string | null;
  /** Of an invoice that only the ledger shows. */
  readonly invoiceNumber: string | null;
}

/** Lines of a step's body. */
export function linesOf(step: PlannedStep): readonly ReceiptLine[] {
  return listOf(step.body['lines']).map((value) => {
    const body = objectOf(value);
    return {
      body, customerId: textOf(body['customerId']) ?? '', mark: textOf(body['externalDocumentNumber']) ?? '', postingDate: textOf(body['postingDate']) ?? '',
      description: textOf(body['description']) ?? '', amount: textOf(objectOf(body['amount'])['$number']) ?? '', invoiceId: textOf(body['appliesToInvoiceId']), invoiceNumber: textOf(body['appliesToInvoiceNumber']),
    };
  });
}

/** Code of the journal batch a step goes through. */
export function journalCodeOf(step: PlannedStep): string {
  return textOf(step.body['journal']) ?? '';
}

export function refusal(code: Refusal['code'], path: string, value: string, problem: string, cure: string): Refusal {
  return { code, path, value, problem, cure };
}
