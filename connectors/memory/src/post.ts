import { z } from 'zod';
import type { BookedRecord, OperationName, PlannedStep } from '#canonical';
import type { Context, FoundStep, SendOptions, SendResult, SentStep } from '#connector-kit';
import type { MemoryClient } from './client.js';

/** Sends one account takes at once. */
export const CONCURRENCY = 4;
export const SEND_TIMEOUT_MS = 10_000;

const WRITTEN = z.object({ id: z.string(), alreadyThere: z.boolean() });
const USES = z.object({ uses: z.array(z.object({ key: z.string(), id: z.string() })) });
const RECORDS = z.object({ records: z.array(z.looseObject({ id: z.string(), recordType: z.string() })) });
type TargetRecord = z.infer<typeof RECORDS>['records'][number];

/** The request that carries out an operation. */
const PATHS: Readonly<Record<OperationName, string>> = {
  post: 'write/customerPayment', apply: 'write/creditApplication', writeOff: 'write/writeOff', reverse: 'write/voidDocument', unapply: 'write/removeApplication',
};

export async function sendStep(client: MemoryClient, context: Context, step: PlannedStep, { deadlineMs }: SendOptions): Promise<SendResult> {
  const { id, alreadyThere } = await client.call(context, { path: PATHS[step.operation], body: step.body, answers: WRITTEN, deadlineMs });
  return { state: 'booked', externalId: id, alreadyThere };
}

export async function findSteps(client: MemoryClient, context: Context, steps: readonly PlannedStep[]): Promise<ReadonlyMap<string, FoundStep>> {
  const { uses } = await client.call(context, { path: 'keys', body: { keys: steps.map((step) => step.stepKey) }, answers: USES });
  return new Map(uses.map(({ key, id }) => [key, { state: 'booked', externalId: id }]));
}

export async function readBackSteps(client: MemoryClient, context: Context, steps: readonly SentStep[]): Promise<readonly BookedRecord[]> {
  const { records } = await client.call(context, { path: 'get', body: { ids: steps.map(({ externalId }) => externalId) }, answers: RECORDS });
  const byId = new Map(records.map((record) => [record.id, record]));
  return steps.map(({ step, externalId }) => bookedRecord(step.stepKey, byId.get(externalId)));
}

/** Canonical word -> the target's. What a record lacks is left out. */
const FIELD_WORDS: Readonly<Record<string, readonly string[]>> = {
  customerExternalId: ['customer'], currency: ['currency'], total: ['total', 'amount'], unapplied: ['unapplied'], reference: ['reference'],
  receivedOn: ['receivedOn', 'postedOn'], appliedOn: ['appliedOn'], creditExternalId: ['credit'], invoiceExternalId: ['invoice'],
  accountExternalId: ['account'], idempotencyKey: ['externalKey'],
};

function bookedRecord(stepKey: string, record: TargetRecord | undefined): BookedRecord {
  if (record === undefined) return { stepKey, externalId: null, fields: {}, applications: [] };
  const fields: Record<string, string> = {};
  for (const [word, names] of Object.entries(FIELD_WORDS)) {
    const value = names.map((name) => record[name]).find((entry) => typeof entry === 'string');
    if (typeof value === 'string') fields[word] = value;
  }
  if (typeof record['status'] === 'string') fields['status'] = record['status'].toLowerCase();
  return { stepKey, externalId: record.id, fields, applications: applicationsOf(record) };
}

const APPLICATIONS = z.array(z.object({ invoice: z.string(), amount: z.string() }));

function applicationsOf(record: TargetRecord): BookedRecord['applications'] {
  const parsed = APPLICATIONS.safeParse(record['applications'] ?? []);
  return parsed.success ? parsed.data.map(({ invoice, amount }) => ({ externalId: invoice, amount })) : [];
}
