import { ConnectorError, type Context, type FoundStep } from '#connector-kit';
import { call, failureOf, getRecord, type NetSuiteCall } from '../client.js';
import { netsuiteSettings } from '../settings.js';
import { listOf, objectOf, textOf } from './words.js';
import type { Json } from '#canonical';

/** Asynchronous jobs (`Prefer: respond-async`): submitted once per idempotency key, finished later (reference A2, "Async"). */

const jobKey = (stepKey: string): string => `netsuite.job.${stepKey}`;

/** Remembers where a job stands, for as long as this process holds the connection. Without it the external id tells the outcome. */
export function rememberJob(context: Context, stepKey: string, location: string | null): void {
  if (location !== null) context.memory.set(jobKey(stepKey), location);
}

export function jobOf(context: Context, stepKey: string): string | null {
  const location = context.memory.get(jobKey(stepKey));
  return typeof location === 'string' ? location : null;
}

export function forgetJob(context: Context, stepKey: string): void {
  context.memory.delete(jobKey(stepKey));
}

/** `…/customerPayment/4711` -> `4711`. Null where the last part is no id. */
export function idOfLocation(location: string | null): string | null {
  return /\/(\d+)\/?(?:\?.*)?$/.exec(location ?? '')?.[1] ?? null;
}

/**
 * How a job ended. Its result is the answer the synchronous call would have given.
 * @throws ConnectorError of a read: the job itself is not touched by asking.
 */
export async function jobOutcome(context: Context, location: string): Promise<FoundStep> {
  const job = objectOf(await getRecord(context, location) as Json);
  if (job['completed'] !== true && job['completed'] !== 'true') return { state: 'pending' };
  const resultPath = await resultPathOf(context, location);
  if (resultPath === null) return { state: 'refused', problem: 'the job ended without a task' };
  const request: NetSuiteCall = { method: 'GET', path: resultPath, lane: 'read', writes: false, timeoutMs: netsuiteSettings(context).requestTimeoutMs };
  const answer = await call(context, request);
  const externalId = idOfLocation(answer.location);
  if (answer.failed === null && externalId !== null) return { state: 'booked', externalId };
  if (answer.failed === null) return { state: 'refused', problem: 'the job ended and its result names no record' };
  const failure = failureOf(context, request, answer.failed);
  if (failure.failure.kind !== 'invalid' && failure.failure.kind !== 'conflict') throw failure;
  return { state: 'refused', problem: failure.message };
}

/** A job of one request has one task; its `related` link is the result. */
async function resultPathOf(context: Context, location: string): Promise<string | null> {
  const base = location.replace(/\/$/, '');
  const tasks = objectOf(await getRecord(context, `${base}/task/`) as Json);
  const [task] = listOf(tasks['items']);
  const taskId = textOf(task?.['id']) ?? '1';
  const detail = objectOf(await getRecord(context, `${base}/task/${encodeURIComponent(taskId)}`) as Json);
  const related = listOf(detail['links']).find((link) => link['rel'] === 'related');
  return textOf(related?.['href']) ?? (Object.keys(detail).length === 0 ? null : `${base}/task/${encodeURIComponent(taskId)}/result`);
}

export function unknownOutcome(what: string): ConnectorError {
  return new ConnectorError(`NetSuite ${what}: the answer names no record`, { kind: 'outcomeUnknown' });
}
