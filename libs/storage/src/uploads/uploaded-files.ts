import type { EntityName } from '#canonical';
import { storableText } from '../bank/storable-text.js';
import type { Transaction } from '../database.js';
import type { ListDefinition } from '../lists/list.js';

export const UPLOAD_STATES = ['waiting', 'taken', 'refused'] as const;
export type UploadState = (typeof UPLOAD_STATES)[number];

/** A file people handed in, without its content. */
export interface UploadedFileRecord {
  readonly id: string;
  readonly connectionId: string;
  readonly entity: EntityName;
  readonly name: string;
  readonly sizeBytes: number;
  /** SHA-256 of the content, hexadecimal. */
  readonly contentHash: string;
  readonly state: UploadState;
  readonly refusedBecause: string | null;
  readonly uploadedBy: string;
  readonly uploadedAt: Date;
  readonly settledAt: Date | null;
}

export interface UploadedFileRow extends Record<string, unknown> {
  id: string; connection_id: string; entity: EntityName; name: string; size_bytes: number; hash: string; state: UploadState; refused_because: string | null;
  uploaded_by: string; uploaded_at: Date; settled_at: Date | null;
}

const COLUMNS = `uploaded_file.id, uploaded_file.connection_id, uploaded_file.entity, uploaded_file.name, octet_length(uploaded_file.content) AS size_bytes,
  encode(uploaded_file.content_hash, 'hex') AS hash, uploaded_file.state, uploaded_file.refused_because, uploaded_file.uploaded_by, uploaded_file.uploaded_at, uploaded_file.settled_at`;

export const UPLOADED_FILES: ListDefinition = {
  select: COLUMNS,
  from: 'uploaded_file',
  id: 'uploaded_file.id',
  sorts: { id: { sql: 'uploaded_file.id', type: 'bigint' } },
  defaultSort: '-id',
  filters: {
    connectionId: { sql: 'uploaded_file.connection_id = $::bigint', kind: 'id', says: 'Of this connection' },
    entity: { sql: 'uploaded_file.entity = $', kind: 'text', says: 'Of this record type' },
    state: { sql: 'uploaded_file.state = $', kind: 'text', says: 'waiting, taken or refused' },
  },
};

export function asUploadedFile(row: UploadedFileRow): UploadedFileRecord {
  return {
    id: row.id, connectionId: row.connection_id, entity: row.entity, name: row.name, sizeBytes: row.size_bytes, contentHash: row.hash, state: row.state,
    refusedBecause: row.refused_because, uploadedBy: row.uploaded_by, uploadedAt: row.uploaded_at, settledAt: row.settled_at,
  };
}

export interface NewUploadedFile {
  readonly connectionId: string;
  readonly entity: EntityName;
  readonly name: string;
  readonly content: Buffer;
  readonly contentHash: Buffer;
  readonly uploadedBy: string;
}

/** Content that waits or was taken already gives the record of then, `isNew` false. */
export async function keepUploadedFile(transaction: Transaction, file: NewUploadedFile): Promise<{ readonly file: UploadedFileRecord; readonly isNew: boolean }> {
  const { connectionId, entity, name, content, contentHash, uploadedBy } = file;
  const made = await transaction.one<UploadedFileRow>(`
    INSERT INTO uploaded_file (connection_id, entity, name, content, content_hash, uploaded_by) VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (connection_id, entity, content_hash) WHERE state <> 'refused' DO NOTHING RETURNING ${COLUMNS}`, [connectionId, entity, storableText(name), content, contentHash, uploadedBy]);
  if (made !== null) return { file: asUploadedFile(made), isNew: true };
  const known = await transaction.one<UploadedFileRow>(`
    SELECT ${COLUMNS} FROM uploaded_file WHERE connection_id = $1 AND entity = $2 AND content_hash = $3 AND state <> 'refused'`, [connectionId, entity, contentHash]);
  if (known === null) throw new Error(`the file "${name}" was neither stored nor found`);
  return { file: asUploadedFile(known), isNew: false };
}

/** Waiting ones oldest first, taken ones in the order they were taken. */
export async function listUploadedFiles(transaction: Transaction, connectionId: string, entity: EntityName, state: UploadState): Promise<UploadedFileRecord[]> {
  const rows = await transaction.query<UploadedFileRow>(`
    SELECT ${COLUMNS} FROM uploaded_file WHERE connection_id = $1 AND entity = $2 AND state = $3 ORDER BY settled_at, id`, [connectionId, entity, state]);
  return rows.map(asUploadedFile);
}

/** A piece of the content from byte `from` (0 is the first); empty at its end, null when there is no such file of the connection. */
export async function readUploadedPiece(transaction: Transaction, connectionId: string, id: string, from: number, length: number): Promise<Buffer | null> {
  const row = await transaction.one<{ piece: Buffer }>('SELECT substring(content FROM $3::int FOR $4::int) AS piece FROM uploaded_file WHERE connection_id = $1 AND id = $2', [connectionId, id, from + 1, length]);
  return row?.piece ?? null;
}

/** One that was settled before stays as it is. */
export async function settleUploadedFile(transaction: Transaction, connectionId: string, id: string, state: 'taken' | 'refused', because: string | null): Promise<void> {
  await transaction.execute(`UPDATE uploaded_file SET state = $3, refused_because = $4, settled_at = clock_timestamp() WHERE connection_id = $1 AND id = $2 AND state = 'waiting'`,
    [connectionId, id, state, because === null ? null : storableText(because)]);
}
