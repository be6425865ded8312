import { currencyExponent, type CurrencyCode, type Finding, type RemittanceLine, type Where } from '#canonical';
import { FindingList } from '../finding-list.js';
import { PaymentItems } from './payment-items.js';
import { Segment } from './segment.js';
import { X12LimitError } from './segment-scanner.js';

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

const NOTHING: RemittanceText = { lines: [], findings: [] };

/**
 * Items of an 820 that stand as a fragment in free text: the addenda of a CCD+, an 88 record of BAI2, the memo of a bank line (reference 2.5
 * and 6). Text without any gives no lines. Never throws.
 * @param where of the text; lines and findings keep it, because a fragment has no place of its own
 */
export function readRemittanceText(text: string, currency: CurrencyCode, where: Where): RemittanceText {
  const start = text.includes('RMR') ? ITEM_START.exec(text) : null;
  if (start === null) return NOTHING;
  const separator = start[1] ?? '*';
  const findings = new FindingList();
  const items = new PaymentItems({ currency, exponent: currencyExponent(currency) }, findings);
  const segment = new Segment();
  try {
    for (const piece of text.slice(text.indexOf('RMR', start.index)).split(TERMINATORS)) {
      const written = piece.trim();
      if (written === '') continue;
      segment.fill(written, 0, written.length, separator);
      readPiece(segment, items);
    }
  } catch (error) {
    if (!(error instanceof X12LimitError)) throw error;
    findings.error(where, '', `${error.message}; the items behind were not taken`);
  }
  items.end();
  const placed = (record: string | null): Where => ({ ...where, record: where.record === null ? record : `${where.record} ${record ?? ''}`.trim() });
  return {
    lines: items.lines.map((line) => ({ ...line, where: placed('RMR') })),
    findings: findings.all().map((finding) => ({ ...finding, where: placed(finding.where.record?.replace(/^segment \d+ /, '') ?? null) })),
  };
}

function readPiece(segment: Segment, items: PaymentItems): void {
  if (!FOLLOWING.has(segment.id)) return;
  if (segment.id === 'RMR') items.item(segment);
  else if (segment.id === 'ADX') items.adjustment(segment);
  else if (segment.id === 'ENT') items.entity(segment);
  else items.detail(segment);
}
