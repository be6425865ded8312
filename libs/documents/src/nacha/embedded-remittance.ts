import type { CurrencyCode, Finding, Remittance, RemittanceLine, Where } from '#canonical';
import { readRemittanceText } from '../x12/remittance-text.js';
import { X12Document } from '../x12/x12-reader.js';
import type { AchRecord } from './ach-records.js';

/** Characters of an addenda of type 05 that belong to the sender: columns 4 to 83. */
export const ADDENDA_PAYLOAD_LENGTH = 80;
const PAYLOAD_FIRST = 4;
const PAYLOAD_LAST = 83;
const CURRENCY: CurrencyCode = 'USD';

/** What the addenda of an entry say the payment is for. */
export interface EmbeddedRemittance {
  readonly remittances: readonly Remittance[];
  readonly lines: readonly RemittanceLine[];
  readonly findings: readonly Finding[];
}

const NOTHING: EmbeddedRemittance = { remittances: [], lines: [], findings: [] };
/** A CTX carries a whole 820, sometimes without its envelope. */
const WHOLE_SET = /^\s*(?:ISA[^A-Za-z0-9\s]|ST([^A-Za-z0-9\s])820\1)/;

/**
 * Reads the payloads of an entry's addenda, joined: a complete 820 of a CTX through the 820 reader, the `RMR*IV*...\` of a CCD+ as a
 * fragment. Places are led back to the addenda records.
 */
export function readEmbeddedRemittance(addenda: readonly AchRecord[], entry: Where): EmbeddedRemittance {
  const payload = addenda.map((record) => record.raw(PAYLOAD_FIRST, PAYLOAD_LAST)).join('');
  if (!WHOLE_SET.test(payload)) {
    const { lines, findings } = readRemittanceText(payload, CURRENCY, addenda[0]?.where() ?? entry);
    return lines.length === 0 && findings.length === 0 ? NOTHING : { remittances: [], lines, findings };
  }
  const remittances: Remittance[] = [];
  const findings: Finding[] = [];
  const document = new X12Document({ remittance: (remittance) => { remittances.push(remittance); }, finding: (finding) => { findings.push(finding); } });
  document.push(Buffer.from(payload, 'utf8'));
  const { refused } = document.end();
  if (refused !== null) findings.push({ severity: 'error', where: refused.where, value: payload.slice(0, ADDENDA_PAYLOAD_LENGTH), problem: `the 820 in the addenda cannot be read: ${refused.problem}` });
  const placed = (where: Where): Where => placeInAddenda(where, addenda, entry);
  const moved = remittances.map((remittance) => ({ ...remittance, where: placed(remittance.where), lines: remittance.lines.map((line) => ({ ...line, where: placed(line.where) })) }));
  const [only] = moved;
  return {
    remittances: moved, lines: only !== undefined && moved.length === 1 ? only.lines : [],
    findings: findings.map((finding) => ({ ...finding, where: placed(finding.where) })),
  };
}

/** The payload is one line, so a column in it says which addenda and where in that. */
function placeInAddenda(where: Where, addenda: readonly AchRecord[], entry: Where): Where {
  const offset = (where.column ?? 1) - 1;
  const record = addenda[Math.floor(offset / ADDENDA_PAYLOAD_LENGTH)];
  if (record === undefined || where.line !== 1) return { ...entry, record: `${entry.record ?? ''}, ${where.record ?? ''}` };
  const place = record.where(PAYLOAD_FIRST + (offset % ADDENDA_PAYLOAD_LENGTH));
  return { ...place, record: where.record === null ? place.record : `${place.record ?? ''}, ${where.record}` };
}
