import 'reflect-metadata';
import { NestFactory, Reflector } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import helmet from 'helmet';
import type { AddressInfo } from 'node:net';
import type { Logger } from 'pino';
import { AuthenticationGuard } from './http/authentication.js';
import { IdempotencyInterceptor } from './http/idempotency.js';
import { ProblemFilter } from './http/problem.js';
import { serveDocumentation } from './http/documentation.js';
import { validationPipe } from './http/validation.js';
import { keepWebhookBytes } from './http/webhook-bytes.js';
import { hubModule } from './hub-module.js';
import { NestLog } from './log.js';
import type { HubServices } from './services.js';
import { SettingsError, type HubSettings } from './settings.js';

/** Largest JSON body; files have their own route and limit. */
const BODY_LIMIT = '2mb';
/** Largest document the upload route takes; the parser has the same bound. */
const FILE_LIMIT = '64mb';

export interface OpenedApi {
  readonly url: string;
  close(): Promise<void>;
}

/** Puts the services behind HTTP: keys, permissions, idempotency, problem+json, documentation. */
export async function openApi(services: HubServices, settings: HubSettings, log: Logger): Promise<OpenedApi> {
  const app = await NestFactory.create<NestExpressApplication>(hubModule(services, settings), { logger: new NestLog(log), bodyParser: false });
  prepareApp(app, services, log);
  serveDocumentation(app);
  await app.listen(settings.port, settings.host).catch((error: unknown) => { throw listenProblem(error, settings); });
  const { port } = app.getHttpServer().address() as AddressInfo;
  return { url: `http://${settings.host}:${port}`, close: () => app.close() };
}

/** Everything of the API but listening; tests use it to make documents and to call routes. */
export function prepareApp(app: NestExpressApplication, services: Pick<HubServices, 'apiKeys' | 'database'>, log: Logger): void {
  app.use(helmet({ contentSecurityPolicy: false }));
  // First, because a webhook is JSON too and its bytes are what was signed.
  keepWebhookBytes(app);
  app.useBodyParser('json', { limit: BODY_LIMIT });
  app.useBodyParser('raw', { limit: FILE_LIMIT, type: 'application/octet-stream' });
  app.useGlobalPipes(validationPipe());
  app.useGlobalGuards(new AuthenticationGuard(services.apiKeys, app.get(Reflector)));
  app.useGlobalInterceptors(new IdempotencyInterceptor(services.database));
  app.useGlobalFilters(new ProblemFilter((error, reference) => { log.error({ err: error, reference }, 'unforeseen error'); }));
  app.disable('x-powered-by');
}

/** The commonest reason a second hub does not start deserves more than a code. */
function listenProblem(error: unknown, { host, port }: HubSettings): unknown {
  if (!(error instanceof Error) || !('code' in error) || error.code !== 'EADDRINUSE') return error;
  return new SettingsError(`${host}:${port} is in use, perhaps by another hub: stop that one, or set TRIBUTARY_PORT (0 takes a free one)`);
}
