import { readFileSync } from 'node:fs';
import type { Logger } from 'pino';
import { type RunningMailListener, startMailListener } from '#bank';
import type { HubServices } from './services.js';
import { type MailSettings, SettingsError } from './settings.js';

/** Takes payers' mails, and has each read as soon as it is kept. @throws SettingsError for files that cannot be read. */
export function openMail(settings: MailSettings, services: HubServices, log: Logger): Promise<RunningMailListener> {
  const { host, port, domain, tlsFiles } = settings;
  return startMailListener({
    host, port, domain, tls: tlsFiles === null ? null : { key: textOf('TRIBUTARY_MAIL_TLS_KEY_FILE', tlsFiles.key), certificate: textOf('TRIBUTARY_MAIL_TLS_CERTIFICATE_FILE', tlsFiles.certificate) },
    addresses: services.inboundAddresses, documents: services.receivedDocuments,
    onReceived: (tenantId, documentId) => { void services.wake.wakeDocument(tenantId, documentId); },
    log: (event, detail) => { log.info(detail, event); },
  });
}

function textOf(variable: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new SettingsError(`${variable}: cannot read ${path}: ${(error as Error).message}; name a PEM file this process may read`);
  }
}
