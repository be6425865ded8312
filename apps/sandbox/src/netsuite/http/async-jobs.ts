import { RecordError, invalidRequest, notFound } from '../records/record-error.js';
import { bodyOf, headerOf, json, prefers, refusal, type Answer, type Call } from './message.js';
import { RECORD_PATH } from './record-endpoint.js';
import { isBody, type Body } from '../records/body.js';

export const ASYNC_PATH = '/services/rest/async/v1/job';
export const BATCH_RECORDS_MAX = 100;
const COLLECTION_TYPE = /type=collection/i;

interface Task {
  readonly call: Call;
  answer: Answer | null;
  startTime: string | null;
  endTime: string | null;
}

interface Job {
  readonly id: number;
  readonly tasks: Task[];
}

/**
 * `Prefer: respond-async` (reference A2 "Async"): the request is kept as a job and worked on later; its result is the answer the synchronous call
 * would have given. `X-NetSuite-Idempotency-Key` counts here only; a key seen before is refused with the first job's address.
 */
export class AsyncJobs {
  private readonly jobs = new Map<number, Job>();
  private readonly keys = new Map<string, number>();
  private readonly timers = new Set<NodeJS.Timeout>();
  private nextId = 1001;

  constructor(
    private readonly work: (call: Call) => Answer,
    private readonly now: () => Date,
    private readonly processingMs: () => number,
  ) {}

  submit(call: Call): Answer {
    const key = headerOf(call, 'x-netsuite-idempotency-key');
    const known = key === undefined ? undefined : this.keys.get(key);
    if (known !== undefined) {
      const location = `${call.origin}${ASYNC_PATH}/${known}`;
      return refusal(new RecordError(400, 'IDEMPOTENCY_ERROR', 'A request with the same idempotency key was already submitted.', undefined, { location }), 'Conflict');
    }
    const tasks = (COLLECTION_TYPE.test(headerOf(call, 'content-type') ?? '') ? batch(call) : [call])
      .map((one): Task => ({ call: one, answer: null, startTime: null, endTime: null }));
    const job: Job = { id: this.nextId, tasks };
    this.nextId += 1;
    this.jobs.set(job.id, job);
    if (key !== undefined) this.keys.set(key, job.id);
    const timer = setTimeout(() => { this.timers.delete(timer); this.process(job); }, this.processingMs());
    this.timers.add(timer);
    return { status: 202, headers: { 'preference-applied': 'respond-async', location: `${call.origin}${ASYNC_PATH}/${job.id}` }, body: '' };
  }

  /** GET of a job, its tasks, a task, a result. */
  read(call: Call): Answer {
    try {
      return this.route(call);
    } catch (error) {
      if (error instanceof RecordError) return refusal(error);
      throw error;
    }
  }

  stop(): void {
    for (const timer of this.timers) clearTimeout(timer);
    this.timers.clear();
  }

  private route(call: Call): Answer {
    const [jobText = '', word, taskText, result] = call.path.slice(ASYNC_PATH.length + 1).split('/');
    const job = this.jobs.get(Number(jobText));
    if (job === undefined || call.method !== 'GET') throw notFound();
    const self = `${call.origin}${ASYNC_PATH}/${job.id}`;
    const completed = job.tasks.every((task) => task.answer !== null);
    if (word === undefined || word === '') return json(200, { id: String(job.id), completed, progress: progressOf(job.tasks), task: { links: [{ rel: 'self', href: `${self}/task` }] } });
    if (word !== 'task') throw notFound();
    if (taskText === undefined || taskText === '') {
      const items = job.tasks.map((_, index) => ({ links: [{ rel: 'self', href: `${self}/task/${index + 1}` }], id: String(index + 1) }));
      return json(200, { links: [{ rel: 'self', href: `${self}/task` }], items, count: items.length, hasMore: false, offset: 0, totalResults: items.length });
    }
    const task = job.tasks[Number(taskText) - 1];
    if (task === undefined) throw notFound();
    if (result === 'result') return task.answer ?? refusal(invalidRequest('The task has not been completed yet.'));
    const related = task.answer === null ? [] : [{ rel: 'related', href: `${self}/task/${taskText}/result` }];
    return json(200, {
      id: taskText, completed: task.answer !== null, progress: progressOf([task]), ...(task.startTime === null ? {} : { startTime: task.startTime }), ...(task.endTime === null ? {} : { endTime: task.endTime }),
      links: [{ rel: 'self', href: `${self}/task/${taskText}` }, ...related],
    });
  }

  private process(job: Job): void {
    for (const task of job.tasks) {
      task.startTime = this.now().toISOString();
      task.answer = this.work(task.call);
      task.endTime = this.now().toISOString();
    }
  }
}

function progressOf(tasks: readonly Task[]): string {
  if (tasks.some((task) => task.answer === null)) return 'pending';
  return tasks.some((task) => (task.answer?.status ?? 500) >= 400) ? 'failed' : 'succeeded';
}

/** Up to 100 records in one body; each becomes a call of its own (reference A2 table, last rows). */
function batch(call: Call): Call[] {
  const items: unknown = bodyOf(call)['items'];
  if (!Array.isArray(items) || items.length === 0 || items.length > BATCH_RECORDS_MAX || !items.every(isBody)) {
    throw invalidRequest(`A batch needs 1 to ${BATCH_RECORDS_MAX} items.`);
  }
  return (items as Body[]).map((item) => {
    const { id, ...body } = item;
    const key = call.method === 'POST' ? '' : call.method === 'PUT' ? `/eid:${String(item['externalId'])}` : `/${String(id)}`;
    return { ...call, path: `${call.path}${key}`, body: call.method === 'DELETE' ? '' : JSON.stringify(body) };
  });
}

/** Whether a call goes to the asynchronous queue: writes of the record service only; the query service has no async. */
export function isAsync(call: Call): boolean {
  return prefers(call, 'respond-async') && call.method !== 'GET' && call.path.startsWith(RECORD_PATH);
}
