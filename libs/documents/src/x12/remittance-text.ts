import { currencyExponent, type CurrencyCode, type Finding, type RemittanceLine, type Where } from '#canonical';
import { FindingList } from '../finding-list.js';
import { PaymentItems } from './payment-items.js';
import { Segment } from './segment.js';

/** Begins an item: `RMR*IV*1001**5200.00\`. The separator is whatever stands behind the id. */
const ITEM_START = /(?:^|[^A-Za-z0-9])RMR([*|^!>])[A-Za-z0-9]{2,3}\1/;
/** Segments that may follow an item; anything else is the sender's text again. */
const FOLLOWING: ReadonlySet<string> = new Set(['RMR', 'ADX', 'REF', 'DTM', 'NTE', 'ENT', 'IT1', 'SAC', 'SLN']);
const TERMINATORS = /[\\~\n]/;

export interface RemittanceText {
  readonly lines: readonly RemittanceLine[];
  /** Amounts that could not be read; their items are not among the lines. */
  readonly findings: readonly Finding[];
}

/**
 * Items of an 820 that stand as a fragment in free text: the addenda of a CCD+, an 88 record of BAI2, the memo of a bank line (reference 2.5
 * and 6). Text without any gives no lines. Never throws.
 * @param where of the text; lines and findings keep it, because a fragment has no place of its own
 */
export function readRemittanceText(text: string, currency: CurrencyCode, where: Where): RemittanceText {
  const start = ITEM_START.exec(text);
  if (start === null) return { lines: [], findings: [] };
  const separator = start[1] ?? '*';
  const findings = new FindingList();
  const items = new PaymentItems({ currency, exponent: currencyExponent(currency) }, findings);
  const segment = new Segment();
  for (const piece of text.slice(text.indexOf('RMR', start.index)).split(TERMINATORS)) {
    const written = piece.trim();
    if (written === '') continue;
    segment.fill(written, 0, written.length, separator);
    if (!FOLLOWING.has(segment.id)) continue;
    if (segment.id === 'RMR') items.item(segment);
    else if (segment.id === 'ADX') items.adjustment(segment);
    else if (segment.id === 'ENT') items.entity(segment);
    else items.detail(segment);
  }
  items.end();
  const placed = (record: string | null): Where => ({ ...where, record: where.record === null ? record : `${where.record} ${record ?? ''}`.trim() });
  return {
    lines: items.lines.map((line) => ({ ...line, where: placed('RMR') })),
    findings: findings.all().map((finding) => ({ ...finding, where: placed(finding.where.record?.replace(/^segment \d+ /, '') ?? null) })),
  };
}
