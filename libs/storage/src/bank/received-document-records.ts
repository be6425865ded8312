import type { Finding, JsonObject } from '#canonical';
import type { Row, Transaction } from '../database.js';
import type { RemittanceSource } from './remittance-records.js';
import { storableJson, storableText, storableTextOrNull } from './storable-text.js';

export const RECEIVED_DOCUMENT_STATUSES = ['processing', 'invalid', 'processed'] as const;
/** `processing`: the bytes are kept, nothing of them is imported yet. `invalid`: nothing was imported, the findings say why. */
export type ReceivedDocumentStatus = (typeof RECEIVED_DOCUMENT_STATUSES)[number];

/** What a processed file came to. Every transaction of the file is in exactly one of `created`, `changed`, `known`, `notTaken`. */
export interface ReceivedDocumentCounts {
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
  readonly remittances: number;
  readonly remittanceLines: number;
  /** Returns and notifications of change. */
  readonly achEntries: number;
  /** Remittances and entries another document brought before. */
  readonly explanationsKnown: number;
}

/** A document without its content. */
export interface ReceivedDocumentRecord {
  readonly id: string;
  readonly name: string;
  readonly sizeBytes: number;
  /** SHA-256 of the content, hexadecimal. */
  readonly contentHash: string;
  readonly format: string | null;
  readonly source: string;
  readonly channel: RemittanceSource;
  /** Who sent it, where the channel knows: an e-mail address. */
  readonly sender: string | null;
  /** The account the uploader named. */
  readonly bankAccountId: string | null;
  readonly status: ReceivedDocumentStatus;
  readonly findings: readonly Finding[];
  readonly counts: Partial<ReceivedDocumentCounts>;
  /** How a CSV file was read, or would be once the questions are answered: `{ layout, questions }`. */
  readonly layout: JsonObject | null;
  readonly uploadedBy: string;
  readonly uploadedAt: Date;
  readonly finishedAt: Date | null;
}

interface ReceivedDocumentRow extends Row {
  id: string; name: string; size_bytes: number; hash: string; format: string | null; source: string; channel: RemittanceSource; sender: string | null; bank_account_id: string | null; status: ReceivedDocumentStatus;
  findings: Finding[]; counts: Partial<ReceivedDocumentCounts>; layout: JsonObject | null; uploaded_by: string; uploaded_at: Date; finished_at: Date | null;
}

/** Every column but the content, which may weigh many megabytes. */
export const RECEIVED_DOCUMENT_COLUMNS = `received_document.id, received_document.name, octet_length(received_document.content) AS size_bytes, encode(received_document.content_hash, 'hex') AS hash, received_document.format,
  received_document.source, received_document.channel, received_document.sender, received_document.bank_account_id, received_document.status, received_document.findings, received_document.counts, received_document.layout, received_document.uploaded_by, received_document.uploaded_at, received_document.finished_at`;

export function asReceivedDocument(given: Row): ReceivedDocumentRecord {
  const row = given as ReceivedDocumentRow;
  return {
    id: row.id, name: row.name, sizeBytes: row.size_bytes, contentHash: row.hash, format: row.format, source: row.source, channel: row.channel, sender: row.sender, bankAccountId: row.bank_account_id,
    status: row.status, findings: row.findings, counts: row.counts, layout: row.layout, uploadedBy: row.uploaded_by, uploadedAt: row.uploaded_at, finishedAt: row.finished_at,
  };
}

export interface NewReceivedDocument {
  readonly name: string;
  readonly content: Buffer;
  readonly contentHash: Buffer;
  readonly source: string;
  readonly channel: RemittanceSource;
  readonly sender: string | null;
  readonly bankAccountId: string | null;
  readonly uploadedBy: string;
}

/** Keeps the original. Bytes the tenant handed in before give the record of then, `isNew` false. */
export async function keepReceivedDocument(transaction: Transaction, file: NewReceivedDocument): Promise<{ readonly file: ReceivedDocumentRecord; readonly isNew: boolean }> {
  const made = await transaction.one(`
    INSERT INTO received_document (name, content, content_hash, source, status, uploaded_by, channel, sender, bank_account_id) VALUES ($1, $2, $3, $4, 'processing', $5, $6, $7, $8)
    ON CONFLICT (tenant_id, content_hash) DO NOTHING RETURNING ${RECEIVED_DOCUMENT_COLUMNS}`,
  [storableText(file.name), file.content, file.contentHash, storableText(file.source), file.uploadedBy, file.channel, storableTextOrNull(file.sender), file.bankAccountId]);
  if (made !== null) return { file: asReceivedDocument(made), isNew: true };
  const known = await transaction.one(`SELECT ${RECEIVED_DOCUMENT_COLUMNS} FROM received_document WHERE content_hash = $1`, [file.contentHash]);
  if (known === null) throw new Error(`the document "${file.name}" was neither stored nor found`);
  return { file: asReceivedDocument(known), isNew: false };
}

export async function readReceivedDocument(transaction: Transaction, id: string): Promise<ReceivedDocumentRecord | null> {
  const row = await transaction.one(`SELECT ${RECEIVED_DOCUMENT_COLUMNS} FROM received_document WHERE id = $1`, [id]);
  return row === null ? null : asReceivedDocument(row);
}

/** The same, locked until the transaction ends: two imports of one file take turns. */
export async function lockReceivedDocument(transaction: Transaction, id: string): Promise<ReceivedDocumentRecord | null> {
  const row = await transaction.one(`SELECT ${RECEIVED_DOCUMENT_COLUMNS} FROM received_document WHERE id = $1 FOR UPDATE`, [id]);
  return row === null ? null : asReceivedDocument(row);
}

/** The original bytes and the name they came under. */
export async function readReceivedDocumentContent(transaction: Transaction, id: string): Promise<{ readonly name: string; readonly content: Buffer } | null> {
  return transaction.one<{ name: string; content: Buffer }>('SELECT name, content FROM received_document WHERE id = $1', [id]);
}

export interface ReceivedDocumentOutcome {
  readonly status: 'invalid' | 'processed';
  readonly format: string;
  readonly bankAccountId: string | null;
  readonly findings: readonly Finding[];
  readonly counts: ReceivedDocumentCounts;
  readonly layout: object | null;
}

export async function finishReceivedDocument(transaction: Transaction, id: string, outcome: ReceivedDocumentOutcome): Promise<ReceivedDocumentRecord> {
  const row = await transaction.one(`
    UPDATE received_document SET status = $2, format = $3, bank_account_id = $4, findings = $5, counts = $6, layout = $7, finished_at = clock_timestamp()
    WHERE id = $1 RETURNING ${RECEIVED_DOCUMENT_COLUMNS}`,
  [id, outcome.status, outcome.format, outcome.bankAccountId, storableJson(outcome.findings), JSON.stringify(outcome.counts), outcome.layout === null ? null : storableJson(outcome.layout)]);
  if (row === null) throw new Error(`document ${id} vanished while it was imported`);
  return asReceivedDocument(row);
}

/** A document somebody is about to read. */
export interface BegunReading {
  readonly document: ReceivedDocumentRecord;
  readonly content: Buffer;
  /** How often it was begun by itself, this time included. */
  readonly attempts: number;
}

/**
 * Counts an attempt to read it, before it is read: a document that ends the process is known by that. Null for one that is not there.
 * @param byItself whether nobody asked for it: what a person asks for is not counted
 */
export async function beginReading(transaction: Transaction, id: string, byItself: boolean): Promise<BegunReading | null> {
  const row = await transaction.one<Row & { content: Buffer; attempts: number }>(`
    UPDATE received_document SET attempts = attempts + $2, tried_at = clock_timestamp() WHERE id = $1 RETURNING ${RECEIVED_DOCUMENT_COLUMNS}, content, attempts`, [id, byItself ? 1 : 0]);
  return row === null ? null : { document: asReceivedDocument(row), content: row.content, attempts: row.attempts };
}

/** Ids of documents that wait to be read: nobody has begun for `unbegunMs`, or whoever began has been silent for `silentMs`. Oldest first. */
export async function documentsWaiting(transaction: Transaction, unbegunMs: number, silentMs: number, limit: number): Promise<readonly string[]> {
  const rows = await transaction.query<{ id: string }>(`
    SELECT id FROM received_document WHERE status = 'processing' AND (CASE WHEN tried_at IS NULL THEN uploaded_at + $1 * interval '1 millisecond' ELSE tried_at + $2 * interval '1 millisecond' END) < clock_timestamp()
    ORDER BY id LIMIT $3`, [unbegunMs, silentMs, limit]);
  return rows.map(({ id }) => id);
}
