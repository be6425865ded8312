import type { LocalDate, StatementTransaction } from '#canonical';
import type { FindingList } from '../finding-list.js';
import { MEMO_LENGTH_MAX } from '../limits.js';
import type { AchBatch } from './ach-batch.js';
import type { AchRecord } from './ach-records.js';
import type { EmbeddedRemittance } from './embedded-remittance.js';

/** Our account an entry was booked to. */
export function accountOf(entry: AchRecord, batch: AchBatch): string {
  return batch.standardEntryClass === 'IAT' ? entry.at(40, 74) : entry.at(13, 29);
}

/** An entry as the line of the statement of the account it names: a credit is money in. */
export function transactionOf(
  entry: AchRecord, addenda: readonly AchRecord[], batch: AchBatch, bookedOn: LocalDate, minor: bigint, embedded: EmbeddedRemittance, findings: FindingList,
): StatementTransaction {
  const international = batch.standardEntryClass === 'IAT';
  const paysUs = minor > 0n && !batch.isReversal;
  const memo = [batch.companyName ?? '', batch.description, ...addenda.map((record) => record.at(4, 83))].filter((part) => part !== '').join('\n');
  if (memo.length > MEMO_LENGTH_MAX) findings.warning(entry.where(), memo, `the text has ${memo.length} characters; the first ${MEMO_LENGTH_MAX} were kept`);
  const [only] = embedded.remittances;
  return {
    bookedOn, valueOn: null, amount: { minor, currency: 'USD' }, code: entry.at(2, 3), kind: 'ach', reversal: batch.isReversal, pending: false,
    bankReference: entry.at(80, 94) || null, customerReference: international ? null : entry.at(40, 54) || null,
    endToEndId: embedded.remittances.length === 1 ? only?.reference ?? null : null, checkNumber: null,
    // Who sends the batch is who pays a credit; of a debit it is who draws the money.
    payer: { name: paysUs ? batch.companyName : null, account: null, id: paysUs ? batch.companyId : null },
    memo: memo.slice(0, MEMO_LENGTH_MAX), structuredReferences: [], lines: embedded.lines, where: entry.where(),
  };
}
