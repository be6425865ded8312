import { formatMoney, type BookedRecord, type JsonObject, type PlannedStep, type PostingIntent } from '#canonical';
import {
  ConnectorError, stepKeyOf, type AnyConnector, type Capabilities, type ConnectorFailure, type Context, type FoundStep, type Plan, type ReversalRequest, type SendResult, type SentStep, type WriteDoor,
} from '#connector-kit';
import type { PostingConnection } from '#posting';

/** How the connector under test talks to the mock ERP; the engine's waits follow from it. */
export interface MockSettings {
  readonly url: string;
  readonly sendTimeoutMs: number;
  readonly processingMsMax: number;
  readonly concurrency: number;
  /** Two steps per posting: the payment, then a note that needs its id. */
  readonly twoSteps?: boolean;
  readonly withoutReversal?: boolean;
  readonly duplicateGuard?: 'find' | 'repeatable';
}

interface RecordBody { readonly id: string; readonly key: string; readonly fields: Record<string, string>; readonly applications: { externalId: string; amount: string }[] }

/** The least a target can offer: it books what it is told and can be searched by key. */
export function mockConnection(settings: MockSettings, ids: { readonly tenantId: string; readonly connectionId: string }): PostingConnection {
  const offered = { by: 'native', duplicateGuard: settings.duplicateGuard ?? 'find', outcome: 'immediate', processingMsMax: settings.processingMsMax } as const;
  const capabilities = {
    read: {},
    operations: {
      post: offered, apply: offered, unapply: offered, writeOff: offered,
      reverse: settings.withoutReversal === true ? { by: 'none', because: 'the mock ERP was told not to' } : offered,
    },
    webhooks: 'none',
  } as const satisfies Capabilities;
  const connector: AnyConnector = {
    id: 'mock', title: 'Mock ERP', capabilities, settings: () => [], form: { config: {}, secrets: {} }, read: {}, write: doorOf(settings),
    probe: () => Promise.resolve({ at: '2026-01-01T00:00:00Z', missing: [], timeZone: 'UTC', features: {}, capabilities }),
  };
  const memory = new Map<string, unknown>();
  const layout = (name: string): never => { throw new RangeError(`there is no layout "${name}"`); };
  return {
    tenantId: ids.tenantId, id: ids.connectionId, name: 'mock', connector, config: settings, probe: null, capabilities, timeZone: 'UTC', render: () => ({}), layout,
    context: (signal): Context => ({ connectionId: ids.connectionId, config: settings, secrets: null, probe: null, signal, fetch: globalThis.fetch, log: () => undefined, memory, now: () => new Date(), layout }),
  };
}

function doorOf(settings: MockSettings): WriteDoor {
  return {
    sendTimeoutMs: () => settings.sendTimeoutMs,
    concurrency: () => settings.concurrency,
    plan: (intent) => planOf(intent, settings.twoSteps === true),
    planReversal,
    preflight: () => Promise.resolve([]),
    send: (context, step) => send(context, settings, step),
    find: async (context, steps) => {
      const found = await ask<Record<string, string>>(context, settings, '/find', { keys: steps.map(({ stepKey }) => stepKey) }, 'read');
      return new Map(Object.entries(found).map(([key, externalId]): [string, FoundStep] => [key, { state: 'booked', externalId }]));
    },
    readBack: (context, steps) => readBack(context, settings, steps),
  };
}

function planOf(intent: PostingIntent, twoSteps: boolean): Plan {
  const amount = formatMoney(intent.amount);
  const applications = intent.invoices.map((share) => ({ externalId: share.externalId, amount: formatMoney(share.amount) }));
  const fields = { amount, currency: intent.amount.currency, customer: intent.customerExternalId, memo: intent.memo ?? '' };
  const key = stepKeyOf(intent.idempotencyKey, 'pay');
  const payment: PlannedStep = {
    stepKey: key, operation: 'post', action: 'create', recordType: 'payment', target: null, body: { key, kind: 'payment', fields, applications, reverses: null },
    expected: { fields, applications }, says: `Book ${amount}`,
    effects: intent.invoices.map((share) => ({
      document: 'invoice', externalId: share.externalId, number: share.number, currency: share.amount.currency, before: formatMoney(share.openBefore),
      after: formatMoney({ minor: share.openBefore.minor - share.amount.minor, currency: share.amount.currency }),
    })),
  };
  if (!twoSteps) return { steps: [payment] };
  const noteKey = stepKeyOf(intent.idempotencyKey, 'note');
  const note = { amount: '0.00', currency: intent.amount.currency, ...(intent.memo === 'refuse the note' ? { memo: 'refuse me' } : {}) };
  return { steps: [payment, {
    stepKey: noteKey, operation: 'apply', action: 'create', recordType: 'note', target: { stepKey: key }, effects: [], says: 'Note the payment',
    body: { key: noteKey, kind: 'payment', fields: note, applications: [], reverses: null, payment: { $step: key } }, expected: { fields: note, applications: [] },
  }] };
}

function planReversal(original: ReversalRequest): Plan {
  const [sent] = original.booked;
  const amount = formatMoney(original.intent.amount);
  if (sent === undefined) return { refusals: [{ code: 'documentMissing', path: 'booked', value: '', problem: 'nothing was booked', cure: 'none needed' }] };
  const key = stepKeyOf(original.idempotencyKey, 'undo');
  const fields = { amount, currency: original.intent.amount.currency, reason: original.reason };
  return { steps: [{
    stepKey: key, operation: 'reverse', action: 'create', recordType: 'counterEntry', target: { externalId: sent.externalId }, effects: [], says: `Reverse ${amount}`,
    body: { key, kind: 'reversal', fields, applications: [], reverses: sent.externalId }, expected: { fields, applications: [] },
  }] };
}

async function send(context: Context, settings: MockSettings, step: PlannedStep): Promise<SendResult> {
  const { id, alreadyThere } = await ask<{ id: string; alreadyThere: boolean }>(context, settings, '/book', step.body, 'write');
  return { state: 'booked', externalId: id, alreadyThere };
}

async function readBack(context: Context, settings: MockSettings, steps: readonly SentStep[]): Promise<readonly BookedRecord[]> {
  const { records } = await ask<{ records: RecordBody[] }>(context, settings, '/read', { ids: steps.map(({ externalId }) => externalId) }, 'read');
  const byId = new Map(records.map((record) => [record.id, record]));
  return steps.map(({ step, externalId }) => {
    const record = byId.get(externalId);
    return { stepKey: step.stepKey, externalId: record === undefined ? null : externalId, fields: record?.fields ?? {}, applications: record?.applications ?? [] };
  });
}

/** One call. For a write, whatever is no clear answer leaves the outcome unknown; only a refused connection proves that nothing left. */
async function ask<A>(context: Context, settings: MockSettings, path: string, body: JsonObject, kind: 'read' | 'write'): Promise<A> {
  const doubtful: ConnectorFailure = kind === 'write' ? { kind: 'outcomeUnknown' } : { kind: 'transient' };
  let response: Response;
  try {
    response = await context.fetch(`${settings.url}${path}`, { method: 'POST', body: JSON.stringify(body), signal: context.signal });
    const answer = await response.json() as A & { id?: string; differsIn?: string[]; path?: string; value?: string; problem?: string };
    if (response.status === 200) return answer;
    throw new ConnectorError(answer.problem ?? `status ${response.status}`, failureOf(response, answer, doubtful));
  } catch (error) {
    if (error instanceof ConnectorError) throw error;
    const code = ((error as Error).cause as NodeJS.ErrnoException | undefined)?.code;
    throw new ConnectorError(`${path}: ${(error as Error).message}`, code === 'ECONNREFUSED' ? { kind: 'transient' } : doubtful, { cause: error });
  }
}

function failureOf(response: Response, answer: { id?: string; differsIn?: string[]; path?: string; value?: string; problem?: string }, doubtful: ConnectorFailure): ConnectorFailure {
  switch (response.status) {
    case 401: return { kind: 'auth', hint: 'renew the token' };
    case 409: return { kind: 'conflict', externalId: answer.id ?? '', differsIn: answer.differsIn ?? [] };
    case 422: return { kind: 'invalid', issues: [{ path: answer.path ?? '', value: answer.value ?? '', problem: answer.problem ?? '' }] };
    case 429: return { kind: 'rateLimited', retryAfterMs: Number(response.headers.get('retry-after')) * 1000 };
    default: return doubtful;
  }
}
