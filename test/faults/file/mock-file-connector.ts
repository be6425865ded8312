import { createHash } from 'node:crypto';
import { formatMoney, type PlannedStep, type PostingIntent } from '#canonical';
import {
  ConnectorError, stepKeyOf, type AnyConnector, type Capabilities, type Context, type Delivery, type FileAnswer, type FileBatch, type FileDoor, type Plan, type RenderedFile, type ReversalRequest,
} from '#connector-kit';
import type { PostingConnection } from '#posting';

export interface MockFileSettings {
  readonly url: string;
  readonly processingMsMax: number;
  readonly batchPostingsMax: number;
  /** A person carries the file. */
  readonly byPerson?: boolean;
  readonly withoutReversal?: boolean;
  readonly neverAnswers?: boolean;
  /** The name shows when the file was closed, as names of files do. */
  readonly namesShowTime?: boolean;
}

/** A connector of the mock folder: JSON lines between a header and a trailer with a digest. */
export function mockFileConnection(settings: MockFileSettings, ids: { readonly tenantId: string; readonly connectionId: string }): PostingConnection {
  const offered = { by: 'file', duplicateGuard: 'fileName', outcome: settings.neverAnswers === true ? 'never' : 'later', processingMsMax: settings.processingMsMax } as const;
  const absent = { by: 'none', because: 'a file carries payments only' } as const;
  const capabilities = {
    read: {}, webhooks: 'none',
    operations: { post: offered, apply: absent, unapply: absent, writeOff: absent, reverse: settings.withoutReversal === true ? { by: 'manual', because: 'the mock target takes no counter-entries' } : offered },
  } as const satisfies Capabilities;
  const connector: AnyConnector = {
    id: 'mock-file', title: 'Mock folder', mappings: 'memory', capabilities, settings: () => [], form: { config: {}, secrets: {} }, read: {}, fileDoor: doorOf(settings),
    probe: () => Promise.resolve({ at: '2026-01-01T00:00:00Z', missing: [], timeZone: 'UTC', features: {}, capabilities }),
  };
  const memory = new Map<string, unknown>();
  const layout = (name: string): never => { throw new RangeError(`there is no layout "${name}"`); };
  return {
    tenantId: ids.tenantId, id: ids.connectionId, name: 'mock', connector, config: settings, probe: null, capabilities, timeZone: 'UTC', render: () => ({}), layout,
    context: (signal): Context => ({ connectionId: ids.connectionId, config: settings, secrets: null, probe: null, signal, fetch: globalThis.fetch, log: () => undefined, memory, now: () => new Date(), layout }),
  };
}

function doorOf(settings: MockFileSettings): FileDoor {
  return {
    plan: planOf, planReversal,
    batchKeyOf: (step) => String(step.body['group'] ?? ''),
    batchPostingsMax: () => settings.batchPostingsMax,
    render: (batch) => render(batch, settings),
    deliver: (context, file) => deliver(context, settings, file),
    lookUp: async (context, file) => {
      const { text } = await ask<{ text: string | null }>(context, settings, '/exists', { name: file.name }, 'transient');
      if (text === null) return 'absent';
      if (text === Buffer.from(file.bytes).toString('utf8')) return 'delivered';
      throw new ConnectorError(`other bytes stand under ${file.name}`, { kind: 'conflict', externalId: file.name, differsIn: ['bytes'] });
    },
    acknowledgement: async (context, file) => {
      const { answers } = await ask<{ answers: [string, { state: 'booked'; externalId: string; amount: string } | { state: 'refused'; problem: string }][] | null }>(context, settings, '/answers', { name: file.name }, 'transient');
      if (answers === null) return null;
      return { source: `${file.name}.ack`, answers: new Map(answers.map(([key, said]): [string, FileAnswer] => [key, said.state === 'refused' ? said : { state: 'booked', externalId: said.externalId, fields: { total: said.amount }, applications: null }])) };
    },
  };
}

function planOf(intent: PostingIntent): Plan {
  const amount = formatMoney(intent.amount);
  return { steps: [lineOf(stepKeyOf(intent.idempotencyKey, 'pay'), 'post', 'payment', amount, intent, intent.memo ?? '')] };
}

function planReversal(original: ReversalRequest): Plan {
  const { intent } = original;
  return { steps: [lineOf(stepKeyOf(original.idempotencyKey, 'rev'), 'reverse', 'reversal', formatMoney(intent.amount), intent, original.reason)] };
}

function lineOf(stepKey: string, operation: PlannedStep['operation'], kind: 'payment' | 'reversal', amount: string, intent: PostingIntent, memo: string): PlannedStep {
  return {
    stepKey, operation, action: 'create', recordType: 'line', target: null, body: { key: stepKey, kind, amount, memo, group: intent.companyExternalId ?? '' },
    expected: { fields: { total: amount, currency: intent.amount.currency, customerExternalId: intent.customerExternalId }, applications: [] }, effects: [], says: `A line of ${amount}`,
  };
}

function render(batch: FileBatch, settings: MockFileSettings): RenderedFile {
  const rows = batch.steps.map(({ body }) => {
    if (body['memo'] === 'no file holds me') throw new RangeError('memo "no file holds me" does not fit its field');
    return JSON.stringify(body);
  });
  const trailer = JSON.stringify({ lines: rows.length, sha256: createHash('sha256').update(rows.join('\n')).digest('hex'), total: formatMoney(batch.control.total) });
  const text = [JSON.stringify({ sequence: batch.sequence, closedOn: batch.closedOn, key: batch.key }), ...rows, trailer, ''].join('\n');
  const time = settings.namesShowTime === true ? `-${batch.closedAt.replaceAll(/\D/g, '')}` : '';
  return { name: `PAY-${String(batch.sequence).padStart(6, '0')}${time}.jsonl`, bytes: Buffer.from(text, 'utf8') };
}

async function deliver(context: Context, settings: MockFileSettings, file: RenderedFile): Promise<Delivery> {
  if (settings.byPerson === true) return { state: 'byPerson' };
  // Nothing stands under the final name until the rename: a broken upload proves that nothing was delivered.
  await ask(context, settings, '/upload', { name: file.name, text: Buffer.from(file.bytes).toString('utf8') }, 'transient');
  const { alreadyThere } = await ask<{ alreadyThere: boolean }>(context, settings, '/rename', { name: file.name }, 'outcomeUnknown');
  return { state: 'delivered', alreadyThere };
}

async function ask<A>(context: Context, settings: MockFileSettings, path: string, body: object, doubtful: 'transient' | 'outcomeUnknown'): Promise<A> {
  let response: Response;
  let answer: A & { problem?: string };
  try {
    response = await context.fetch(`${settings.url}${path}`, { method: 'POST', body: JSON.stringify(body), signal: context.signal });
    answer = await response.json() as A & { problem?: string };
  } catch (error) {
    throw new ConnectorError(`${path}: ${(error as Error).message}`, { kind: doubtful }, { cause: error });
  }
  if (response.status === 200) return answer;
  const problem = answer.problem ?? `status ${response.status}`;
  if (response.status === 401) throw new ConnectorError(problem, { kind: 'auth', hint: 'renew the key' });
  if (response.status === 409) throw new ConnectorError(problem, { kind: 'conflict', externalId: '', differsIn: ['bytes'] });
  if (response.status === 422) throw new ConnectorError(problem, { kind: 'invalid', issues: [{ path: 'line 3', value: '??', problem }] });
  throw new ConnectorError(problem, { kind: doubtful });
}
