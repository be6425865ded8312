import { createHmac, timingSafeEqual } from 'node:crypto';
import { parseLocalDate, zeroMoney, type PlannedStep, type PostingIntent } from '#canonical';
import { ConnectorError, defineConnector, stepKeyOf, type AnyConnector, type Probe } from '../index.js';
import { runConformance } from './conformance.js';
import { testContext } from './context.js';
import { coverageOf } from './coverage.js';
import type { ConnectorHarness } from './harness.js';
import { DELIVERIES } from './sentences/deliveries.js';

/** A connector that only drops files, and one that only wakes: what the memory connector does not do, so that these sentences run too. */

interface Folder {
  readonly files: Map<string, Uint8Array>;
  interrupted: boolean;
}

const absent = { by: 'none', because: 'the drop folder takes payments and gives nothing back' } as const;
const probe: Probe = {
  at: '2026-03-10T00:00:00Z', missing: [], timeZone: 'UTC', features: {},
  capabilities: { read: {}, operations: { post: absent, apply: absent, unapply: absent, writeOff: absent, reverse: absent }, webhooks: 'none' },
};

function stepOf(intent: PostingIntent): PlannedStep {
  return {
    stepKey: stepKeyOf(intent.idempotencyKey, 'file'), operation: 'post', action: 'create', recordType: 'receipt', target: null,
    body: { customer: intent.customerExternalId, amount: intent.amount.minor.toString() },
    expected: { fields: { customerExternalId: intent.customerExternalId }, applications: [] }, effects: [], says: 'Write a receipt file.',
  };
}

/** `nameOf` and `rename` are where the planted bugs go. */
function dropConnector(folder: Folder, nameOf: (step: PlannedStep, attempt: number) => string, viaTemporaryName: boolean): AnyConnector {
  return defineConnector({
    id: 'drop', title: 'Drop folder', settings: () => [], probe: async () => probe, read: {},
    capabilities: {
      read: {}, webhooks: 'none',
      operations: { post: { by: 'file', duplicateGuard: 'fileName', outcome: 'never', processingMsMax: 0 }, apply: absent, unapply: absent, writeOff: absent, reverse: absent },
    },
    write: {
      plan: (intent) => ({ steps: [stepOf(intent)] }),
      planReversal: () => ({ refusals: [{ code: 'notSupported', path: '', value: '', problem: absent.because, cure: 'Reverse it in the target.' }] }),
      preflight: async () => [],
      send: async (_context, step, { attempt }) => {
        const name = nameOf(step, attempt);
        const bytes = Buffer.from(JSON.stringify(step.body));
        if (folder.interrupted) {
          folder.interrupted = false;
          if (!viaTemporaryName) folder.files.set(name, bytes.subarray(0, 5));
          throw new ConnectorError('the connection broke', { kind: 'transient' });
        }
        const alreadyThere = folder.files.has(name);
        folder.files.set(name, bytes);
        return { state: 'booked', externalId: name, alreadyThere };
      },
      find: async () => new Map(),
      readBack: async () => [],
      concurrency: () => 1,
      sendTimeoutMs: () => 1_000,
    },
  });
}

const SIGNATURE = 'x-signature';

function signatureOf(body: Uint8Array): string {
  return createHmac('sha256', 'webhook-secret').update(body).digest('hex');
}

function webhookConnector(checksSignature: boolean): AnyConnector {
  return {
    id: 'waker', title: 'Waker', settings: () => [], probe: async () => probe, read: {},
    capabilities: { ...probe.capabilities, webhooks: 'wakeOnly' },
    webhook: (_secrets, headers, body) => {
      const given = Buffer.from(headers.get(SIGNATURE) ?? '');
      const expected = Buffer.from(signatureOf(body));
      if (checksSignature && (given.length !== expected.length || !timingSafeEqual(given, expected))) {
        throw new ConnectorError('the signature does not fit', { kind: 'auth', hint: 'enter the signing secret again' });
      }
      return ['invoice'];
    },
  };
}

function harnessOf(connector: AnyConnector, folder: Folder): ConnectorHarness {
  const log: string[] = [];
  let keys = 0;
  const nothing = async (): Promise<void> => undefined;
  return {
    connector, pageSize: 2, secrets: ['webhook-secret'], skips: [],
    start: nothing, stop: nothing, setClock: nothing, passTime: nothing, change: nothing, remove: nothing,
    context: () => testContext({ connectionId: 'drop-1', config: {}, secrets: {}, probe, now: () => new Date(0), log }),
    logged: () => log, now: () => new Date(0), seed: async () => [], openRequests: () => 0,
    misbehave: async (fault) => { if (fault.kind === 'interruptNextDelivery') folder.interrupted = true; },
    writtenCount: async () => folder.files.size,
    writes: {
      tools: (found) => ({ probe: found, config: {}, render: () => ({}), today: parseLocalDate('2026-03-10') }),
      intent: async () => {
        keys += 1;
        return {
          idempotencyKey: `pay_${keys}`, customerExternalId: '1', companyExternalId: null, postedOn: parseLocalDate('2026-03-10'), amount: { minor: 100n, currency: 'USD' },
          bankAccountExternalId: null, receivablesAccountExternalId: null, reference: null, memo: null, invoices: [], credits: [], writeOffs: [], onAccount: zeroMoney('USD'),
        };
      },
      bookedCount: async () => folder.files.size, openOf: async () => '0.00', settleElsewhere: nothing, closePeriod: nothing, tamper: nothing,
      deliveredFiles: async () => folder.files,
    },
    webhook: {
      secrets: 'webhook-secret',
      signed: () => {
        const body = new TextEncoder().encode('{"event":"invoice.changed"}');
        return { headers: new Headers({ [SIGNATURE]: signatureOf(body) }), body, wakes: ['invoice'] };
      },
    },
  };
}

async function brokenBy(make: (folder: Folder) => AnyConnector): Promise<readonly number[]> {
  const results = await runConformance(() => {
    const folder: Folder = { files: new Map(), interrupted: false };
    return harnessOf(make(folder), folder);
  }, DELIVERIES);
  return results.flatMap(({ number, verdict }) => (verdict.state === 'broken' ? [number] : []));
}

describe('the sentences about files and webhooks', () => {
  const byKey = (step: PlannedStep): string => `${step.stepKey}.json`;

  it('hold for a connector that writes under a temporary name and renames', async () => {
    expect(await brokenBy((folder) => dropConnector(folder, byKey, true))).toEqual([]);
  });

  it('turn 15 and 16 red when every attempt makes a file of its own', async () => {
    expect(await brokenBy((folder) => dropConnector(folder, (step, attempt) => `${step.stepKey}-${attempt}.json`, true))).toEqual([15, 16]);
  });

  it('turn 16 red when a file is written in place', async () => {
    expect(await brokenBy((folder) => dropConnector(folder, byKey, false))).toEqual([16]);
  });

  it('hold for a webhook that checks its signature, and turn 17 red for one that does not', async () => {
    expect(await brokenBy(() => webhookConnector(true))).toEqual([]);
    expect(await brokenBy(() => webhookConnector(false))).toEqual([17]);
  });

  it('do not apply to a connector without webhook, with that reason', async () => {
    const fresh = (): Folder => ({ files: new Map(), interrupted: false });
    const results = await runConformance(() => { const folder = fresh(); return harnessOf(dropConnector(folder, byKey, true), folder); }, DELIVERIES);
    expect(results.find(({ number }) => number === 17)?.verdict).toEqual({ state: 'notApplicable', because: 'it has no webhook' });
    expect(coverageOf(dropConnector(fresh(), byKey, true), results).map(({ subject, state }) => `${subject} ${state}`)).toContain('post proven');
  });
});
