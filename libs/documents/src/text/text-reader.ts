import type { DocumentReader, DocumentStart, OpenDocument, ReadEnd, ReadOptions } from '../document-reader.js';
import type { DocumentSink } from '../document-sink.js';
import { FindingList, whereAt } from '../finding-list.js';
import { decodeText } from '../text-decoding.js';
import { readByModel } from '../model/model-reader.js';
import { PROSE_LENGTH_MAX } from './limits.js';
import { readMessage, sayOpenFigures } from './message-reader.js';
import { placedLines } from './text-place.js';
import { knownCurrency } from './prose-amounts.js';
import { scanTokens } from './tokens.js';

/** Bytes of one text: PROSE_LENGTH_MAX characters of up to four bytes. */
export const TEXT_BYTES_MAX = PROSE_LENGTH_MAX * 4;
/** Characters at the beginning by which a text is recognised. */
const RECOGNISED_BY_LENGTH = 16_384;
/** Share of characters that are no text in a file that is one: bytes of another encoding do occur. */
const CONTROL_SHARE_MAX = 0.01;

const TELLING = new Set(['invoice', 'credit', 'debit', 'order', 'payment', 'total', 'less', 'deducted', 'discount', 'cheque', 'trace', 'onAccount']);

/** Plain sentences that explain a payment: a letter, a note of a call, the body of a mail. */
export const TEXT_READER: DocumentReader = { formats: ['text'], bytesMax: TEXT_BYTES_MAX, recognise, open };

/** A text that speaks of payments and names a number or an amount. Whatever says more surely what it is comes before. */
function recognise({ text }: DocumentStart): 'text' | null {
  const start = text.slice(0, RECOGNISED_BY_LENGTH);
  // oxlint-disable-next-line no-control-regex -- control characters are what tells bytes from a text
  const controls = start.match(/[\u0000-\u0008\u000e-\u001f\ufffd]/g)?.length ?? 0;
  if (controls > start.length * CONTROL_SHARE_MAX || /^\s*[<{[]/.test(start)) return null;
  let telling = false;
  let numbers = false;
  for (const { kind } of scanTokens(start)) {
    if (TELLING.has(kind)) telling = true;
    if (kind === 'amount' || kind === 'code') numbers = true;
    if (telling && numbers) return 'text';
  }
  return null;
}

function open(_format: unknown, sink: DocumentSink, options: ReadOptions): OpenDocument {
  const pieces: Uint8Array[] = [];
  return { push: (bytes) => { pieces.push(bytes); }, end: () => readText(decodeText(Buffer.concat(pieces)).text, sink, options) };
}

async function readText(text: string, sink: DocumentSink, options: ReadOptions): Promise<ReadEnd> {
  if (text.length > PROSE_LENGTH_MAX) return refused(`the text has ${text.length} characters, ${PROSE_LENGTH_MAX} are read; send the part that explains the payment`);
  const findings = new FindingList();
  const remittances = readMessage(placedLines(text), { ...knownCurrency(options), payer: null }, findings);
  if (remittances.length === 0 && options.model !== undefined) remittances.push(...await readByModel(placedLines(text), options.model, knownCurrency(options), findings));
  for (const remittance of remittances) sayOpenFigures(remittance, findings);
  for (const finding of findings.all()) sink.finding(finding);
  if (remittances.length === 0) return refused('the text names no invoice that is paid and no amount of a payment; enter the remittance by hand');
  for (const remittance of remittances) sink.remittance(remittance);
  return { version: null, refused: null, layout: null };
}

function refused(problem: string): ReadEnd {
  return { version: null, refused: { problem, where: whereAt(1, 1, null) }, layout: null };
}
