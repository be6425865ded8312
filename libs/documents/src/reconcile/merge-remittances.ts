import { formatMoney, type Money, type Remittance, type RemittanceLine, type Where } from '#canonical';
import type { FindingList } from '../finding-list.js';
import { remittanceSums } from '../remittance-sums.js';
import { referenceKey } from '../text/line-builder.js';

/** Digits a number has at least to be known without its prefix. */
const BARE_NUMBER_LENGTH_MIN = 3;

/** A remittance and the part of the message that told it. */
export interface ToldRemittance {
  readonly part: string;
  readonly remittance: Remittance;
}

/**
 * True when two parts of one message speak of the same payment: a shared number of the payment, a shared item, or one total where one of them names
 * no items. Two cheques of one amount for other items are two, however alike.
 */
export function samePayment(first: Remittance, second: Remittance): boolean {
  if (first.currency !== second.currency) return false;
  if (first.reference !== null && second.reference !== null) return sameText(first.reference, second.reference);
  const [items, others] = [keysOf(first), keysOf(second)];
  if (others.some((key) => items.some((item) => isSameItem(item, key)))) return true;
  if (items.length > 0 && others.length > 0) return false;
  return first.total !== null && second.total !== null && first.total.minor === second.total.minor;
}

/** Alike, or one is the other without its prefix: `INV-1001` in the one, `1001` in the other. */
function isSameItem(first: string, second: string): boolean {
  const [long, short] = first.length >= second.length ? [first, second] : [second, first];
  if (long === short) return true;
  return short.length >= BARE_NUMBER_LENGTH_MIN && /^\d+$/.test(short) && long.endsWith(short) && !/\d$/.test(long.slice(0, -short.length));
}

function keysOf({ lines }: Remittance): string[] {
  return lines.flatMap(({ reference }) => (reference === '' ? [] : [referenceKey(reference)]));
}

/**
 * One remittance of two tellings of the same payment. What both say is taken once; what only one says is added; where they contradict,
 * the first is kept and a finding names both values.
 */
export function mergeRemittances(first: ToldRemittance, second: ToldRemittance, findings: FindingList): ToldRemittance {
  const { part, remittance } = first;
  const told = second.remittance;
  const say = (where: Where, what: string, kept: string, other: string): void => findings.warning(where, other, `${what}: ${part} says ${kept}, ${second.part} says ${other}; ${kept} was kept`);
  const choose = <Value extends string | null>(what: string, kept: Value, other: Value): Value => {
    if (kept !== null && other !== null && !sameText(kept, other)) say(told.where, what, kept, other);
    return kept ?? other;
  };
  const total = chooseMoney(remittance.total, told.total, (kept, other) => say(told.where, 'total', kept, other));
  const lines = mergeLines(remittance, told, total, { first: part, second: second.part }, findings);
  const sums = remittanceSums(lines, total, remittance.currency);
  return {
    part,
    remittance: {
      ...remittance,
      payer: { name: remittance.payer.name ?? told.payer.name, id: remittance.payer.id ?? told.payer.id }, payee: remittance.payee ?? told.payee,
      reference: choose('number of the payment', remittance.reference, told.reference), method: remittance.method ?? told.method, paidOn: choose('day of the payment', remittance.paidOn, told.paidOn),
      total, lines, sums,
    },
  };
}

function chooseMoney(kept: Money | null, other: Money | null, say: (kept: string, other: string) => void): Money | null {
  if (kept !== null && other !== null && kept.minor !== other.minor) say(formatMoney(kept), formatMoney(other));
  return kept ?? other;
}

function mergeLines(first: Remittance, second: Remittance, total: Money | null, parts: { first: string; second: string }, findings: FindingList): RemittanceLine[] {
  const rest = [...second.lines];
  const take = (fits: (line: RemittanceLine) => boolean): RemittanceLine | null => {
    const index = rest.findIndex(fits);
    return index === -1 ? null : rest.splice(index, 1)[0] ?? null;
  };
  const lines = first.lines.map((line) => {
    const twin = line.reference === ''
      ? take((other) => other.reference === '' && other.kind === line.kind && (other.paid === null || line.paid === null || other.paid.minor === line.paid.minor))
      : take((other) => referenceKey(other.reference) === referenceKey(line.reference) && other.paid?.minor === line.paid?.minor) ?? take((other) => referenceKey(other.reference) === referenceKey(line.reference));
    return twin === null ? line : mergeLine(line, twin, parts, findings);
  });
  return [...lines, ...addable(lines, rest, first, total, parts, findings)];
}

function mergeLine(line: RemittanceLine, twin: RemittanceLine, parts: { first: string; second: string }, findings: FindingList): RemittanceLine {
  const paid = chooseMoney(line.paid, twin.paid, (kept, other) => findings.warning(twin.where, other, `amount of ${line.reference === '' ? line.kind : line.reference}: ${parts.first} says ${kept}, ${parts.second} says ${other}; ${kept} was kept`));
  return { ...line, paid, gross: line.gross ?? twin.gross, discount: line.discount ?? twin.discount, adjustments: line.adjustments.length > 0 ? line.adjustments : twin.adjustments, memo: line.memo ?? twin.memo };
}

/** Lines only the second telling has: part of the payment unless the first comes to its total without them. */
function addable(lines: readonly RemittanceLine[], rest: readonly RemittanceLine[], first: Remittance, total: Money | null, parts: { first: string; second: string }, findings: FindingList): readonly RemittanceLine[] {
  if (rest.length === 0 || lines.length === 0) return rest;
  const complete = lines.every(({ paid }) => paid !== null) && remittanceSums(lines, total, first.currency).difference?.minor === 0n;
  for (const { where, reference, paid, memo } of rest) {
    const what = reference === '' ? memo ?? 'an adjustment' : reference;
    const value = paid === null ? what : `${what} ${formatMoney(paid)}`;
    if (!complete) findings.warning(where, value, `${what} is named in ${parts.second} and not in ${parts.first}; it was added`);
    else if (paid !== null && paid.minor !== 0n) findings.error(where, value, `${what} is named in ${parts.second} and not in ${parts.first}, whose items come to the total without it; it was not taken`);
  }
  return complete ? [] : rest;
}

function sameText(first: string, second: string): boolean {
  const plain = (text: string): string => text.replace(/[^\p{L}\p{N}]/gu, '').toUpperCase().replace(/^0+(?=\d)/, '');
  return plain(first) === plain(second);
}
