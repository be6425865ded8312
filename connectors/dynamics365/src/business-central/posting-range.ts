import { isLocalDate, type LocalDate } from '#canonical';
import type { Context } from '#connector-kit';
import { textOf } from '../odata/json.js';
import { listPageOf } from '../odata/pages.js';
import { companyPath, getOrNull } from './api.js';
import { isPermission } from './errors.js';

/** Days on which postings are allowed ("Allow Posting From/To" of General Ledger Setup); null is no bound, or none we can see. */
export interface PostingRange {
  readonly from: LocalDate | null;
  readonly to: LocalDate | null;
  /** False where this version of the API does not show the setup, or the app may not see it. */
  readonly known: boolean;
}

const EMPTY_DAY = '0001-01-01';

/** `generalLedgerSetup` came to API v2.0 with a later version: its absence is an answer. */
export async function postingRange(context: Context): Promise<PostingRange> {
  const path = companyPath(context, 'generalLedgerSetup');
  try {
    const answer = await getOrNull(context, path);
    const [row] = answer === null ? [] : listPageOf(answer, path).rows;
    if (row === undefined) return { from: null, to: null, known: false };
    return { from: dayOf(textOf(row['allowPostingFrom'])), to: dayOf(textOf(row['allowPostingTo'])), known: true };
  } catch (error) {
    if (isPermission(error)) return { from: null, to: null, known: false };
    throw error;
  }
}

function dayOf(text: string | null): LocalDate | null {
  return text !== null && text !== EMPTY_DAY && isLocalDate(text) ? text : null;
}
