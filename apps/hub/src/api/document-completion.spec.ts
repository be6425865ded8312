import type { OpenAPIObject } from '@nestjs/swagger';
import { asOpenApi31, completeOperations } from './document-completion.js';

describe('the description, completed', () => {
  const make = (): OpenAPIObject => ({
    openapi: '3.1.0', info: { title: 't', version: '1' },
    paths: {
      '/v1/things': { post: { responses: { 201: { description: 'made' } } } },
      '/v1/things/{id}': { get: { responses: { 200: { description: 'it' }, 404: { description: 'own words' } } } },
    },
  });

  it('says of every operation how it may fail, as a problem, and keeps what an operation says itself', () => {
    const { paths } = completeOperations(make());
    const get = paths['/v1/things/{id}']?.get;
    expect(Object.keys(get?.responses ?? {})).toEqual(['200', '401', '403', '404', '422', '500']);
    expect(get?.responses['404']).toEqual({ description: 'own words', content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/ProblemBody' } } } });
    expect(get?.responses['200']).toEqual({ description: 'it' });
    expect(Object.keys(paths['/v1/things']?.post?.responses ?? {})).not.toContain('404');
  });

  it('offers the Idempotency-Key on POST and nowhere else', () => {
    const { paths } = completeOperations(make());
    expect(paths['/v1/things']?.post?.parameters).toEqual([expect.objectContaining({ name: 'Idempotency-Key', in: 'header', required: false })]);
    expect(paths['/v1/things/{id}']?.get?.parameters).toBeUndefined();
  });

  it('turns nullable into a type of its own, for texts, choices and references', () => {
    expect(asOpenApi31({ type: 'string', nullable: true, description: 'd' })).toEqual({ type: ['string', 'null'], description: 'd' });
    expect(asOpenApi31({ type: 'string', enum: ['a'], nullable: true })).toEqual({ type: ['string', 'null'], enum: ['a', null] });
    expect(asOpenApi31({ allOf: [{ $ref: '#/x' }], nullable: true, description: 'd' })).toEqual({ description: 'd', anyOf: [{ $ref: '#/x' }, { type: 'null' }] });
    expect(asOpenApi31({ properties: [{ type: 'integer', nullable: false }] })).toEqual({ properties: [{ type: 'integer' }] });
  });
});
