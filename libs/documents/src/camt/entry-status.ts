import type { FindingList } from '../finding-list.js';
import type { XmlElement } from '../xml/index.js';
import { codeOf, placeOf } from './camt-values.js';

/** Entries the bank announces but has not booked. */
const PENDING: ReadonlySet<string> = new Set(['PDNG', 'FUTR']);

/** True unless the bank says that the entry is booked: only what is booked may be applied. */
export function isPending(entry: XmlElement, findings: FindingList): boolean {
  const element = entry.at('Sts');
  const status = codeOf(element);
  if (status === 'BOOK') return false;
  if (status === null || !PENDING.has(status)) {
    const problem = status === 'INFO' ? 'the entry is for information only (INFO)' : 'the entry does not say whether it is booked (BOOK) or pending (PDNG)';
    findings.warning(placeOf(element ?? entry, 'Ntry/Sts'), status ?? '', `${problem}; it was taken as pending, so that nothing is applied`);
  }
  return true;
}
