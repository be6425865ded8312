import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { SMTPServerDataStream, SMTPServerSession } from 'smtp-server';
import { FILE_BYTES_MAX } from '#documents';
import type { ReceivedDocuments } from '../received-documents.js';
import type { InboundAddresses } from './inbound-addresses.js';

/** Addresses one mail may go to here; more in one delivery is a list, not a payer. */
export const MAIL_RECIPIENTS_MAX = 10;
/** Deliveries at a time; others are asked to come again (RFC 5321, 421). */
export const MAIL_CONNECTIONS_MAX = 50;
/** How long a sender may be silent (RFC 5321, section 4.5.3.2.7 wants five minutes). */
export const MAIL_SOCKET_TIMEOUT_MS = 300_000;
/** How long deliveries under way may go on when the hub stops. */
const CLOSE_TIMEOUT_MS = 10_000;

export interface MailListenerOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** What stands behind the `@`; mails to other domains are refused. */
  readonly domain: string;
  /** PEM texts for STARTTLS; null offers none. */
  readonly tls: { readonly key: string; readonly certificate: string } | null;
  readonly addresses: Pick<InboundAddresses, 'tenantOf'>;
  readonly documents: Pick<ReceivedDocuments, 'receive'>;
  /** Called for each document kept. */
  readonly onReceived: (tenantId: string, documentId: string) => void;
  readonly log: (event: string, detail: Readonly<Record<string, string | number>>) => void;
}

export interface RunningMailListener {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Takes remittances by SMTP (RFC 5321). A mail is answered 250 only once it is kept: before that its sender still has it and sends it again,
 * after that the same bytes change nothing. It relays nothing and knows no other recipients than the tenants' addresses.
 */
export async function startMailListener(options: MailListenerOptions): Promise<RunningMailListener> {
  const { tls, log } = options;
  // Loaded here: most hubs take no mail, and every start would pay for it.
  const { SMTPServer } = await import('smtp-server');
  const server = new SMTPServer({
    name: options.domain, banner: 'Tributary', size: FILE_BYTES_MAX, maxClients: MAIL_CONNECTIONS_MAX, socketTimeout: MAIL_SOCKET_TIMEOUT_MS, closeTimeout: CLOSE_TIMEOUT_MS,
    authOptional: true, disableReverseLookup: true, disabledCommands: tls === null ? ['AUTH', 'STARTTLS'] : ['AUTH'], ...(tls === null ? {} : { key: tls.key, cert: tls.certificate }),
    onRcptTo: ({ address }, session, done) => { acceptRecipient(options, address, session).then(() => { done(); }, (error: unknown) => { done(refusal(error, log)); }); },
    onData: (stream, session, done) => { takeMail(options, stream, session).then(() => { done(); }, (error: unknown) => { done(refusal(error, log)); }); },
  });
  // A sender that breaks off is not our trouble; without a listener Node would end the process.
  server.on('error', (error) => { log('mail.connectionFailed', { message: error.message }); });
  server.listen(options.port, options.host);
  await once(server.server, 'listening');
  return {
    port: (server.server.address() as AddressInfo).port,
    close: () => new Promise((resolve) => { server.close(() => { resolve(); }); }),
  };
}

/** An answer of RFC 5321: 4xx asks the sender to come again, 5xx tells the payer that it did not arrive. */
class MailRefusal extends Error {
  constructor(readonly responseCode: number, message: string) {
    super(message);
  }
}

async function acceptRecipient({ addresses, domain }: MailListenerOptions, address: string, session: SMTPServerSession): Promise<void> {
  if (session.envelope.rcptTo.length >= MAIL_RECIPIENTS_MAX) throw new MailRefusal(452, `4.5.3 at most ${MAIL_RECIPIENTS_MAX} recipients`);
  const at = address.lastIndexOf('@');
  const known = address.slice(at + 1).toLowerCase() === domain.toLowerCase() && await addresses.tenantOf(address.slice(0, at)) !== null;
  if (!known) throw new MailRefusal(550, `5.1.1 there is no mailbox <${address}> here`);
}

async function takeMail(options: MailListenerOptions, stream: SMTPServerDataStream, session: SMTPServerSession): Promise<void> {
  const pieces: Buffer[] = [];
  for await (const piece of stream as AsyncIterable<Buffer>) {
    // What is over the limit is read and dropped: a sender that is cut off would try again for days.
    if (!stream.sizeExceeded) pieces.push(piece);
    else pieces.length = 0;
  }
  if (stream.sizeExceeded) throw new MailRefusal(552, `5.3.4 the mail has more than ${FILE_BYTES_MAX} bytes`);
  const bytes = Buffer.concat(pieces);
  const { mailFrom, rcptTo } = session.envelope;
  const sender = mailFrom === false || mailFrom.address === '' ? undefined : mailFrom.address;
  for (const tenantId of new Set(await Promise.all(rcptTo.map(({ address }) => options.addresses.tenantOf(address.slice(0, address.lastIndexOf('@'))))))) {
    if (tenantId === null) throw new MailRefusal(550, '5.1.1 the mailbox was revoked meanwhile');
    const { file, duplicateOf } = await options.documents.receive(tenantId, { name: 'mail.eml', bytes, source: 'smtp', channel: 'Email', uploadedBy: 'mail', ...(sender === undefined ? {} : { sender }) });
    options.log('mail.received', { tenantId, document: file.id, bytes: bytes.length });
    if (duplicateOf === null) options.onReceived(tenantId, file.id);
  }
}

function refusal(error: unknown, log: MailListenerOptions['log']): Error {
  if (error instanceof MailRefusal) return error;
  log('mail.failed', { message: error instanceof Error ? error.message : String(error) });
  return new MailRefusal(451, '4.3.0 it could not be kept; try again later');
}
