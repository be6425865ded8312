import type { AuditTrail } from '#access';
import { type CurrencyCode, type Finding, isCurrencyCode, type LocalDate, type Money, type RemittanceLine } from '#canonical';
import {
  asRemittanceSummary, type BankTransactionRecord, type Database, insertRemittance, linkRemittance, type ListPage, type ListRequest, readBankTransaction, readList, readRemittance,
  recordBankEvents, REMITTANCES, type RemittanceRecord, type RemittanceSource, type RemittanceSummary, type Row, type Transaction,
} from '#storage';
import { parseDocument } from '#documents';
import type { ParseDocument } from './document-reading.js';
import { assertVersion, BankError, type BankProblem, checkText, conflicting, missing, refuseIfAny } from './bank-error.js';
import { ADJUSTMENTS_MAX, NAME_LENGTH_MAX, REMITTANCE_BODY_LENGTH_MAX, REMITTANCE_LINES_MAX } from './bank-limits.js';
import { checkRemittance } from './rules/remittance-totals.js';
import { AMOUNT_MINOR_MAX } from './rules/storable.js';

/** A remittance handed in: an advice, a portal's record, a collector's note of a call (capabilities 34, 55). */
export interface RemittanceEntry {
  readonly source: RemittanceSource;
  readonly payerName: string | null;
  readonly payerId: string | null;
  readonly reference: string | null;
  readonly total: Money | null;
  readonly currency: CurrencyCode;
  readonly paidOn: LocalDate | null;
  /** Free text, as a note of a call; references in it count. */
  readonly body: string | null;
  readonly bankTransactionId: string | null;
  readonly lines: readonly RemittanceLine[];
}

/** What payers say their money is for. */
export class Remittances {
  readonly #parse: ParseDocument;

  /** `parse`: the documents room's reader unless a test says otherwise. */
  constructor(private readonly dependencies: { readonly database: Database; readonly audit: AuditTrail; readonly parse?: ParseDocument }) {
    this.#parse = dependencies.parse ?? parseDocument;
  }

  /**
   * Keeps a remittance. Figures that do not agree with each other are its findings, not a refusal: it is what the payer said. A text without lines,
   * a collector's note of a call, is read for them; the text stays beside.
   * @throws BankError invalid for an empty or oversized one, mixed currencies, or a bank transaction it cannot explain.
   */
  async create(tenantId: string, given: RemittanceEntry, by: string): Promise<RemittanceRecord> {
    checkEntry(given);
    const { entry, read } = await this.#withLinesOfText(given);
    return this.dependencies.database.inTenant(tenantId, async (transaction) => {
      if (entry.bankTransactionId !== null) await explained(transaction, entry.bankTransactionId, entry.currency);
      const findings = [...read, ...checkRemittance(entry.total, entry.lines, entry.currency)];
      const id = await insertRemittance(transaction, { ...entry, receivedDocumentId: null, payee: null, method: null, where: null, status: 'processed', findings, createdBy: by });
      if (id === null) throw new Error('a remittance without identity was taken for a known one');
      await this.#record(transaction, 'created', 'remittance.create', id, by, { source: entry.source, bankTransactionId: entry.bankTransactionId, findings: findings.length });
      return reread(transaction, id);
    });
  }

  list(tenantId: string, request: ListRequest): Promise<ListPage<RemittanceSummary>> {
    return this.dependencies.database.inTenant(tenantId, async (transaction) => {
      const { rows, nextCursor } = await readList<Row>(transaction, REMITTANCES, request);
      return { rows: rows.map(asRemittanceSummary), nextCursor };
    });
  }

  get(tenantId: string, id: string): Promise<RemittanceRecord | null> {
    return this.dependencies.database.inTenant(tenantId, (transaction) => readRemittance(transaction, id));
  }

  /** Says which bank transaction it explains; null takes that back. @throws BankError missing, invalid, or conflict when it was changed since `version`. */
  async link(tenantId: string, id: string, version: number, bankTransactionId: string | null, by: string): Promise<RemittanceRecord> {
    return this.dependencies.database.inTenant(tenantId, async (transaction) => {
      const before = await reread(transaction, id);
      assertVersion('remittance', id, before.version, version);
      if (bankTransactionId !== null) await explained(transaction, bankTransactionId, before.currency);
      if (!await linkRemittance(transaction, id, version, bankTransactionId)) throw conflicting(`remittance ${id} was changed meanwhile: read it again and repeat the change`);
      await this.#record(transaction, 'changed', bankTransactionId === null ? 'remittance.unlink' : 'remittance.link', id, by, { bankTransactionId, before: before.bankTransactionId });
      return reread(transaction, id);
    });
  }

  async #withLinesOfText(entry: RemittanceEntry): Promise<{ readonly entry: RemittanceEntry; readonly read: readonly Finding[] }> {
    if (entry.lines.length > 0 || entry.body === null) return { entry, read: [] };
    const { remittances, findings } = await this.#parse(Buffer.from(entry.body), { format: 'text', currency: entry.currency });
    const [told] = remittances;
    // Several payments in one note, or amounts in another money: it stays a text, whose references count.
    if (told === undefined || remittances.length > 1 || told.currency !== entry.currency || told.lines.length > REMITTANCE_LINES_MAX) return { entry, read: [] };
    return { entry: { ...entry, lines: told.lines, total: entry.total ?? told.total, payerName: entry.payerName ?? told.payer.name, paidOn: entry.paidOn ?? told.paidOn }, read: findings };
  }

  async #record(transaction: Transaction, verb: string, action: string, id: string, by: string, detail: Record<string, string | number | null>): Promise<void> {
    await recordBankEvents(transaction, 'remittance', verb, [id]);
    await this.dependencies.audit.append(transaction, { actor: by, action, subject: `remittance/${id}`, detail });
  }
}

async function reread(transaction: Transaction, id: string): Promise<RemittanceRecord> {
  const remittance = await readRemittance(transaction, id);
  if (remittance === null) throw missing('remittance', id);
  return remittance;
}

/** The money-in line of the same currency a remittance may explain. */
async function explained(transaction: Transaction, id: string, currency: CurrencyCode): Promise<BankTransactionRecord> {
  const line = await readBankTransaction(transaction, id);
  const problem = line === null ? `there is no bank transaction ${id}`
    : line.amount.currency !== currency ? `bank transaction ${id} is in ${line.amount.currency}, the remittance in ${currency}`
      : line.amount.minor <= 0n ? `bank transaction ${id} is no money in: a remittance cannot explain it` : null;
  if (line === null || problem !== null) throw new BankError('invalid', [{ field: 'bankTransactionId', problem: problem ?? '', value: id }]);
  return line;
}

function checkEntry(entry: RemittanceEntry): void {
  const problems: BankProblem[] = [];
  if (!isCurrencyCode(entry.currency)) problems.push({ field: 'currency', problem: 'is no ISO 4217 currency code', value: entry.currency });
  if (entry.lines.length === 0 && (entry.body ?? '').trim() === '') problems.push({ field: 'lines', problem: 'there is neither a line nor a text: it would explain nothing' });
  if (entry.lines.length > REMITTANCE_LINES_MAX) problems.push({ field: 'lines', problem: `there are ${entry.lines.length} lines, ${REMITTANCE_LINES_MAX} are allowed: split it` });
  if ((entry.body ?? '').length > REMITTANCE_BODY_LENGTH_MAX) problems.push({ field: 'body', problem: `has more than ${REMITTANCE_BODY_LENGTH_MAX} characters` });
  for (const field of ['payerName', 'payerId', 'reference'] as const) {
    const value = entry[field];
    if (value !== null) checkText(field, value, NAME_LENGTH_MAX, problems);
  }
  checkAmount('total', entry.total, entry.currency, problems);
  entry.lines.slice(0, REMITTANCE_LINES_MAX).forEach((line, index) => checkLine(line, `lines[${index}]`, entry.currency, problems));
  refuseIfAny(problems);
}

function checkLine(line: RemittanceLine, path: string, currency: CurrencyCode, problems: BankProblem[]): void {
  if (line.kind !== 'onAccount' && line.kind !== 'adjustment') checkText(`${path}.reference`, line.reference, NAME_LENGTH_MAX, problems);
  if (line.adjustments.length > ADJUSTMENTS_MAX) problems.push({ field: `${path}.adjustments`, problem: `there are ${line.adjustments.length} adjustments, ${ADJUSTMENTS_MAX} are allowed` });
  for (const [index, { amount, code }] of line.adjustments.slice(0, ADJUSTMENTS_MAX).entries()) {
    if (code !== null) checkText(`${path}.adjustments[${index}].code`, code, NAME_LENGTH_MAX, problems);
    checkAmount(`${path}.adjustments[${index}].amount`, amount, currency, problems);
  }
  for (const field of ['paid', 'gross', 'discount'] as const) checkAmount(`${path}.${field}`, line[field], currency, problems);
}

function checkAmount(field: string, money: Money | null, currency: CurrencyCode, problems: BankProblem[]): void {
  if (money === null) return;
  if (money.currency !== currency) problems.push({ field, problem: `is in ${money.currency}, the remittance in ${currency}`, value: money.currency });
  else if (money.minor > AMOUNT_MINOR_MAX || money.minor < -AMOUNT_MINOR_MAX) problems.push({ field, problem: `is larger than ${AMOUNT_MINOR_MAX} minor units` });
}
