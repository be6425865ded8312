import { dialog } from '../odata/odata-error.js';
import type { TenantSettings } from '../settings.js';

/** General Ledger Setup, Allow Posting From and To (2.8.4). @throws ODataError */
export function assertPostingDay(settings: TenantSettings, day: string, line?: string): void {
  const { postingAllowedFrom: from, postingAllowedTo: to } = settings;
  if ((from === '' || day >= from) && (to === '' || day <= to)) return;
  throw dialog(`Posting Date is not within your range of allowed posting dates${line === undefined ? '.' : ` in ${line}.`}`);
}
