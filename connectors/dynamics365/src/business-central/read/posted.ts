import type { JsonObject } from '#canonical';
import type { Context } from '#connector-kit';
import { textOf } from '../../odata/json.js';
import { memberName } from '../../odata/literal.js';
import { companyPath, rowsWith } from '../api.js';
import type { LedgerEntry } from '../ledger/entry.js';
import { entriesWith, ledgerPath } from '../ledger/routes.js';
import { numberOf } from './rows.js';

/** Statuses that only posted documents have. `Open` is also what a released draft shows (reference, 2.4). */
const SURELY_POSTED = new Set(['Paid', 'Canceled', 'Corrective']);
const PERHAPS_POSTED = 'Open';

/** A posted document and the ledger entry it made, where a ledger can be read. */
export interface PostedRow {
  readonly row: JsonObject;
  readonly status: string;
  readonly entry: LedgerEntry | null;
}

/**
 * The posted ones among rows of `salesInvoices` or `salesCreditMemos`. There is no field that says so: drafts and documents in review
 * show it by their status, a released draft only by having no ledger entry under its number.
 * @param documentType of the entry it makes: `Invoice`, `Credit Memo`
 */
export async function postedOf(context: Context, rows: readonly JsonObject[], documentType: string): Promise<readonly PostedRow[]> {
  const candidates = rows.map((row) => ({ row, status: memberName(textOf(row['status']) ?? '').trim() }))
    .filter(({ status }) => status === PERHAPS_POSTED || SURELY_POSTED.has(status));
  if (candidates.length === 0) return [];
  if (await ledgerPath(context) === null) return await postedByGeneralLedger(context, candidates, documentType);
  const entries = await entriesWith(context, 'documentNumber', candidates.map(({ row }) => numberOf(row)));
  const byNumber = new Map(entries.filter((entry) => entry.documentType === documentType).map((entry) => [entry.documentNumber, entry]));
  return candidates.map((candidate) => ({ ...candidate, entry: byNumber.get(numberOf(candidate.row)) ?? null }))
    .filter(({ status, entry }) => entry !== null || SURELY_POSTED.has(status));
}

/** Without a customer ledger, the general ledger tells at least that a document of that type and number was posted. */
async function postedByGeneralLedger(context: Context, candidates: readonly Omit<PostedRow, 'entry'>[], documentType: string): Promise<readonly PostedRow[]> {
  const doubtful = candidates.filter(({ status }) => status === PERHAPS_POSTED).map(({ row }) => numberOf(row));
  const rows = doubtful.length === 0 ? [] : await rowsWith(context, companyPath(context, 'generalLedgerEntries'), 'documentNumber', doubtful, { $select: 'documentNumber,documentType' });
  const posted = new Set(rows.filter((row) => memberName(textOf(row['documentType']) ?? '') === documentType).map((row) => textOf(row['documentNumber'])));
  return candidates.filter(({ row, status }) => SURELY_POSTED.has(status) || posted.has(numberOf(row))).map((candidate) => ({ ...candidate, entry: null }));
}
