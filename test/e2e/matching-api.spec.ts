import { Module } from '@nestjs/common';
import { NestFactory, Reflector } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { AddressInfo } from 'node:net';
import 'reflect-metadata';
import { ApiKeys, type Role } from '#access';
import { MatchingService } from '#matching';
import { MATCHING_CONTROLLERS } from '../../apps/hub/src/api/match.js';
import { AuthenticationGuard } from '../../apps/hub/src/http/authentication.js';
import { ProblemFilter } from '../../apps/hub/src/http/problem.js';
import { validationPipe } from '../../apps/hub/src/http/validation.js';
import { openTestBank } from '../support/bank-lines.js';
import { openTestDatabase, type TestDatabase } from '../support/database.js';
import { openMemoryHub } from '../support/memory-hub.js';

@Module({})
class SpecModule {}

interface Answer { readonly status: number; readonly body: Record<string, unknown> }

describe('matching over the API', () => {
  let test: TestDatabase;
  let app: NestExpressApplication;
  let ask: (method: string, path: string, body?: object, role?: Role, tenantId?: string) => Promise<Answer>;
  let lineId: string;

  beforeAll(async () => {
    test = await openTestDatabase();
    const hub = await openMemoryHub(test);
    hub.seed('invoice', { number: 'INV-81001', total: '310.00', open: '310.00' });
    await hub.sync.request(test.tenantId, hub.connection.id, 'full', 'spec');
    await hub.sync.drain(test.tenantId, hub.connection.id, new AbortController().signal);
    lineId = await (await openTestBank(test, hub.connection.id)).add({ amount: '310.00', payerName: 'Harbor Freight Lines', memo: 'INV-81001' });
    const keys = new ApiKeys(test.database);
    app = await NestFactory.create<NestExpressApplication>({
      module: SpecModule, controllers: [...MATCHING_CONTROLLERS], providers: [{ provide: MatchingService, useValue: new MatchingService({ database: test.database }) }],
    }, { logger: false });
    app.useGlobalPipes(validationPipe());
    app.useGlobalGuards(new AuthenticationGuard(keys, app.get(Reflector)));
    app.useGlobalFilters(new ProblemFilter((error) => { throw error; }));
    await app.listen(0, '127.0.0.1');
    const { port } = app.getHttpServer().address() as AddressInfo;
    ask = async (method, path, body, role = 'analyst', tenantId = test.tenantId) => {
      const { key } = await keys.create(tenantId, 'spec', [role]);
      const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
        method, headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' }, ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return { status: answer.status, body: await answer.json() as Record<string, unknown> };
    };
  });
  afterAll(async () => {
    await app.close();
    await test.close();
  });

  it('runs, lists, shows and dismisses', async () => {
    expect(await ask('POST', '/v1/match-runs', {})).toMatchObject({ status: 200, body: { matched: 1, written: 1 } });
    const list = await ask('GET', `/v1/match-proposals?status=current&bankTransactionId=${lineId}&probabilityMin=0.9&autoApply=true`);
    const [item] = list.body['items'] as { id: string }[];
    expect(item).toMatchObject({ bankTransactionId: lineId, amount: { amount: '310.00', currency: 'USD' }, customerName: 'Harbor Freight Lines', autoApply: { allowed: true } });
    const shown = await ask('GET', `/v1/match-proposals/${item?.id}`);
    expect(shown.body).toMatchObject({
      lines: [{ document: 'invoice', number: 'INV-81001', amount: { amount: '310.00', currency: 'USD' } }], alternatives: { count: 0 }, rationale: expect.stringContaining('310.00 (INV-81001) = 310.00 USD.'),
    });
    expect((shown.body['signals'] as { name: string }[]).map((signal) => signal.name)).toContain('reference');
    expect(await ask('POST', `/v1/match-proposals/${item?.id}/dismiss`, { reason: 'a deposit' })).toMatchObject({ status: 200, body: { status: 'dismissed', decision: { reason: 'a deposit', by: expect.stringContaining('spec') } } });
    expect(await ask('POST', `/v1/match-proposals/${item?.id}/dismiss`, {})).toMatchObject({ status: 409 });
  });

  it('names what is wrong with a request, and shows nothing to others', async () => {
    expect(await ask('GET', '/v1/match-proposals?probabilityMin=high')).toMatchObject({ status: 422, body: { errors: [{ field: 'probabilityMin', value: 'high' }] } });
    expect(await ask('POST', '/v1/match-runs', { bankAccountId: 'x' })).toMatchObject({ status: 422, body: { errors: [{ field: 'bankAccountId' }] } });
    expect(await ask('POST', '/v1/match-runs', { bankAccountId: '999999' })).toMatchObject({ status: 404 });
    expect(await ask('GET', '/v1/match-proposals/999999')).toMatchObject({ status: 404 });
    expect(await ask('POST', '/v1/match-runs', {}, 'viewer')).toMatchObject({ status: 403 });
    expect(await ask('GET', '/v1/match-proposals', undefined, 'viewer', test.otherTenantId)).toMatchObject({ status: 200, body: { items: [] } });
  });
});
