import { readFileSync } from 'node:fs';
import type { Logger } from 'pino';
import { type RunningMailListener, startMailListener } from '#bank';
import type { HubServices } from './services.js';
import { type MailSettings, SettingsError } from './settings.js';

/** Takes payers' mails, and has each read as soon as it is kept. @throws SettingsError for files that cannot be read. */
export function openMail(settings: MailSettings, services: HubServices, log: Logger): Promise<RunningMailListener> {
  const { host, port, domain, tlsFiles } = settings;
  return startMailListener({
    host, port, domain, tls: tlsFiles === null ? null : { key: textOf(tlsFiles.key), certificate: textOf(tlsFiles.certificate) },
    addresses: services.inboundAddresses, documents: services.receivedDocuments,
    onReceived: (tenantId, documentId) => { void services.wake.wakeDocument(tenantId, documentId); },
    log: (event, detail) => { log.info(detail, event); },
  });
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new SettingsError(`TRIBUTARY_MAIL_TLS_...: cannot read ${path}: ${(error as Error).message}`);
  }
}
