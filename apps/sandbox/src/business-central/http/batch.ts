import { badRequest, ODataError } from '../odata/odata-error.js';
import { isBody, readBody, NumberLiteral, type Body } from './body.js';
import { headerOf, preferencesOf, refusal, type Answer, type Call, plainJson } from './message.js';

/** Operations in a $batch (2.2). */
export const BATCH_PARTS_MAX = 100;

/** Works one part on; `transaction` runs many as one. */
export interface BatchWorker {
  part(call: Call): Answer;
  /** All or nothing over every company, except where AL commits. */
  transaction(work: () => void): void;
}

/** One operation, with header names in lower case. */
interface BatchPart {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Undoes a snapshot batch after a part failed. */
class SnapshotFailed extends Error {
  override readonly name = 'SnapshotFailed';
}

/**
 * `POST .../$batch` with a JSON body. `Isolation: snapshot` makes it one transaction (2.2). The parts after a failed one are not worked on unless
 * the client or the settings ask for it.
 * @throws ODataError when the body is no batch or has too many parts
 */
export function answerBatch(call: Call, worker: BatchWorker, continuesAfterError: boolean): { answer: Answer; parts: number } {
  const requests = readBody(call.body)['requests'];
  if (!Array.isArray(requests) || !requests.every(isBody)) throw badRequest('The batch request body must hold a list "requests".');
  if (requests.length > BATCH_PARTS_MAX) throw new ODataError(400, 'BadRequest', `The number of operations in a batch request exceeds the maximum of ${BATCH_PARTS_MAX}.`);
  const snapshot = (headerOf(call, 'isolation') ?? '').toLowerCase() === 'snapshot';
  const goOn = continuesAfterError || preferencesOf(call).has('continue-on-error');
  const responses: string[] = [];
  const run = (): void => {
    for (const request of requests) {
      const answer = workPart(call, request, worker);
      responses.push(partText(request, answer));
      if (answer.status < 400) continue;
      if (snapshot) throw new SnapshotFailed();
      if (!goOn) return;
    }
  };
  runAll(snapshot, worker, run);
  return { answer: { ...plainJson(200, {}), body: `{"responses":[${responses.join(',')}]}` }, parts: requests.length };
}

function runAll(snapshot: boolean, worker: BatchWorker, run: () => void): void {
  if (!snapshot) {
    run();
    return;
  }
  try {
    worker.transaction(run);
  } catch (error) {
    if (!(error instanceof SnapshotFailed)) throw error;
  }
}

function workPart(call: Call, request: Body, worker: BatchWorker): Answer {
  try {
    return worker.part(partCall(call, partOf(request)));
  } catch (error) {
    if (error instanceof ODataError) return refusal(error);
    throw error;
  }
}

function partOf(request: Body): BatchPart {
  const { method, url, headers, body } = request;
  if (typeof method !== 'string' || typeof url !== 'string') throw badRequest('Every batch operation needs a method and a url.');
  const given = isBody(headers) ? Object.entries(headers).map(([name, value]): [string, string] => [name.toLowerCase(), String(value)]) : [];
  return { method: method.toUpperCase(), url, headers: Object.fromEntries(given), body: body === undefined ? '' : rewrite(body) };
}

/** Relative to the route the batch was sent to, to its host, or absolute. */
function partCall(call: Call, part: BatchPart): Call {
  const root = call.path.slice(0, call.path.lastIndexOf('/') + 1);
  const url = new URL(part.url, `${call.origin}${root}`);
  const company = part.headers['company'];
  if (company !== undefined) url.searchParams.set('company', company);
  return { method: part.method, path: url.pathname, query: url.searchParams, headers: part.headers, body: part.body, origin: call.origin };
}

/** The body again as the text it was: numbers keep their digits. */
function rewrite(value: unknown): string {
  if (value instanceof NumberLiteral) return value.text;
  if (Array.isArray(value)) return `[${value.map(rewrite).join(',')}]`;
  if (isBody(value)) return `{${Object.entries(value).map(([name, part]) => `${JSON.stringify(name)}:${rewrite(part)}`).join(',')}}`;
  return JSON.stringify(value) ?? 'null';
}

function partText(request: Body, answer: Answer): string {
  const id = request['id'];
  const shownId = id instanceof NumberLiteral ? JSON.stringify(id.text) : JSON.stringify(id ?? null);
  const head = `{"id":${shownId},"status":${answer.status},"headers":${JSON.stringify(answer.headers)}`;
  return answer.body === '' ? `${head}}` : `${head},"body":${answer.body}}`;
}
