import type { MessageName } from './message-name.js';

/** Characters of the refused mail's subject that the note repeats. */
const SUBJECT_LENGTH_MAX = 100;
/** RFC 2045, 6.8: characters in a line of base64. */
const BASE64_LINE_LENGTH = 76;
/** Bytes in one encoded word, so that it stays under 75 characters (RFC 2047, 2) as base64. */
const ENCODED_WORD_CHARACTERS = 15;

export interface Refusal {
  /** Names the note: the same refusal always gives the same, which is how it is known to be there. */
  readonly messageId: string;
  readonly to: string;
  readonly subject: string;
  /** The refused mail's Message-ID; null where it has none. */
  readonly inReplyTo: string | null;
  readonly because: string;
  readonly at: Date;
}

/** The Message-ID of the note beside a refused mail. */
export function noteIdOf(connectionId: string, { uidValidity, uid }: MessageName): string {
  return `<refused-${connectionId.replace(/[^\w-]/g, '')}-${uidValidity}-${uid}@tributary.invalid>`;
}

/** The note as a mail (RFC 5322), threaded to the one it is about. It is put into the folder, never sent. */
export function refusalNote({ messageId, to, subject, inReplyTo, because, at }: Refusal): Buffer {
  const thread = inReplyTo === null || !/^<[!-~]+>$/.test(inReplyTo) ? [] : [`In-Reply-To: ${inReplyTo}`, `References: ${inReplyTo}`];
  const text = Buffer.from(`This mail was not read:\r\n\r\n${because.replace(/\r?\n/g, '\r\n')}\r\n\r\nMend it and move it back, or ask its sender for another one.\r\n`);
  const lines = [
    'From: Tributary <noreply@tributary.invalid>', ...(/^[!-~]+@[!-~]+$/.test(to) ? [`To: <${to}>`] : []), `Subject: ${encoded(`Not read: ${subject.slice(0, SUBJECT_LENGTH_MAX)}`)}`,
    `Date: ${at.toUTCString().replace('GMT', '+0000')}`, `Message-ID: ${messageId}`, ...thread, 'Auto-Submitted: auto-generated',
    'MIME-Version: 1.0', 'Content-Type: text/plain; charset=utf-8', 'Content-Transfer-Encoding: base64', '', ...inLines(text.toString('base64')), '',
  ];
  return Buffer.from(lines.join('\r\n'));
}

/** Encoded words (RFC 2047): any text, on as many lines as it needs, none of it a header of its own. */
function encoded(text: string): string {
  const characters = [...text];
  const words = Array.from({ length: Math.ceil(characters.length / ENCODED_WORD_CHARACTERS) }, (_none, index) => characters.slice(index * ENCODED_WORD_CHARACTERS, (index + 1) * ENCODED_WORD_CHARACTERS).join(''));
  return words.map((word) => `=?utf-8?B?${Buffer.from(word).toString('base64')}?=`).join('\r\n ');
}

function inLines(base64: string): readonly string[] {
  return base64.match(new RegExp(`.{1,${BASE64_LINE_LENGTH}}`, 'g')) ?? [];
}
