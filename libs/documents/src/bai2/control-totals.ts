import type { FindingList } from '../finding-list.js';
import type { Where } from '#canonical';
import { parseBaiInteger, parseCount } from './bai2-values.js';

/** What was really read between a header (03, 02, 01) and its trailer (49, 98, 99). */
export class ControlTotals {
  /** Sum of all 03 and 16 amounts as written, balances included: the manual's control total, no movement of money. */
  amount = 0n;
  /** Physical records, headers, 88s and trailers included. */
  records = 0;
  /** Accounts of a group, groups of a file. */
  members = 0;
  /** False once an amount could not be read: the sums cannot agree then, and the unread amount is a finding already. */
  complete = true;

  /** Adds a closed account to its group, or a group to its file. */
  include(inner: ControlTotals): void {
    this.amount += inner.amount;
    this.records += inner.records;
    this.members += 1;
    this.complete &&= inner.complete;
  }

  /** Compares a trailer's fields with what was counted; every difference is a warning naming both figures. */
  compare(fields: readonly string[], record: '49' | '98' | '99', where: Where, findings: FindingList): void {
    const [declared = '', ...counts] = fields;
    const member = record === '98' ? 'accounts' : 'groups';
    this.#compareAmount(declared.trim(), record, where, findings);
    if (record !== '49') compareCount(counts[0] ?? '', this.members, member, record, where, findings);
    compareCount(counts[record === '49' ? 0 : 1] ?? '', this.records, 'records', record, where, findings);
  }

  #compareAmount(declared: string, record: string, where: Where, findings: FindingList): void {
    const amount = parseBaiInteger(declared);
    if (amount === null) {
      findings.warning(where, declared, `the control total of the ${record} record is no number; computed ${this.amount}`);
    } else if (amount !== this.amount) {
      const hint = this.complete ? '' : '; an amount above could not be read';
      findings.warning(where, declared, `control total of the ${record} record: declared ${amount}, computed ${this.amount}${hint}`);
    }
  }
}

function compareCount(text: string, computed: number, what: string, record: string, where: Where, findings: FindingList): void {
  const declared = parseCount(text.trim());
  if (declared === computed) return;
  findings.warning(where, text, `number of ${what} in the ${record} record: declared ${declared ?? 'nothing readable'}, computed ${computed}`);
}
