import type { NestExpressApplication } from '@nestjs/platform-express';
import type { IncomingMessage } from 'node:http';

/** Where vendors deliver. */
export const WEBHOOKS_PATH = '/v1/webhooks/';
/** Longest delivery taken: they only wake, and the largest known is some kilobytes. */
export const WEBHOOK_BYTES_MAX = 256 * 1024;

/** Keeps the body of every delivery as the bytes it came in, whatever its content type says: a signature is over those. Before every other parser. */
export function keepWebhookBytes(app: NestExpressApplication): void {
  app.useBodyParser('raw', { limit: WEBHOOK_BYTES_MAX, type: (request: IncomingMessage) => request.url?.startsWith(WEBHOOKS_PATH) === true });
}
