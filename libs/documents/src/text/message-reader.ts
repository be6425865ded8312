import type { Remittance } from '#canonical';
import type { FindingList } from '../finding-list.js';
import { messageParts, newestOf } from './message-parts.js';
import { type KnownOfText, readProse } from './prose-reader.js';
import type { PlacedLine } from './text-place.js';

const PAYER = /^\s*(?:payer|payor|remitter|ordering party|customer(?: name)?|company(?: name)?|zahler|auftraggeber|kunde|firma|donneur d['’]ordre|client|société|ordenante|cliente|opdrachtgever|klant|bedrijf)\s*:\s*(\p{L}.{1,100}?)\s*$/iu;

/**
 * A message in plain text as remittances: what its sender wrote now, and every message he forwards. The reply history below is read only
 * when he wrote nothing of a payment himself, and that is said.
 */
export function readMessage(lines: readonly PlacedLine[], known: KnownOfText, findings: FindingList): Remittance[] {
  const parts = messageParts(lines);
  const found = [parts.written, ...parts.forwarded].flatMap((part) => readPart(part, known, findings));
  if (found.length > 0 || parts.quoted.length === 0) return found;
  const quoted = readPart(newestOf(parts.quoted), known, findings);
  for (const { where } of quoted) findings.warning(where, '', 'the message itself explains no payment; this was read from the message quoted below it');
  return quoted;
}

function readPart(lines: readonly PlacedLine[], known: KnownOfText, findings: FindingList): Remittance[] {
  const remittance = readProse(lines, { ...known, payer: payerNamed(lines) ?? known.payer }, findings);
  return remittance === null ? [] : [remittance];
}

function payerNamed(lines: readonly PlacedLine[]): string | null {
  for (const { text } of lines) {
    const name = text.length > 200 ? undefined : PAYER.exec(text)?.[1];
    if (name !== undefined) return name;
  }
  return null;
}
