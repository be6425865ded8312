import type { UploadedFile, UploadedFiles } from '#connector-kit';
import { listUploadedFiles, readUploadedPiece, settleUploadedFile, type Database, type UploadedFileRecord } from '#storage';

/** Bytes fetched at a time: a large file is never held whole. */
const PIECE_BYTES = 1_048_576;

/** What people handed in for one connection, as its connector sees it. */
export function connectionUploads(database: Database, tenantId: string, connectionId: string): UploadedFiles {
  const piece = async (id: string, from: number): Promise<Buffer> => {
    const bytes = await database.inTenant(tenantId, (transaction) => readUploadedPiece(transaction, connectionId, id, from, PIECE_BYTES));
    if (bytes === null) throw new RangeError(`connection ${connectionId} has no uploaded file ${id}`);
    return bytes;
  };
  return {
    list: async (entity, state) => (await database.inTenant(tenantId, (transaction) => listUploadedFiles(transaction, connectionId, entity, state))).map(asUploaded),
    async* open(id) {
      let next = piece(id, 0);
      for (let from = PIECE_BYTES; ; from += PIECE_BYTES) {
        const bytes = await next;
        if (bytes.length === PIECE_BYTES) {
          // The piece after is on its way while this one is read.
          next = piece(id, from);
          next.catch(() => undefined);
        }
        if (bytes.length > 0) yield bytes;
        if (bytes.length < PIECE_BYTES) return;
      }
    },
    settle: (id, how) => database.inTenant(tenantId, (transaction) => settleUploadedFile(transaction, connectionId, id, how.state, how.state === 'refused' ? how.because : null)),
  };
}

function asUploaded({ id, name, sizeBytes, contentHash, uploadedAt }: UploadedFileRecord): UploadedFile {
  return { id, name, size: sizeBytes, digest: contentHash, uploadedAt: uploadedAt.toISOString() };
}
