import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import 'reflect-metadata';
import type { OpenAPIObject } from '@nestjs/swagger';
import openapiTS, { astToString, COMMENT_HEADER } from 'openapi-typescript';
import { CONTROLLERS } from '../../apps/hub/src/hub-module.js';
import { createDocument } from '../../apps/hub/src/api/document.js';

const GOLDEN = join(import.meta.dirname, 'openapi.json');
const TYPES = join(import.meta.dirname, '..', '..', 'apps', 'cli', 'src', 'generated', 'api.ts');

describe('the API description', () => {
  let document: OpenAPIObject;
  beforeAll(async () => { document = await createDocument(CONTROLLERS); });

  const operations = () => Object.entries(document.paths).flatMap(([path, item]) => (['get', 'post', 'put', 'patch', 'delete'] as const).flatMap((method) => {
    const operation = item[method];
    return operation === undefined ? [] : [{ path, method, operation }];
  }));

  it('is the one that is checked in; UPDATE_GOLDEN=1 writes it anew after a deliberate change', () => {
    const text = `${JSON.stringify(document, null, 2)}\n`;
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(GOLDEN, text);
    expect(text).toBe(readFileSync(GOLDEN, 'utf8'));
  });

  it('is OpenAPI 3.1, in which null is a type and `nullable` means nothing', () => {
    expect(document.openapi).toBe('3.1.0');
    expect(JSON.stringify(document)).not.toContain('"nullable"');
  });

  it('names, sums up and secures every operation, and says how each may fail', () => {
    expect(operations().length).toBeGreaterThan(40);
    const ids = operations().map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    expect(document.security).toEqual([{ apiKey: [] }]);
    const incomplete = operations().filter(({ operation }) => operation.operationId === undefined || /_/.test(operation.operationId) || (operation.summary ?? '') === '' || (operation.tags ?? []).length === 0
      || ![401, 403, 422, 500].every((status) => status in operation.responses));
    expect(incomplete.map(({ path, method }) => `${method} ${path}`)).toEqual([]);
  });

  it('gives every answer a shape', () => {
    const shapeless = operations().flatMap(({ path, method, operation }) => Object.entries(operation.responses).flatMap(([status, response]) => (
      response !== undefined && !('$ref' in response) && status !== '204' && Object.values(response.content ?? {}).every(({ schema }) => schema === undefined) ? [`${method} ${path} ${status}`] : [])));
    expect(shapeless).toEqual([]);
  });

  it('refers to nothing that is not there', () => {
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]*)"/g)].map(([, reference]) => reference);
    const known = new Set(Object.keys(document.components?.schemas ?? {}).map((name) => `#/components/schemas/${name}`));
    expect(references.length).toBeGreaterThan(100);
    expect(references.filter((reference) => !known.has(reference ?? ''))).toEqual([]);
  });

  it('writes no amount as a number: what is named like money is money', () => {
    const named = Object.entries(document.components?.schemas ?? {}).flatMap(([name, schema]) => Object.entries('properties' in schema ? schema.properties ?? {} : {})
      .filter(([property]) => /amount|total|^open$|balance|paid|gross|discount|deduction|unapplied|reserved|onAccount|shortBy|writeOff/i.test(property))
      .map(([property, described]) => ({ name: `${name}.${property}`, text: JSON.stringify(described) })));
    expect(named.length).toBeGreaterThan(20);
    expect(named.filter(({ text }) => /"(number|integer)"/.test(text)).map(({ name }) => name)).toEqual([]);
  });

  it('is what the command line\'s types were generated from; `npm run api-types` writes them anew', async () => {
    const types = COMMENT_HEADER + astToString(await openapiTS(readFileSync(GOLDEN, 'utf8')));
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(TYPES, types);
    expect(types).toBe(readFileSync(TYPES, 'utf8'));
  });
});
