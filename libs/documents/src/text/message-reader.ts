import { type CurrencyCode, formatMoney, type Remittance, type Where } from '#canonical';
import type { FindingList } from '../finding-list.js';
import { reconcile } from '../reconcile/reconcile.js';
import { messageParts, newestOf } from './message-parts.js';
import { type PastedTable, readPastedTable } from './pasted-table.js';
import { CURRENCY_ASSUMED, currencyFinding, type KnownCurrency } from './prose-amounts.js';
import { type KnownOfText, readProse } from './prose-reader.js';
import type { PlacedLine } from './text-place.js';
import { scanTokens } from './tokens.js';

const PAYER = /^\s*(?:payer|payor|remitter|ordering party|customer(?: name)?|company(?: name)?|zahler|auftraggeber|kunde|firma|donneur d['’]ordre|client|société|ordenante|cliente|opdrachtgever|klant|bedrijf)\s*:\s*(\p{L}.{1,100}?)\s*$/iu;
/** What the parts of a text are called in findings. */
const TABLE = 'the table';
const SENTENCES = 'the sentences';

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

/**
 * Says of a finished remittance what its own figures leave open: no item, a total that is not split, a gap between both. A gap that the
 * reader of one of its parts reported is not said again.
 */
export function sayOpenFigures({ lines, total, sums: { difference }, where }: Remittance, findings: FindingList): void {
  const stated = total === null ? '' : formatMoney(total);
  if (lines.length === 0) findings.warning(where, stated, 'a payment is told, and no item that it pays');
  else if (total === null || difference === null || difference.minor === 0n) return;
  else if (lines.some(({ paid }) => paid === null)) findings.warning(where, stated, `the text states ${stated} and not how much of it is for each item`);
  else if (!findings.all().some(({ problem }) => problem.includes('out of balance'))) {
    const sum = formatMoney({ ...total, minor: total.minor - difference.minor });
    findings.warning(where, stated, `out of balance: ${stated} is stated, the items come to ${sum}, the gap is ${formatMoney(difference)}`);
  }
}

/** A pasted table with the sentences around it, or sentences alone. */
function readPart(lines: readonly PlacedLine[], known: KnownOfText, findings: FindingList): Remittance[] {
  const payer = payerNamed(lines) ?? known.payer;
  const table = readTable(lines, { ...known, currency: currencyWritten(lines) ?? known.currency }, findings);
  const rest = table === null ? lines : lines.filter((_, index) => index + 1 < table.firstLine || index + 1 > table.lastLine);
  const prose = readProse(rest, { ...known, currency: table?.remittances[0]?.currency ?? known.currency, payer }, findings);
  const sentences = prose === null ? [] : [{ part: SENTENCES, remittance: prose }];
  const tables = (table?.remittances ?? []).map((remittance) => ({ part: TABLE, remittance: placedIn(lines, { ...remittance, payer: { ...remittance.payer, name: remittance.payer.name ?? payer } }) }));
  return reconcile(tables, sentences, findings);
}

/** A table whose currency neither it nor the source names is read once more with the assumed one, aloud. Its lines count from the part's first. */
function readTable(lines: readonly PlacedLine[], { currency, assumed }: KnownCurrency, findings: FindingList): PastedTable | null {
  const counted = lines.map(({ text }, index) => ({ text, line: index + 1 }));
  let table = readPastedTable(counted, currency === null ? {} : { currency });
  if (table?.layout.questions.length === 1 && table.layout.questions[0] === 'currency') {
    const taken = assumed?.currency ?? CURRENCY_ASSUMED;
    const again = readPastedTable(counted, { currency: taken });
    if (again !== null && again.remittances.length > 0) {
      table = again;
      findings.warning(placeIn(lines, { line: table.firstLine, column: 1, record: null, page: null }), '', currencyFinding('the table', taken, assumed?.because ?? null));
    }
  }
  // What the table's reader says of lines around the table is about sentences, which are read as such.
  for (const { severity, where, value, problem } of table?.findings ?? []) {
    if (where.line === null || table === null || (where.line >= table.firstLine && where.line <= table.lastLine)) findings[severity](placeIn(lines, where), value, problem);
  }
  return table;
}

/** A place counted from the first line of a part, as a place in the original. */
function placeIn(lines: readonly PlacedLine[], where: Where): Where {
  const line = where.line === null ? undefined : lines[where.line - 1];
  return line === undefined ? where : { ...where, line: line.line, column: where.column === null ? null : where.column + line.column - 1, page: line.page };
}

function placedIn(lines: readonly PlacedLine[], remittance: Remittance): Remittance {
  return { ...remittance, where: placeIn(lines, remittance.where), lines: remittance.lines.map((line) => ({ ...line, where: placeIn(lines, line.where) })) };
}

/** The currency the text itself writes beside an amount. */
function currencyWritten(lines: readonly PlacedLine[]): CurrencyCode | null {
  for (const { text } of lines) for (const { kind, currency } of scanTokens(text)) if (kind === 'amount' && currency !== null) return currency;
  return null;
}

function payerNamed(lines: readonly PlacedLine[]): string | null {
  for (const { text } of lines) {
    const name = text.length > 200 ? undefined : PAYER.exec(text)?.[1];
    if (name !== undefined) return name;
  }
  return null;
}
