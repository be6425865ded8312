import { type AchEntry, type DocumentFormat, type Money, type Remittance, type RemittanceLine, type StatementTransaction, sumMoney } from '#canonical';
import { identifyEntries, identifyRemittances } from '#documents';
import { bankTransactionIds, insertAchEntries, insertRemittance, linkRemittance, recordBankEvents, type RemittanceSource, type Transaction } from '#storage';
import { REMITTANCE_LINES_MAX } from './bank-limits.js';
import { ImportFindings } from './import-findings.js';
import { checkRemittance } from './rules/remittance-totals.js';
import { AMOUNT_MINOR_MAX } from './rules/storable.js';

/** What a document brought besides bank lines. */
export interface ExplanationCounts {
  remittances: number;
  remittanceLines: number;
  /** Remittances and entries another document brought before. */
  explanationsKnown: number;
  achEntries: number;
}

/** A bank line that says itself what it is for. */
export interface ExplainedLine {
  readonly bankAccountId: string;
  readonly identity: string;
  readonly transaction: StatementTransaction;
}

/** Brings what explains payments in, inside the caller's transaction. One instance a document. */
export class RemittanceImport {
  readonly findings = new ImportFindings();
  /** New remittances of the document itself, by what the bank line repeats. */
  readonly #byReference = new Map<string, string>();
  readonly counts: ExplanationCounts = { remittances: 0, remittanceLines: 0, explanationsKnown: 0, achEntries: 0 };

  constructor(private readonly transaction: Transaction, private readonly document: { readonly id: string; readonly source: RemittanceSource; readonly by: string }) {}

  async run(remittances: readonly Remittance[], entries: readonly AchEntry[]): Promise<void> {
    for (const { remittance, identity } of identifyRemittances(remittances)) await this.#take(remittance, identity, null);
    const made = await insertAchEntries(this.transaction, this.document.id, identifyEntries(entries));
    this.counts.achEntries = made.length;
    this.counts.explanationsKnown += entries.length - made.length;
    await recordBankEvents(this.transaction, 'achEntry', 'created', made);
  }

  /**
   * The lines a bank put into its own record become a remittance of that bank line; where the document told the same payment whole (an 820 in the addenda
   * of an ACH entry), that remittance is linked instead. Money out explains itself to nobody. Comes after {@link run}.
   */
  async explain(lines: readonly ExplainedLine[]): Promise<void> {
    const told = lines.filter(({ transaction }) => transaction.lines.length > 0 && transaction.amount.minor > 0n);
    const ids = await bankTransactionIds(this.transaction, told);
    for (const { transaction, bankAccountId, identity } of told) {
      const id = ids.get(`${bankAccountId} ${identity}`);
      if (id === undefined) continue;
      const key = referenceKey(transaction.endToEndId, transaction.amount);
      const whole = key === null ? undefined : this.#byReference.get(key);
      if (whole === undefined) await this.#take(ofTransaction(transaction), `line ${bankAccountId} ${identity}`, id);
      else await linkRemittance(this.transaction, whole, FIRST_VERSION, id);
    }
  }

  async #take(remittance: Remittance, identity: string, bankTransactionId: string | null): Promise<void> {
    const { payer, payee, method, reference, total, currency, paidOn, lines, where } = remittance;
    if (remittance.test === true) return this.findings.warning(where, reference ?? '', 'the remittance is marked as a test by its sender: it was not taken');
    const problem = storageProblem(remittance);
    if (problem !== null) return this.findings.error(where, reference ?? '', problem);
    const id = await insertRemittance(this.transaction, {
      source: this.document.source, receivedDocumentId: this.document.id, payerName: payer.name, payerId: payer.id, payee, method, reference, total, currency, paidOn, body: null,
      bankTransactionId, lines, status: 'processed', findings: checkRemittance(total, lines, currency), createdBy: this.document.by, where,
    }, identity);
    if (id === null) {
      this.counts.explanationsKnown += 1;
      if (bankTransactionId === null) this.findings.warning(where, reference ?? '', 'the same remittance came before in another document: it was not taken again');
      return;
    }
    const key = total === null || bankTransactionId !== null ? null : referenceKey(reference, total);
    if (key !== null) this.#byReference.set(key, id);
    this.counts.remittances += 1;
    this.counts.remittanceLines += lines.length;
    await recordBankEvents(this.transaction, 'remittance', 'created', [id]);
  }
}

const FIRST_VERSION = 1;

function referenceKey(reference: string | null, amount: Money): string | null {
  return reference === null ? null : `${reference} ${amount.minor}${amount.currency}`;
}

/** Lockbox files and X12 say by their format what they are; everything else is known by the way it came. */
export function sourceOf(format: DocumentFormat, channel: RemittanceSource): RemittanceSource {
  if (format === 'lockbox.bai' || format === 'x12.823') return 'Lockbox';
  return format === 'x12.820' || format === 'nacha' ? 'EDI' : channel;
}

function storageProblem({ total, lines }: Remittance): string | null {
  if (lines.length > REMITTANCE_LINES_MAX) return `the remittance has ${lines.length} lines, ${REMITTANCE_LINES_MAX} are allowed: it was not taken; ask the payer to split it`;
  const amounts = [total, ...lines.flatMap(({ paid, gross, discount, adjustments }) => [paid, gross, discount, ...adjustments.map(({ amount }) => amount)])];
  const tooLarge = amounts.some((amount) => amount !== null && (amount.minor > AMOUNT_MINOR_MAX || amount.minor < -AMOUNT_MINOR_MAX));
  return tooLarge ? `an amount is larger than ${AMOUNT_MINOR_MAX} minor units; the remittance was not taken` : null;
}

function ofTransaction({ payer, amount, bookedOn, endToEndId, customerReference, lines, where }: StatementTransaction): Remittance {
  const paid = (wanted: (line: RemittanceLine) => boolean): Remittance['sums']['lines'] => sumMoney(lines.filter(wanted).flatMap((line) => (line.paid === null ? [] : [line.paid])), amount.currency);
  const sums = { lines: paid(({ kind }) => kind !== 'adjustment'), adjustments: paid(({ kind }) => kind === 'adjustment'), difference: null };
  return { payer: { name: payer.name, id: payer.id }, payee: null, reference: endToEndId ?? customerReference, method: null, total: amount, currency: amount.currency, paidOn: bookedOn, lines, sums, where };
}
