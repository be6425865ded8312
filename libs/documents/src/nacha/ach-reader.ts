import { type AchEntry, type BankStatement, formatMinorUnits, type LocalDate, type Remittance, type StatementTransaction } from '#canonical';
import type { DocumentReader, ReadDocument } from '../document-reader.js';
import { FindingList, whereAt } from '../finding-list.js';
import { FILE_BYTES_MAX, RECORDS_MAX } from '../limits.js';
import { wholeText } from '../whole-text.js';
import { type AchBatch, NO_BATCH, readBatchHeader } from './ach-batch.js';
import { AchControls } from './ach-controls.js';
import { isException, readException } from './ach-exceptions.js';
import { type AchRecord, achRecords } from './ach-records.js';
import { accountOf, transactionOf } from './ach-transaction.js';
import { movementOf, parseAchDate, parseAchDigits, type AchMovement } from './ach-values.js';
import { type EmbeddedRemittance, readEmbeddedRemittance } from './embedded-remittance.js';

interface OpenEntry {
  readonly record: AchRecord;
  readonly movement: AchMovement;
  readonly minor: bigint;
  readonly addenda: AchRecord[];
}

const SIGNS: Readonly<Partial<Record<AchMovement, 1n | -1n>>> = { credit: 1n, debit: -1n, creditZero: 1n, debitZero: -1n };

/** Reads an ACH file. One instance a file; {@link readNacha} is the door. */
class NachaReader {
  readonly #findings = new FindingList();
  readonly #statements: BankStatement[] = [];
  readonly #remittances: Remittance[] = [];
  readonly #entries: AchEntry[] = [];
  #file = new AchControls();
  #batchControls = new AchControls();
  #batch: AchBatch = NO_BATCH;
  #batchOpen = false;
  #createdOn: LocalDate | null = null;
  #entry: OpenEntry | null = null;
  /** Lines of the open batch, by bank and account. */
  #accounts = new Map<string, { readonly account: string; readonly bank: string | null; readonly transactions: StatementTransaction[] }>();
  #fileClosed = false;
  /** An entry was begun that could not be taken; its addenda have nothing to stand below. */
  #skipping = false;

  read(records: readonly AchRecord[]): Pick<ReadDocument, 'statements' | 'remittances' | 'entries' | 'findings'> {
    for (const record of records) this.#record(record);
    this.#closeBatch();
    const last = records.at(-1);
    if (this.#batchOpen && last !== undefined) this.#findings.error(last.where(), '', 'the last batch has no control record (8); the end may be missing: ask the bank to send it again');
    else if (!this.#fileClosed && last !== undefined) this.#findings.warning(last.where(), '', 'there is no file control record (9), so nothing says whether the file is whole');
    return { statements: this.#statements, remittances: this.#remittances, entries: this.#entries, findings: this.#findings.all() };
  }

  #record(record: AchRecord): void {
    switch (record.type) {
      case '1': return this.#openFile(record);
      case '5': return this.#openBatch(record);
      case '6': return this.#openEntry(record);
      case '7': return this.#addenda(record);
      case '8': return this.#controlBatch(record);
      case '9': return this.#controlFile(record);
      default: this.#findings.error(record.where(), record.text.trim(), 'the record begins with none of 1, 5, 6, 7, 8 and 9; it was not taken');
    }
  }

  #openFile(record: AchRecord): void {
    this.#createdOn = parseAchDate(record.at(24, 29));
    this.#fileClosed = false;
  }

  #openBatch(record: AchRecord): void {
    this.#closeBatch();
    if (this.#batchOpen) this.#findings.error(record.where(), this.#batch.number, 'the batch before this one has no control record (8)');
    this.#batch = readBatchHeader(record, this.#createdOn, this.#findings);
    this.#batchControls = new AchControls();
    this.#batchOpen = true;
    if (this.#batch.standardEntryClass === 'IAT') this.#findings.warning(record.where(51), 'IAT', 'international entries: amounts are read, the parties in their addenda stay text');
  }

  #openEntry(record: AchRecord): void {
    this.#closeEntry();
    const code = record.at(2, 3);
    const movement = movementOf(code);
    const minor = parseAchDigits(record.at(30, 39));
    this.#batchControls.entry(record, movement, minor);
    this.#skipping = movement === null || minor === null || this.#batch.standardEntryClass === 'ADV';
    if (movement === null) this.#findings.error(record.where(2), code, 'is no transaction code, so nothing says whether money came or went; the entry was not taken');
    else if (minor === null) this.#findings.error(record.where(30), record.raw(30, 39), 'the amount is not ten digits of cents; the entry was not taken');
    else if (this.#batch.standardEntryClass === 'ADV') this.#findings.error(record.where(), record.text.trim(), 'accounting entries (ADV) have records of their own, which are not read; the entry was not taken');
    else this.#entry = { record, movement, minor, addenda: [] };
  }

  #addenda(record: AchRecord): void {
    this.#batchControls.addenda();
    if (this.#entry !== null) this.#entry.addenda.push(record);
    else if (!this.#skipping) this.#findings.error(record.where(), record.at(4, 83), 'the addenda stands below no entry; it was not taken');
  }

  #closeEntry(): void {
    const entry = this.#entry;
    if (entry === null) return;
    this.#entry = null;
    const { record, movement, minor } = entry;
    const exception = entry.addenda.find(isException);
    if (exception !== undefined) {
      this.#entries.push(readException(record, exception, this.#batch, movement, minor, this.#findings));
      return;
    }
    this.#checkAddenda(entry);
    const sign = SIGNS[movement];
    if (movement === 'creditReturn' || movement === 'debitReturn') {
      this.#findings.error(record.where(2), record.at(2, 3), 'the code says return or notification of change, but there is no addenda 99 or 98 with the reason; the entry was not taken');
    } else if (sign === undefined) {
      this.#findings.warning(record.where(2), record.at(2, 3), 'a prenotification: it tests an account and moves no money');
    } else this.#take(entry, sign * minor);
  }

  #take({ record, addenda }: OpenEntry, minor: bigint): void {
    const bookedOn = this.#batch.settledOn ?? this.#createdOn;
    if (bookedOn === null) {
      this.#findings.error(record.where(), record.text.trim(), 'neither the batch nor the file says a day; the entry was not taken');
      return;
    }
    const embedded = readEmbeddedRemittance(addenda.filter((one) => one.raw(2, 3) === '05'), record.where());
    for (const { severity, where, value, problem } of embedded.findings) this.#findings[severity](where, value, problem);
    this.#remittances.push(...embedded.remittances);
    this.#checkRemittance(record, embedded, minor < 0n ? -minor : minor);
    const account = accountOf(record, this.#batch);
    const bank = record.at(4, 12) || null;
    const key = `${bank ?? ''} ${account}`;
    const opened = this.#accounts.get(key) ?? { account, bank, transactions: [] };
    opened.transactions.push(transactionOf(record, addenda, this.#batch, bookedOn, minor, embedded, this.#findings));
    this.#accounts.set(key, opened);
  }

  /** What the addenda explain is what was paid, or it is said that it is not. */
  #checkRemittance(record: AchRecord, { remittances, lines }: EmbeddedRemittance, minor: bigint): void {
    const explained = remittances.length > 0 ? remittances.map(({ total }) => total) : lines.map(({ paid }) => paid);
    const [first] = explained;
    if (first === undefined || explained.some((amount) => amount === null || amount.currency !== 'USD')) return;
    const sum = explained.reduce((total, amount) => total + (amount?.minor ?? 0n), 0n);
    if (sum === minor) return;
    const [paid, said, gap] = [minor, sum, minor - sum].map((amount) => formatMinorUnits(amount, 2));
    this.#findings.warning(record.where(30), record.raw(30, 39), `the entry is ${paid}, its addenda explain ${said}: a gap of ${gap}`);
  }

  /** Addenda number themselves: a gap means that remittance is missing. */
  #checkAddenda({ record, addenda }: OpenEntry): void {
    if (this.#batch.standardEntryClass === 'CTX' && parseAchDigits(record.at(55, 58)) !== BigInt(addenda.length)) {
      this.#findings.warning(record.where(55), record.at(55, 58), `the entry declares ${record.at(55, 58)} addenda, there are ${addenda.length}`);
    }
    if (record.raw(79, 79) === '1' && addenda.length === 0) this.#findings.warning(record.where(79), '1', 'the entry says that addenda follow; there are none');
    const numbered = addenda.filter((one) => one.raw(2, 3) === '05');
    const broken = numbered.find((one, index) => parseAchDigits(one.at(84, 87)) !== BigInt(index + 1));
    if (broken !== undefined) this.#findings.warning(broken.where(84), broken.at(84, 87), 'the addenda are not numbered 1, 2, 3; one may be missing or out of order');
  }

  #closeBatch(): void {
    this.#closeEntry();
    for (const { account, bank, transactions } of this.#accounts.values()) {
      const [first] = transactions;
      if (first === undefined) continue;
      this.#statements.push({ account, bank, currency: 'USD', asOf: first.bookedOn, sequence: this.#batch.number || null, status: 'add', balances: [], transactions });
    }
    this.#accounts = new Map();
  }

  #controlBatch(record: AchRecord): void {
    this.#closeBatch();
    this.#batchControls.compare(record, this.#findings);
    const number = record.at(88, 94);
    if (this.#batchOpen && number !== this.#batch.number) this.#findings.warning(record.where(88), number, `the batch control is of batch ${number}, the header of ${this.#batch.number}`);
    this.#file.include(this.#batchControls);
    this.#batchControls = new AchControls();
    this.#batch = NO_BATCH;
    this.#batchOpen = false;
  }

  #controlFile(record: AchRecord): void {
    this.#closeBatch();
    this.#file.compare(record, this.#findings);
    // Several files may stand in one, one after the other.
    this.#file = new AchControls();
    this.#fileClosed = true;
  }
}

/**
 * Reads an ACH file of the Nacha rules, as a bank delivers it to its customer: entries are lines of the accounts they name, returns and
 * notifications of change are `entries`, remittance in addenda becomes lines and remittances. Never throws on content.
 */
export function readNacha(text: string): ReadDocument {
  const records = achRecords(text);
  const nothing = { format: 'nacha', version: null, statements: [], remittances: [], entries: [], findings: [], layout: null } as const;
  if (records.length > RECORDS_MAX) return { ...nothing, refused: { problem: `the file has more than ${RECORDS_MAX} records; split it`, where: whereAt(1, 1, null) } };
  if (!records.some(({ type }) => type === '6')) return { ...nothing, refused: { problem: 'the file holds no entry (record 6)', where: whereAt(1, 1, null) } };
  return { ...nothing, refused: null, ...new NachaReader().read(records) };
}

/** A file header with its record size of 094; or, without one, a batch header with its entry class, or an entry with its addenda. */
const NACHA_START = /^\s*(?:101.{31}094|5(?:200|220|225|280).{46}[A-Z]{3}|6[2-5]\d{10}.{82}\s*(?:[68]|7(?:05|98|99|02|1\d)))/;

export const NACHA_READER: DocumentReader = {
  formats: ['nacha'],
  bytesMax: FILE_BYTES_MAX,
  recognise: ({ text }) => (NACHA_START.test(text) ? 'nacha' : null),
  open: (_format, sink) => wholeText(sink, readNacha),
};
