import type { Finding, JsonObject } from '#canonical';
import type { Row, Transaction } from '../database.js';
import { storableJson, storableText } from './storable-text.js';

export const BANK_FILE_STATUSES = ['processing', 'invalid', 'processed'] as const;
/** `processing`: the bytes are kept, nothing of them is imported yet. `invalid`: nothing was imported, the findings say why. */
export type BankFileStatus = (typeof BANK_FILE_STATUSES)[number];

/** What a processed file came to. Every transaction of the file is in exactly one of `created`, `changed`, `known`, `notTaken`. */
export interface BankFileCounts {
  readonly statements: number;
  readonly testStatements: number;
  readonly transactions: number;
  /** New lines. */
  readonly created: number;
  /** Known lines that the file settled (pending before) or brought back (taken back before). */
  readonly changed: number;
  /** Lines another file brought already. */
  readonly known: number;
  /** Lines of test and deleted statements, and lines that cannot be stored; a finding tells of each or of its statement. */
  readonly notTaken: number;
  /** Lines of earlier files that a replacing or deleting statement took back. */
  readonly withdrawn: number;
  readonly accountsMade: number;
}

/** A bank file without its content. */
export interface BankFileRecord {
  readonly id: string;
  readonly name: string;
  readonly sizeBytes: number;
  /** SHA-256 of the content, hexadecimal. */
  readonly contentHash: string;
  readonly format: string | null;
  readonly source: string;
  /** The account the uploader named. */
  readonly bankAccountId: string | null;
  readonly status: BankFileStatus;
  readonly findings: readonly Finding[];
  readonly counts: Partial<BankFileCounts>;
  /** How a CSV file was read, or would be once the questions are answered: `{ layout, questions }`. */
  readonly layout: JsonObject | null;
  readonly uploadedBy: string;
  readonly uploadedAt: Date;
  readonly finishedAt: Date | null;
}

interface BankFileRow extends Row {
  id: string; name: string; size_bytes: number; hash: string; format: string | null; source: string; bank_account_id: string | null; status: BankFileStatus;
  findings: Finding[]; counts: Partial<BankFileCounts>; layout: JsonObject | null; uploaded_by: string; uploaded_at: Date; finished_at: Date | null;
}

/** Every column but the content, which may weigh many megabytes. */
export const BANK_FILE_COLUMNS = `bank_file.id, bank_file.name, octet_length(bank_file.content) AS size_bytes, encode(bank_file.content_hash, 'hex') AS hash, bank_file.format,
  bank_file.source, bank_file.bank_account_id, bank_file.status, bank_file.findings, bank_file.counts, bank_file.layout, bank_file.uploaded_by, bank_file.uploaded_at, bank_file.finished_at`;

export function asBankFile(given: Row): BankFileRecord {
  const row = given as BankFileRow;
  return {
    id: row.id, name: row.name, sizeBytes: row.size_bytes, contentHash: row.hash, format: row.format, source: row.source, bankAccountId: row.bank_account_id,
    status: row.status, findings: row.findings, counts: row.counts, layout: row.layout, uploadedBy: row.uploaded_by, uploadedAt: row.uploaded_at, finishedAt: row.finished_at,
  };
}

export interface NewBankFile {
  readonly name: string;
  readonly content: Buffer;
  readonly contentHash: Buffer;
  readonly source: string;
  readonly uploadedBy: string;
}

/** Keeps the original. Bytes the tenant handed in before give the record of then, `isNew` false. */
export async function keepBankFile(transaction: Transaction, file: NewBankFile): Promise<{ readonly file: BankFileRecord; readonly isNew: boolean }> {
  const made = await transaction.one(`
    INSERT INTO bank_file (name, content, content_hash, source, status, uploaded_by) VALUES ($1, $2, $3, $4, 'processing', $5)
    ON CONFLICT (tenant_id, content_hash) DO NOTHING RETURNING ${BANK_FILE_COLUMNS}`,
  [storableText(file.name), file.content, file.contentHash, storableText(file.source), file.uploadedBy]);
  if (made !== null) return { file: asBankFile(made), isNew: true };
  const known = await transaction.one(`SELECT ${BANK_FILE_COLUMNS} FROM bank_file WHERE content_hash = $1`, [file.contentHash]);
  if (known === null) throw new Error(`the bank file "${file.name}" was neither stored nor found`);
  return { file: asBankFile(known), isNew: false };
}

export async function readBankFile(transaction: Transaction, id: string): Promise<BankFileRecord | null> {
  const row = await transaction.one(`SELECT ${BANK_FILE_COLUMNS} FROM bank_file WHERE id = $1`, [id]);
  return row === null ? null : asBankFile(row);
}

/** The same, locked until the transaction ends: two imports of one file take turns. */
export async function lockBankFile(transaction: Transaction, id: string): Promise<BankFileRecord | null> {
  const row = await transaction.one(`SELECT ${BANK_FILE_COLUMNS} FROM bank_file WHERE id = $1 FOR UPDATE`, [id]);
  return row === null ? null : asBankFile(row);
}

/** The original bytes and the name they came under. */
export async function readBankFileContent(transaction: Transaction, id: string): Promise<{ readonly name: string; readonly content: Buffer } | null> {
  return transaction.one<{ name: string; content: Buffer }>('SELECT name, content FROM bank_file WHERE id = $1', [id]);
}

export interface BankFileOutcome {
  readonly status: 'invalid' | 'processed';
  readonly format: string;
  readonly bankAccountId: string | null;
  readonly findings: readonly Finding[];
  readonly counts: BankFileCounts;
  readonly layout: object | null;
}

export async function finishBankFile(transaction: Transaction, id: string, outcome: BankFileOutcome): Promise<BankFileRecord> {
  const row = await transaction.one(`
    UPDATE bank_file SET status = $2, format = $3, bank_account_id = $4, findings = $5, counts = $6, layout = $7, finished_at = clock_timestamp()
    WHERE id = $1 RETURNING ${BANK_FILE_COLUMNS}`,
  [id, outcome.status, outcome.format, outcome.bankAccountId, storableJson(outcome.findings), JSON.stringify(outcome.counts), outcome.layout === null ? null : storableJson(outcome.layout)]);
  if (row === null) throw new Error(`bank file ${id} vanished while it was imported`);
  return asBankFile(row);
}
