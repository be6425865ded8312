import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { Express } from 'express';
import { createDocument } from '../api/document.js';
import { CONTROLLERS } from '../hub-module.js';

const PAGE = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Tributary API</title><link rel="stylesheet" href="/docs/assets/swagger-ui.css"></head>
<body><div id="api"></div><script src="/docs/assets/swagger-ui-bundle.js"></script>
<script>SwaggerUIBundle({ url: '/openapi.json', dom_id: '#api', deepLinking: true, persistAuthorization: true });</script></body></html>`;

/**
 * `/docs` for people, `/openapi.json` for programs; both public. The description is made at the first request:
 * a start should not pay for pages nobody reads.
 */
export function serveDocumentation(app: NestExpressApplication): void {
  const assets = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
  let description: Promise<string> | null = null;
  app.useStaticAssets(assets, { prefix: '/docs/assets', index: false });
  const server = app.getHttpAdapter().getInstance() as Express;
  server.get('/docs', (_request, response) => { response.type('html').send(PAGE); });
  server.get('/openapi.json', (_request, response) => {
    const made = description ?? createDocument(CONTROLLERS).then((document) => JSON.stringify(document));
    description = made;
    made.then((text) => response.type('application/json').send(text), (error: unknown) => {
      description = null;
      response.status(500).type('text/plain').send(error instanceof Error ? error.message : 'the description could not be made');
    });
  });
}
