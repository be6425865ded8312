import { createHmac, timingSafeEqual } from 'node:crypto';
import { parseLocalDate, zeroMoney, type PlannedStep, type PostingIntent } from '#canonical';
import { ConnectorError, defineConnector, stepKeyOf, type AnyConnector, type FileAnswer, type FileBatch, type FileDoor, type Probe } from '../index.js';
import { runConformance } from './conformance.js';
import { layoutOf, testContext } from './context.js';
import { coverageOf } from './coverage.js';
import type { ConnectorHarness, IntentShape } from './harness.js';
import { DELIVERIES } from './sentences/deliveries.js';

/** A connector that only drops files, and one that only wakes: what the memory connector does not do, so that these sentences run too. */

interface Folder {
  readonly files: Map<string, Uint8Array>;
  readonly answers: Map<string, string>;
  interrupted: boolean;
}

/** Where the planted bugs go. */
interface Habits {
  readonly nameOf: (batch: FileBatch) => string;
  readonly viaTemporaryName: boolean;
  readonly overwrites?: boolean;
  readonly looksUpByName?: boolean;
  readonly answersEarly?: boolean;
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

function dropConnector(folder: Folder, habits: Habits): AnyConnector {
  return defineConnector({
    id: 'drop', title: 'Drop folder', settings: () => [], form: { config: {}, secrets: {} }, probe: async () => probe, read: {},
    capabilities: {
      read: {}, webhooks: 'none',
      operations: { post: { by: 'file', duplicateGuard: 'fileName', outcome: 'later', processingMsMax: 0 }, apply: absent, unapply: absent, writeOff: absent, reverse: absent },
    },
    fileDoor: doorOf(folder, habits),
  });
}

function doorOf(folder: Folder, habits: Habits): FileDoor {
  return {
    plan: (intent) => ({ steps: [stepOf(intent)] }),
    planReversal: () => ({ refusals: [{ code: 'notSupported', path: '', value: '', problem: absent.because, cure: 'Reverse it in the target.' }] }),
    batchKeyOf: () => 'all',
    batchPostingsMax: () => 100,
    render: (batch) => ({ name: habits.nameOf(batch), bytes: Buffer.from(JSON.stringify(batch.steps.map(({ body }) => body))) }),
    deliver: async (_context, { name, bytes }) => {
      if (folder.interrupted) {
        folder.interrupted = false;
        if (!habits.viaTemporaryName) folder.files.set(name, bytes.subarray(0, 5));
        throw new ConnectorError('the connection broke', { kind: 'transient' });
      }
      const there = folder.files.get(name);
      if (there !== undefined && !Buffer.from(there).equals(Buffer.from(bytes)) && habits.overwrites !== true) {
        throw new ConnectorError('another file has this name', { kind: 'conflict', externalId: name, differsIn: ['bytes'] });
      }
      folder.files.set(name, bytes);
      return { state: 'delivered', alreadyThere: there !== undefined };
    },
    lookUp: async (_context, { name, bytes }) => {
      const there = folder.files.get(name);
      return there !== undefined && (habits.looksUpByName === true || Buffer.from(there).equals(Buffer.from(bytes))) ? 'delivered' : 'absent';
    },
    acknowledgement: async (_context, { name, bytes }) => {
      const problem = folder.answers.get(name) ?? (habits.answersEarly === true ? 'early' : undefined);
      if (problem === undefined) return null;
      const count = (JSON.parse(Buffer.from(bytes).toString()) as unknown[]).length;
      const answers = Array.from({ length: count }, (_, index): [string, FileAnswer] => [
        stepKeyOf(`pay_${index + 1}`, 'file'), index === 0 ? { state: 'refused', problem } : { state: 'booked', externalId: `R${index}`, fields: {}, applications: null },
      ]);
      return { source: `${name}.ack`, answers: new Map(answers) };
    },
  };
}

const SIGNATURE = 'x-signature';
const DELIVERY = new TextEncoder().encode('{"event":"invoice.changed"}');

function signatureOf(body: Uint8Array): string {
  return createHmac('sha256', 'webhook-secret').update(body).digest('hex');
}

function webhookConnector(checksSignature: boolean): AnyConnector {
  return {
    id: 'waker', title: 'Waker', settings: () => [], form: { config: {}, secrets: {} }, probe: async () => probe, read: {},
    capabilities: { ...probe.capabilities, webhooks: 'wakeOnly' },
    webhook: {
      receive: async (_context, { headers, body }) => {
        const given = Buffer.from(headers.get(SIGNATURE) ?? '');
        const expected = Buffer.from(signatureOf(body));
        if (checksSignature && (given.length !== expected.length || !timingSafeEqual(given, expected))) {
          throw new ConnectorError('the signature does not fit', { kind: 'auth', hint: 'enter the signing secret again' });
        }
        return ['invoice'];
      },
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
    ...(connector.fileDoor === undefined ? {} : { files: {
      plans: { probe: null, config: {}, render: () => ({}), today: parseLocalDate('2026-03-10') },
      tools: { config: {}, layout: (name: string) => layoutOf(new Map(), name) },
      intent: async (shape: IntentShape) => {
        keys += 1;
        return intentOf(`pay_${keys}`, shape === 'inFull' ? 100n : 250n);
      },
      deliveredFiles: async () => folder.files,
      answer: async (name: string, problem: string) => { folder.answers.set(name, problem); },
    } }),
    ...(connector.webhook === undefined ? {} : { webhook: {
      signed: () => ({ headers: new Headers({ [SIGNATURE]: signatureOf(DELIVERY) }), body: DELIVERY, wakes: ['invoice'] as const }),
      forged: () => [
        { how: 'with a changed body', headers: new Headers({ [SIGNATURE]: signatureOf(DELIVERY) }), body: Buffer.from('{"event":"customer.changed"}') },
        { how: 'without a signature', headers: new Headers(), body: DELIVERY },
      ],
    } }),
  };
}

function intentOf(idempotencyKey: string, minor: bigint): PostingIntent {
  return {
    idempotencyKey, customerExternalId: '1', companyExternalId: null, postedOn: parseLocalDate('2026-03-10'), amount: { minor, currency: 'USD' },
    bankAccountExternalId: null, receivablesAccountExternalId: null, reference: null, memo: null, invoices: [], credits: [], writeOffs: [], onAccount: zeroMoney('USD'),
  };
}

const fresh = (): Folder => ({ files: new Map(), answers: new Map(), interrupted: false });

async function brokenBy(make: (folder: Folder) => AnyConnector): Promise<readonly number[]> {
  const results = await runConformance(() => {
    const folder = fresh();
    return harnessOf(make(folder), folder);
  }, DELIVERIES);
  return results.flatMap(({ number, verdict }) => (verdict.state === 'broken' ? [number] : []));
}

describe('the sentences about files and webhooks', () => {
  const bySequence = ({ sequence }: FileBatch): string => `receipts-${sequence}.json`;
  const good: Habits = { nameOf: bySequence, viaTemporaryName: true };

  it('hold for a connector that writes under a temporary name and renames', async () => {
    expect(await brokenBy((folder) => dropConnector(folder, good))).toEqual([]);
  });

  it('turn 15 red when every rendering makes a name of its own', async () => {
    let renderings = 0;
    expect(await brokenBy((folder) => dropConnector(folder, { ...good, nameOf: (batch) => `${bySequence(batch)}-${renderings += 1}` }))).toEqual([15]);
  });

  it('turn 15 and 52 red when batches share a name', async () => {
    expect(await brokenBy((folder) => dropConnector(folder, { ...good, nameOf: () => 'receipts.json' }))).toEqual([15, 52]);
  });

  it('turn 16 red when a file is written in place', async () => {
    expect(await brokenBy((folder) => dropConnector(folder, { ...good, viaTemporaryName: false }))).toEqual([16]);
  });

  it('turn 51 red when another file is written over', async () => {
    expect(await brokenBy((folder) => dropConnector(folder, { ...good, overwrites: true }))).toEqual([51]);
  });

  it('turn 52 red when another file of the name is taken for ours', async () => {
    expect(await brokenBy((folder) => dropConnector(folder, { ...good, looksUpByName: true }))).toEqual([52]);
  });

  it('turn 53 red when an answer is made up', async () => {
    expect(await brokenBy((folder) => dropConnector(folder, { ...good, answersEarly: true }))).toEqual([53]);
  });

  it('hold for a webhook that checks its signature, and turn 17 red for one that does not', async () => {
    expect(await brokenBy(() => webhookConnector(true))).toEqual([]);
    expect(await brokenBy(() => webhookConnector(false))).toEqual([17]);
  });

  it('do not apply to a connector without webhook, with that reason', async () => {
    const results = await runConformance(() => { const folder = fresh(); return harnessOf(dropConnector(folder, good), folder); }, DELIVERIES);
    expect(results.find(({ number }) => number === 17)?.verdict).toEqual({ state: 'notApplicable', because: 'it has no webhook' });
    expect(coverageOf(dropConnector(fresh(), good), results).map(({ subject, state }) => `${subject} ${state}`)).toContain('post proven');
  });
});
