import type { AchEntry } from '#canonical';
import type { FindingList } from '../finding-list.js';
import type { AchBatch } from './ach-batch.js';
import { returnKindOf, titleOf } from './ach-codes.js';
import type { AchRecord } from './ach-records.js';
import type { AchMovement } from './ach-values.js';

/** Addenda that make an entry a return (99) or a notification of change (98). */
export function isException(addenda: AchRecord): boolean {
  const type = addenda.raw(2, 3);
  return type === '99' || type === '98';
}

/** An entry that comes back, or that was corrected, with its addenda of type 99 or 98. */
export function readException(entry: AchRecord, addenda: AchRecord, batch: AchBatch, movement: AchMovement | null, minor: bigint, findings: FindingList): AchEntry {
  const isChange = addenda.raw(2, 3) === '98';
  const code = addenda.at(4, 6);
  const title = titleOf(code);
  if (title === null) findings.warning(addenda.where(4), code, `the ${isChange ? 'change' : 'return'} code is not one of the Nacha rules; ask the bank what it means`);
  const kind = isChange ? 'notificationOfChange' : returnKindOf(code);
  // What a returned debit had brought in goes out again.
  const signed = movement === 'debitReturn' || movement === 'debit' ? -minor : minor;
  return {
    kind, code, title, amount: { minor: isChange ? 0n : signed, currency: 'USD' }, standardEntryClass: batch.standardEntryClass,
    trace: addenda.at(80, 94) || entry.at(80, 94), originalTrace: addenda.at(7, 21) || null,
    receiver: { name: receiverName(entry, batch), id: entry.at(40, 54) || null, account: entry.at(13, 29) || null, bank: addenda.at(28, 35) || null },
    correctedData: isChange ? addenda.at(36, 64) || null : null, information: isChange ? null : informationOf(addenda, kind),
    settledOn: batch.settledOn, where: entry.where(),
  };
}

function receiverName(entry: AchRecord, batch: AchBatch): string | null {
  return (batch.standardEntryClass === 'CTX' ? entry.at(59, 74) : entry.at(55, 76)) || null;
}

/** Free text of the returning bank; of a dishonored or contested return, the reason and the trace it answers stand before or instead of it. */
function informationOf(addenda: AchRecord, kind: AchEntry['kind']): string | null {
  if (kind === 'return') {
    const death = addenda.at(22, 27);
    return [death === '' || /^0*$/.test(death) ? '' : `date of death ${death}`, addenda.at(36, 79)].filter((part) => part !== '').join('; ') || null;
  }
  const parts = [['return trace', addenda.at(39, 53)], ['return reason', addenda.at(57, 58) === '' ? '' : `R${addenda.at(57, 58)}`], [kind === 'dishonoredReturn' ? '' : 'dishonored trace', kind === 'dishonoredReturn' ? addenda.at(59, 79) : addenda.at(59, 73)]];
  return parts.filter(([, value]) => value !== '').map(([name, value]) => `${name} ${value}`.trim()).join('; ') || null;
}
