import { CLOSING_LINE_LENGTH_MAX } from './limits.js';
import type { PlacedLine } from './text-place.js';

/** A message cut into what its sender wrote now and what he repeats. */
export interface MessageParts {
  readonly written: readonly PlacedLine[];
  /** What somebody else wrote, passed on as content: a forwarded message, without its header lines. */
  readonly forwarded: readonly (readonly PlacedLine[])[];
  /** The reply history below, quote marks taken off; it was dealt with when it was new. */
  readonly quoted: readonly PlacedLine[];
}

const FORWARD = /^[\s>*-]*(?:-{2,}\s*)?(?:begin forwarded message|forwarded (?:message|by)|(?:weitergeleitete|anfang der weitergeleiteten) (?:nachricht|e-?mail)|message transféré|début du message (?:transféré|réexpédié)|mensaje reenviado|doorgestuurd(?:e)? bericht|begin doorgestuurd bericht)\b/i;
const ORIGINAL = /^[\s>*_-]*-{3,}\s*(?:original message|ursprüngliche (?:nachricht|mail)|message d['’]origine|mensaje original|oorspronkelijk bericht|original-?nachricht)\s*-*/i;
const WROTE = /^\s*>?\s*(?:on|am|le|el|op)\b.{4,200}?\b(?:wrote|schrieb|a écrit|escribió|schreef)\b.{0,80}:\s*$/i;
const HEADER = /^\s*>?\s*\*?(?:from|sent|to|cc|date|subject|reply-to|von|gesendet|an|datum|betreff|de|envoyé|à|objet|enviado|para|fecha|asunto|van|verzonden|aan|onderwerp)\s*\*?\s?:\*?\s/i;
const SENDER_HEADER = /^\s*>?\s*\*?(?:from|von|de|van)\s*\*?\s?:\*?\s/i;
const SIGNATURE = /^(?:-- ?|_{3,}|(?:(?:with )?(?:best|kind|warm)?\s*regards|best wishes|sincerely(?: yours)?|yours (?:sincerely|faithfully|truly)|many thanks|thanks(?: (?:and|&) (?:best |kind )?regards)?|thank you|cheers|mit (?:freundlichen|besten|herzlichen) grüßen|mit (?:freundlichen|besten) gruessen|freundliche grüße|viele grüße|beste grüße|mfg|(?:bien )?cordialement|(?:meilleures |sincères )?salutations|bien à vous|(?:un )?saludos?(?: cordiales)?|(?:muy )?atentamente|met vriendelijke groet(?:en)?|hartelijke groet(?:en)?|vriendelijke groet(?:en)?|sent from my .{1,40}|von meinem .{1,40} gesendet|envoyé de mon .{1,40}|enviado desde mi .{1,40}|verstuurd vanaf .{1,40})[\s,.!]*)$/i;
const DISCLAIMER = /^\s*(?:\*{2,}|)\s*(?:(?:confidentiality (?:notice|statement)|disclaimer|privileged and confidential|this (?:e-?mail|message|communication)(?:,| and| is| may| contains)|the information (?:contained )?in this (?:e-?mail|message)|if you are not the intended recipient|please consider the environment|diese (?:e-?mail|nachricht) (?:enthält|ist|kann)|ce (?:message|courriel|mail) (?:est|et|peut|contient)|este (?:mensaje|correo)(?: electrónico)? (?:es|y|puede|contiene)|dit (?:bericht|e-?mailbericht|e-?mail) (?:is|en|kan|bevat)))/i;
/** Characters of a line by which its part in a message is told; header and closing lines are shorter. */
const TOLD_BY_LENGTH = 300;
/** Lines a forwarding program writes above what it forwards. */
const FORWARD_HEADERS_MAX = 12;
/** A signature is below the text: a greeting word in the first line is a greeting. */
const SIGNATURE_LINES_MAX = 15;

/**
 * Cuts a message. Reply history (lines of `>`, everything below "On ... wrote:", "-----Original Message-----" or a block of header lines),
 * signatures and disclaimers are left out; a forwarded message is content of its own.
 */
export function messageParts(lines: readonly PlacedLine[]): MessageParts {
  const forwardAt = lines.findIndex(({ text }) => FORWARD.test(told(text)));
  const head = forwardAt === -1 ? lines : lines.slice(0, forwardAt);
  const cut = historyStart(head);
  const own = withoutQuotes(cut === -1 ? head : head.slice(0, cut));
  const quoted = [...own.quoted, ...(cut === -1 ? [] : head.slice(cut).map(unquoted))];
  const nested = forwardAt === -1 ? null : messageParts(withoutHeaders(lines.slice(forwardAt + 1).map(unquoted)));
  return {
    written: withoutClosing(own.written),
    forwarded: nested === null ? [] : [nested.written, ...nested.forwarded],
    quoted: [...quoted, ...(nested?.quoted ?? [])],
  };
}

/** The history below a message, read as a message: its newest part without headers and closing. */
export function newestOf(quoted: readonly PlacedLine[]): readonly PlacedLine[] {
  const first = quoted.findIndex(({ text }) => text.trim() !== '' && !isHistoryMark(text) && !HEADER.test(told(text)));
  return first === -1 ? [] : messageParts(quoted.slice(first)).written;
}

/** Who wrote a message that another passes on. */
export interface OriginalSender {
  readonly name: string | null;
  readonly address: string | null;
}

/**
 * What header lines copied into a text say of the sender of the message that is passed on: of a forward of a forward the innermost, of a
 * forward without a mark the first, because its own history stands below it. Null parts where they do not say it.
 */
export function originalSender(lines: readonly PlacedLine[]): OriginalSender {
  const mark = lines.findLastIndex(({ text }) => FORWARD.test(told(text)));
  const passedOn = mark === -1 ? lines : lines.slice(mark + 1, mark + 1 + FORWARD_HEADERS_MAX);
  const copied = passedOn.find(({ text }, index) => SENDER_HEADER.test(told(text)) && passedOn.slice(index + 1, index + 5).some((line) => HEADER.test(told(line.text))));
  const value = told(copied?.text ?? '').replace(SENDER_HEADER, '').trim();
  const address = /[^\s<>()[\]:;"',]+@[^\s<>()[\]:;"',]+/.exec(value)?.[0] ?? null;
  const name = value.replace(/[<[(].*$/, '').replace(/^["'*\s]+|["'*\s]+$/g, '');
  return { name: name === '' || name.includes('@') ? null : name, address: address?.toLowerCase() ?? null };
}

/** True for a text that says of itself that it passes a message on. */
export function passesOn(lines: readonly PlacedLine[]): boolean {
  return lines.some(({ text }) => FORWARD.test(told(text)));
}

function isHistoryMark(text: string): boolean {
  return ORIGINAL.test(told(text)) || wrote(text);
}

/** The beginning of a line without the blanks around it: patterns run over no more, however long a line is. */
function told(text: string): string {
  return text.trim().slice(0, TOLD_BY_LENGTH);
}

/** "On ... wrote:" is told by its end too. */
function wrote(text: string): boolean {
  const trimmed = text.trim();
  return trimmed.length <= TOLD_BY_LENGTH && WROTE.test(trimmed);
}

function historyStart(lines: readonly PlacedLine[]): number {
  return lines.findIndex(({ text }, index) => {
    if (isHistoryMark(text)) return true;
    // "On ... wrote:" is often wrapped.
    if (/^(?:>\s*)?(?:on|am|le|el|op)\b/i.test(told(text)) && wrote(`${text} ${lines[index + 1]?.text ?? ''}`)) return true;
    return SENDER_HEADER.test(told(text)) && lines.slice(index + 1, index + 5).filter((line) => HEADER.test(told(line.text))).length >= 2;
  });
}

function withoutQuotes(lines: readonly PlacedLine[]): { written: PlacedLine[]; quoted: PlacedLine[] } {
  const written: PlacedLine[] = [];
  const quoted: PlacedLine[] = [];
  for (const line of lines) (/^\s*>/.test(line.text) ? quoted : written).push(/^\s*>/.test(line.text) ? unquoted(line) : line);
  return { written, quoted };
}

function unquoted(line: PlacedLine): PlacedLine {
  const mark = /^(?:\s*>)+ ?/.exec(line.text)?.[0].length ?? 0;
  return mark === 0 ? line : { ...line, text: line.text.slice(mark), column: line.column + mark };
}

function withoutHeaders(lines: readonly PlacedLine[]): PlacedLine[] {
  let from = 0;
  for (let index = 0; index < Math.min(lines.length, FORWARD_HEADERS_MAX); index += 1) {
    const text = lines[index]?.text ?? '';
    if (HEADER.test(told(text))) from = index + 1;
    else if (text.trim() !== '' && from > 0) break;
  }
  return lines.slice(from);
}

function withoutClosing(lines: readonly PlacedLine[]): PlacedLine[] {
  const first = lines.findIndex(({ text }) => text.trim() !== '');
  const kept: PlacedLine[] = [];
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index];
    if (line === undefined || DISCLAIMER.test(told(line.text))) break;
    const text = line.text.trim();
    const closes = index > first && text.length <= CLOSING_LINE_LENGTH_MAX && SIGNATURE.test(text);
    if (closes && lines.length - index > SIGNATURE_LINES_MAX && /^-- ?$|^_{3,}$/.test(line.text.trimStart()) === false) {
      kept.push(line);
      continue;
    }
    if (closes) break;
    kept.push(line);
  }
  return kept;
}
