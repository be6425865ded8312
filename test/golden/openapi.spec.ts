import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import 'reflect-metadata';
import type { OpenAPIObject } from '@nestjs/swagger';
import { createDocument } from '../../apps/hub/src/api/document.js';

const GOLDEN = join(import.meta.dirname, 'openapi.json');

describe('the API description', () => {
  let document: OpenAPIObject;
  beforeAll(async () => { document = await createDocument(); });

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

  it('writes no amount as a number: every number is a probability, a share or a fraction of something else', () => {
    const numbers = Object.entries(document.components?.schemas ?? {}).flatMap(([name, schema]) => Object.entries('properties' in schema ? schema.properties ?? {} : {})
      .filter(([, property]) => 'type' in property && property.type === 'number').map(([property]) => `${name}.${property}`));
    expect(numbers.filter((name) => !/probability|share|isPayment/i.test(name))).toEqual([]);
  });
});
