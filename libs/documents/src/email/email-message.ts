import { hasTable, htmlLines } from './html-lines.js';
import { HTML_LENGTH_MAX, LOGO_BYTES_MAX, MIME_PARTS_MAX } from './limits.js';

/** Who wrote a message, and when. */
export interface EmailEnvelope {
  readonly senderName: string | null;
  readonly senderAddress: string | null;
  readonly subject: string | null;
  readonly messageId: string | null;
  /** As the sender's clock said; UTC. */
  readonly sentAt: Date | null;
  /** Written by a program: an absence note, a receipt. */
  readonly automatic: boolean;
}

export interface EmailAttachment {
  readonly name: string;
  readonly type: string;
  readonly bytes: Uint8Array;
}

/** A message taken apart. */
export interface EmailMessage {
  readonly envelope: EmailEnvelope;
  /** Text of the body; null when there is none. */
  readonly body: { readonly text: string; readonly fromHtml: boolean } | null;
  readonly attachments: readonly EmailAttachment[];
  /** The body's HTML is longer than is read. */
  readonly bodyTooLong: boolean;
}

/** Parts that are never a document: signatures, cards, invitations, receipts. */
const NEVER_DOCUMENTS = /^(?:application\/(?:pgp-signature|(?:x-)?pkcs7-signature)|text\/(?:x-)?(?:vcard|calendar|directory)|message\/(?:delivery-status|disposition-notification)|text\/rfc822-headers)$/i;
const AUTOMATIC_SUBJECT = /^\s*(?:automatic reply|auto(?:matic)?[- ]?reply|out of office|abwesen(?:d|heit)|automatische (?:antwort|antwoord)|réponse automatique|absence du bureau|respuesta automática|fuera de la oficina|afwezig)/i;

/**
 * Takes a message apart: MIME, transfer encodings, character sets, encoded names (RFC 2045 to 2047, 2231).
 * @throws Error of the MIME parser on a message it cannot take apart
 */
export async function takeApart(bytes: Uint8Array): Promise<EmailMessage> {
  // Loaded with the first message: every command line would wait for it otherwise.
  const { simpleParser } = await import('mailparser');
  const parsed = await simpleParser(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), { skipHtmlToText: true, skipTextToHtml: true, skipImageLinks: true, skipTextLinks: true, maxHtmlLengthToParse: HTML_LENGTH_MAX });
  const [sender] = parsed.from?.value ?? [];
  const header = (name: string): string => String(parsed.headers.get(name) ?? '');
  const automatic = /^auto-(?:replied|generated|notified)/i.test(header('auto-submitted')) || header('x-autoreply') !== '' || header('x-autorespond') !== '' || /^auto_reply$/i.test(header('precedence')) || AUTOMATIC_SUBJECT.test(parsed.subject ?? '');
  const html = typeof parsed.html === 'string' ? parsed.html : '';
  return {
    envelope: {
      senderName: given(sender?.name), senderAddress: given(sender?.address)?.toLowerCase() ?? null, subject: given(parsed.subject), messageId: given(parsed.messageId), sentAt: validDate(parsed.date), automatic,
    },
    body: bodyOf(parsed.text, html.slice(0, HTML_LENGTH_MAX)),
    attachments: parsed.attachments.slice(0, MIME_PARTS_MAX).flatMap((attachment, index) => {
      const part: EmailAttachment = { name: given(attachment.filename) ?? defaultName(attachment.contentType, index), type: attachment.contentType.toLowerCase(), bytes: attachment.content };
      const decoration = part.type.startsWith('image/') && (attachment.related === true || attachment.cid !== undefined || attachment.contentDisposition === 'inline') && part.bytes.length <= LOGO_BYTES_MAX;
      return decoration || NEVER_DOCUMENTS.test(part.type) ? [] : [part];
    }),
    bodyTooLong: html.length > HTML_LENGTH_MAX,
  };
}

/** The plain text, unless only the HTML has a table in it. */
function bodyOf(text: string | undefined, html: string): EmailMessage['body'] {
  const plain = given(text);
  if (html !== '' && (plain === null || hasTable(html))) return { text: htmlLines(html), fromHtml: true };
  return plain === null ? null : { text: plain.replace(/\r\n?/g, '\n'), fromHtml: false };
}

function given(text: string | undefined): string | null {
  const trimmed = text?.trim() ?? '';
  return trimmed === '' ? null : trimmed;
}

function validDate(date: Date | undefined): Date | null {
  return date === undefined || Number.isNaN(date.getTime()) ? null : date;
}

function defaultName(type: string, index: number): string {
  return type === 'message/rfc822' ? `message ${index + 1}` : `part ${index + 1}`;
}
