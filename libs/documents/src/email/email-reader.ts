import type { Finding, Remittance, RemittanceLine, Where } from '#canonical';
import type { DocumentReader, OpenDocument, ReadDocument, ReadEnd, ReadOptions } from '../document-reader.js';
import type { DocumentSink } from '../document-sink.js';
import { FindingList, whereAt } from '../finding-list.js';
import { readByModel } from '../model/model-reader.js';
import { type OriginalSender, originalSender, passesOn } from '../text/message-parts.js';
import { readMessage, sayOpenFigures } from '../text/message-reader.js';
import { knownCurrency } from '../text/prose-amounts.js';
import { placedLines } from '../text/text-place.js';
import { type EmailAttachment, type EmailMessage, takeApart } from './email-message.js';
import { ATTACHMENT_BYTES_MAX, ATTACHMENTS_MAX, ATTACHMENTS_TOTAL_MAX, EMAIL_BYTES_MAX, EMAIL_NESTING_MAX } from './limits.js';
import type { ToldRemittance } from '../reconcile/merge-remittances.js';
import { reconcile } from '../reconcile/reconcile.js';

/** Reads a file that is inside another, its format recognised as that of any file. */
export type NestedReader = (bytes: Uint8Array, options: ReadOptions) => Promise<ReadDocument>;

const HEADER_LINE = /^[!-9;-~]{1,76}:/;
const TELLING_HEADERS = /^(?:from|to|subject|date|message-id|mime-version|received|return-path|delivered-to|content-type|x-[\w-]+):/i;
/** Header lines by which a message is recognised. */
const HEADERS_MIN = 3;
const WINMAIL = /^application\/(?:vnd\.)?ms-tnef$/i;
const FORWARDED_SUBJECT = /^\s*(?:fwd?|wg|tr|rv|doorgestuurd|i)\s*:/i;

/** A message with its attachments (`.eml`): one remittance of what its body and its attachments tell of a payment. */
export function emailReader(nested: NestedReader): DocumentReader {
  return {
    formats: ['email'],
    bytesMax: EMAIL_BYTES_MAX,
    recognise: ({ text }) => (looksLikeMessage(text) ? 'email' : null),
    open: (_format, sink, options) => openEmail(nested, sink, options),
  };
}

/** Header lines from the first line on (an mbox line may come before), three of them of a message. */
function looksLikeMessage(text: string): boolean {
  const lines = text.slice(0, 8_192).split('\n');
  let telling = 0;
  for (const [index, line] of lines.entries()) {
    if (line === '' || telling >= HEADERS_MIN) break;
    if (index === 0 && /^(?:>?From \S+|\s*)/.test(line) && !HEADER_LINE.test(line)) {
      if (!line.startsWith('From ')) return false;
    } else if (!HEADER_LINE.test(line) && !/^[ \t]/.test(line)) return false;
    if (TELLING_HEADERS.test(line)) telling += 1;
  }
  return telling >= HEADERS_MIN || (telling >= 2 && /^(?:from|received|return-path|message-id|mime-version):/im.test(text.slice(0, 4_096)) && /^subject:/im.test(text.slice(0, 4_096)));
}

function openEmail(nested: NestedReader, sink: DocumentSink, options: ReadOptions): OpenDocument {
  const pieces: Uint8Array[] = [];
  return { push: (bytes) => { pieces.push(bytes); }, end: () => new EmailReading(nested, sink, options).read(Buffer.concat(pieces)) };
}

/** What all levels of a message share. */
class EmailReading {
  readonly #findings = new FindingList();
  #attachments = 0;
  #bytes = 0;
  #passedOn = 0;
  /** How the first table among the attachments was read; one that asks goes before. */
  #layouts: Pick<ReadEnd, 'layout' | 'remittanceLayout'> = { layout: null };

  constructor(private readonly nested: NestedReader, private readonly sink: DocumentSink, private readonly options: ReadOptions) {}

  async read(bytes: Uint8Array): Promise<ReadEnd> {
    const remittances = await this.#readLevel(bytes, '', 1);
    if (typeof remittances !== 'string') for (const remittance of remittances) sayOpenFigures(remittance, this.#findings);
    for (const finding of this.#findings.all()) this.sink.finding(finding);
    if (typeof remittances === 'string') return refused(remittances);
    for (const remittance of remittances) this.sink.remittance(remittance);
    if (remittances.length > 0 || this.#passedOn > 0 || asks(this.#layouts)) return { version: null, refused: null, ...this.#layouts };
    return refused('neither the message nor an attachment of it tells a payment; see the findings for what could not be read');
  }

  /** @param within names of the messages around, each with a trailing ` > ` */
  async #readLevel(bytes: Uint8Array, within: string, depth: number): Promise<Remittance[] | string> {
    let message: EmailMessage;
    try {
      message = await takeApart(bytes);
    } catch (error) {
      return `the message cannot be taken apart: ${error instanceof Error ? error.message : String(error)}; ask for it to be sent again`;
    }
    const { envelope, attachments } = message;
    if (envelope.automatic && attachments.length === 0) return `an automatic reply${envelope.subject === null ? '' : ` ("${envelope.subject}")`}: it tells no payment`;
    const attached: ToldRemittance[] = [];
    for (const [index, attachment] of attachments.entries()) {
      if (!this.#allows(attachment, index, within)) break;
      attached.push(...await this.#readAttachment(attachment, within, depth));
    }
    const body = envelope.automatic ? [] : await this.#readBody(message, within, attached.length > 0);
    return reconcile(attached, body, this.#findings).map((remittance) => withPayer(remittance, writerOf(message)));
  }

  #allows({ name, bytes }: EmailAttachment, index: number, within: string): boolean {
    this.#attachments += 1;
    this.#bytes += bytes.length;
    if (index < ATTACHMENTS_MAX && this.#attachments <= ATTACHMENTS_TOTAL_MAX && this.#bytes <= ATTACHMENT_BYTES_MAX) return true;
    this.#findings.error(whereAt(null, null, within + name), name, `more attachments than are read: ${ATTACHMENTS_MAX} a message, ${ATTACHMENTS_TOTAL_MAX} and ${ATTACHMENT_BYTES_MAX} bytes in all; send this one and the following apart`);
    return false;
  }

  async #readAttachment(attachment: EmailAttachment, within: string, depth: number): Promise<ToldRemittance[]> {
    const { name, type, bytes } = attachment;
    const part = within + name;
    const whole = whereAt(null, null, part);
    if (bytes.length === 0) {
      this.#findings.warning(whole, name, 'the attachment is empty');
      return [];
    }
    if (WINMAIL.test(type) || /^winmail\.dat$/i.test(name)) {
      this.#findings.error(whole, name, 'the attachments are wrapped in winmail.dat, which is not supported; ask the sender for plain text or HTML mail, and for the files themselves');
      return [];
    }
    if (type === 'message/rfc822' || /\.eml$/i.test(name)) return this.#readInner(bytes, part, depth);
    // What is known of the source holds for its attachments; their format is their own.
    const { format: _format, ...known } = this.options;
    const read = await this.#readTold(bytes, { ...known, name });
    if (read.format === 'email') return this.#readInner(bytes, part, depth);
    for (const finding of read.findings) this.#keep({ ...finding, where: inPart(finding.where, part) });
    if (read.refused !== null) {
      this.#findings.error(inPart(read.refused.where, part), name, `the attachment was not read: ${read.refused.problem}`);
      return [];
    }
    this.#keepLayout(read);
    this.#passOn(read, part);
    return read.remittances.map((remittance) => ({ part, remittance: placed(remittance, part) }));
  }

  /** A layout is of one of the attachments: what it does not fit is read without it. */
  async #readTold(bytes: Uint8Array, { layout, remittanceLayout, ...known }: ReadOptions): Promise<ReadDocument> {
    if (layout === undefined && remittanceLayout === undefined) return this.nested(bytes, known);
    const read = await this.nested(bytes, { ...known, ...(layout === undefined ? {} : { layout }), ...(remittanceLayout === undefined ? {} : { remittanceLayout }) });
    return read.refused === null ? read : this.nested(bytes, known);
  }

  #keepLayout({ layout, remittanceLayout = null }: ReadDocument): void {
    const { layout: kept, remittanceLayout: keptRemittance = null } = this.#layouts;
    const isFirst = kept === null && keptRemittance === null;
    if (isFirst || (asks({ layout, remittanceLayout }) && !asks(this.#layouts))) this.#layouts = { layout, remittanceLayout };
  }

  async #readInner(bytes: Uint8Array, part: string, depth: number): Promise<ToldRemittance[]> {
    const read = depth >= EMAIL_NESTING_MAX ? `messages in messages are read ${EMAIL_NESTING_MAX} deep; send it by itself` : await this.#readLevel(bytes, `${part} > `, depth + 1);
    if (typeof read !== 'string') return read.map((remittance) => ({ part, remittance }));
    this.#findings.error(whereAt(null, null, part), part, `the message inside was not read: ${read}`);
    return [];
  }

  #passOn({ statements, entries }: ReadDocument, part: string): void {
    this.#passedOn += statements.length + entries.length;
    for (const { balances, transactions, ...head } of statements) {
      this.sink.openStatement(head);
      for (const transaction of transactions) this.sink.transaction({ ...transaction, where: inPart(transaction.where, part) });
      this.sink.closeStatement(balances);
    }
    for (const entry of entries) this.sink.entry({ ...entry, where: inPart(entry.where, part) });
  }

  async #readBody({ body, bodyTooLong }: EmailMessage, within: string, explained: boolean): Promise<ToldRemittance[]> {
    if (body === null) return [];
    const part = `${within}${body.fromHtml ? 'body (HTML as text)' : 'body'}`;
    if (bodyTooLong) this.#findings.error(whereAt(null, null, part), '', 'the HTML body is longer than is read; what it tells after that was left out');
    const findings = new FindingList();
    const { model } = this.options;
    const known = knownCurrency(this.options);
    const remittances = readMessage(placedLines(body.text), { ...known, payer: null }, findings);
    if (remittances.length === 0 && !explained && model !== undefined) remittances.push(...await readByModel(placedLines(body.text), model, known, findings));
    for (const finding of findings.all()) this.#keep({ ...finding, where: inPart(finding.where, part) });
    return remittances.map((remittance) => ({ part, remittance: placed(remittance, part) }));
  }

  #keep({ severity, where, value, problem }: Finding): void {
    this.#findings[severity](where, value, problem);
  }
}

function asks({ layout, remittanceLayout }: Pick<ReadEnd, 'layout' | 'remittanceLayout'>): boolean {
  return (layout?.questions.length ?? 0) + (remittanceLayout?.questions.length ?? 0) > 0;
}

/** A place inside a part of the message: the part's name goes before the record. */
function inPart(where: Where, part: string): Where {
  return { ...where, record: where.record === null ? part : `${part} > ${where.record}` };
}

function placed(remittance: Remittance, part: string): Remittance {
  return { ...remittance, where: inPart(remittance.where, part), lines: remittance.lines.map((line): RemittanceLine => ({ ...line, where: inPart(line.where, part) })) };
}

/** Who wrote of the payment: the sender, or of a message he only passes on, who wrote that. */
function writerOf({ envelope: { senderName, senderAddress, subject }, body }: EmailMessage): OriginalSender {
  const lines = placedLines(body?.text ?? '');
  return FORWARDED_SUBJECT.test(subject ?? '') || passesOn(lines) ? originalSender(lines) : { name: senderName, address: senderAddress };
}

/** He is the payer where the document names none. */
function withPayer(remittance: Remittance, { name, address }: OriginalSender): Remittance {
  return { ...remittance, payer: { name: remittance.payer.name ?? name, id: remittance.payer.id ?? address } };
}

function refused(problem: string): ReadEnd {
  return { version: null, refused: { problem, where: whereAt(1, 1, null) }, layout: null };
}
