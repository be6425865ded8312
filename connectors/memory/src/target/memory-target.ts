import { setTimeout as pause } from 'node:timers/promises';
import { ENTITY_NAMES, formatMoney, type EntityName, type Json, type JsonObject } from '#canonical';
import { answered, TargetRefusal, TargetUnreachable, type TargetAnswer } from './answer.js';
import { Book, type BookRecord } from './book.js';
import { openOf, write, WRITE_KINDS, type WriteKind } from './bookkeeping.js';
import { FaultPlan, type TargetFault } from './faults.js';
import { totalsOf } from './totals-of.js';

/** Longest list the target answers. */
export const TARGET_PAGE_MAX = 1_000;
/** Lists that show deleted records. Documents vanish without a trace, as in most ledgers. */
const KEEPS_TOMBSTONES: ReadonlySet<EntityName> = new Set(['customer', 'contact', 'payment']);

/** One request to the target's API. `path` in the manner of a URL's: `list/invoice`, `write/customerPayment`. */
export interface TargetRequest {
  readonly path: string;
  readonly body: JsonObject;
  readonly token: string;
}

export interface MemoryTargetOptions {
  /** Secret that may do everything. */
  readonly token: string;
  /** Secret that may only read. */
  readonly readOnlyToken?: string;
  readonly timeZone?: string;
  readonly clock?: Date;
}

/**
 * A complete accounts-receivable target in the process: books, an API with keys that count once, and faults on demand.
 * {@link request} is the API, everything else is for whoever owns the target (seeding, faults, looking into the books).
 */
export class MemoryTarget {
  readonly book: Book;
  private readonly faults = new FaultPlan();
  private openCount = 0;
  private repeated: { readonly list: string; readonly page: readonly BookRecord[] } | null = null;

  constructor(private readonly options: MemoryTargetOptions) {
    this.book = new Book(options.clock ?? new Date());
  }

  misbehave(fault: TargetFault): void {
    this.faults.add(fault);
  }

  /** Requests whose caller still waits. */
  openRequests(): number {
    return this.openCount;
  }

  /** @throws TargetUnreachable when the connection breaks, the signal's reason when the caller gives up. */
  async request(request: TargetRequest, signal: AbortSignal): Promise<TargetAnswer> {
    signal.throwIfAborted();
    this.openCount += 1;
    try {
      return await this.serve(request, signal);
    } finally {
      this.openCount -= 1;
    }
  }

  private async serve(request: TargetRequest, signal: AbortSignal): Promise<TargetAnswer> {
    const failure = this.faults.takeFailure();
    if (failure?.status === 'reset') throw new TargetUnreachable(true);
    if (failure !== null) return { status: failure.status, body: 'server error', retryAfterMs: null };
    const throttle = this.faults.take('throttleNext');
    if (throttle !== null) return { status: 429, body: 'too many requests', retryAfterMs: throttle.retryAfterMs };
    const writes = request.path.startsWith('write/');
    const late = writes ? this.faults.take('lateCommit') : null;
    if (late !== null) return await this.commitLater(request, late.afterMs, signal);
    const answer = this.answer(request);
    if (writes && answer.status === 200 && this.faults.take('loseNextAnswerAfterCommit') !== null) throw new TargetUnreachable(true);
    if (this.faults.answerMs > 0) await pause(this.faults.answerMs, undefined, { signal });
    return this.faults.take('garbleNext') === null ? answer : { ...answer, status: 200, body: '<html>maintenance</html>' };
  }

  /** Nobody answers; the books move when the clock gets there. */
  private async commitLater(request: TargetRequest, afterMs: number, signal: AbortSignal): Promise<never> {
    this.book.schedule(afterMs, () => { this.answer(request); });
    await new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => { reject(new TargetUnreachable(true)); }, { once: true });
    });
    throw new TargetUnreachable(true);
  }

  private answer(request: TargetRequest): TargetAnswer {
    try {
      this.authorise(request);
      return answered(this.dispatch(request));
    } catch (error) {
      if (!(error instanceof TargetRefusal)) throw error;
      const { status, code, field, value, message } = error;
      return { status, body: { code, field, value, problem: message }, retryAfterMs: null };
    }
  }

  private authorise({ token, path }: TargetRequest): void {
    const reads = token === this.options.readOnlyToken;
    if (token !== this.options.token && !reads) throw new TargetRefusal(401, 'token', 'token', '', 'the token is not known');
    if (reads && path.startsWith('write/')) throw new TargetRefusal(403, 'permission', 'token', '', 'the token may only read');
  }

  private dispatch({ path, body, token }: TargetRequest): Json {
    const [verb = '', word = ''] = path.split('/');
    if (verb === 'account') return { timeZone: this.options.timeZone ?? 'UTC', mayWrite: token === this.options.token, name: 'Memory Ltd' };
    if (verb === 'list') return this.list(entityNamed(word), body);
    if (verb === 'ids') return this.ids(entityNamed(word), body);
    if (verb === 'open') return this.open(entityNamed(word), body);
    if (verb === 'get') return this.get(body);
    if (verb === 'keys') return this.keys(body);
    if (verb === 'periods') return this.periods(body);
    if (verb === 'totals') return totalsOf(this.book.ofEntity('invoice'), this.book.ofEntity('creditMemo'), String(body['asOf']));
    if (path === 'write/invoiceTerms') return this.changeTerms(body);
    const kind = WRITE_KINDS.find((name) => name === word);
    if (verb !== 'write' || kind === undefined) throw new TargetRefusal(404, 'path', 'path', path, 'no such request');
    return this.write(kind, body);
  }

  private write(kind: WriteKind, body: JsonObject): Json {
    const { recordId, alreadyThere } = write(this.book, kind, body);
    return { id: recordId, alreadyThere };
  }

  /** Changes an invoice that is still at the revision the caller looked at. */
  private changeTerms(body: JsonObject): Json {
    const record = this.book.get(String(body['id']));
    if (String(record.revision) !== body['revision']) throw new TargetRefusal(409, 'changed', 'revision', record.id, 'the invoice was changed since');
    const terms = Object.fromEntries(['due', 'promised', 'dispute'].flatMap((name) => (body[name] === undefined ? [] : [[name, body[name]]])));
    return { id: this.book.update(record.id, terms as JsonObject).id };
  }

  /** Records changed at or after `since`, later than (`afterAt`, `afterId`) where given, oldest change first. */
  private list(entity: EntityName, body: JsonObject): Json {
    const [since, afterAt, afterId] = ['since', 'afterAt', 'afterId'].map((name) => String(body[name] ?? ''));
    const limit = limitOf(body);
    const after = (record: BookRecord): boolean => {
      const at = record.modifiedAt.toISOString();
      if (since !== undefined && at < since) return false;
      return afterAt === '' || afterAt === undefined || at > afterAt || (at === afterAt && Number(record.id) > Number(afterId));
    };
    const matching = this.book.ofEntity(entity).filter((record) => after(record) && (!record.deleted || KEEPS_TOMBSTONES.has(entity)));
    const list = `${entity} ${since ?? ''}`;
    const repeated = this.takeRepeated(list);
    const page = repeated ?? matching.slice(0, limit);
    const more = repeated !== null || page.length < matching.length;
    if (repeated === null && more && this.faults.take('duplicatePage') !== null) this.repeated = { list, page };
    return { records: page.map(shown), more };
  }

  /** The page before, a second time, when the target was told so. */
  private takeRepeated(list: string): readonly BookRecord[] | null {
    if (this.repeated?.list !== list) return null;
    const { page } = this.repeated;
    this.repeated = null;
    return page;
  }

  private ids(entity: EntityName, body: JsonObject): Json {
    return pageAfter(this.book.ofEntity(entity).filter((record) => !record.deleted), body, (record) => record.id);
  }

  private open(entity: EntityName, body: JsonObject): Json {
    const open = this.book.ofEntity(entity).filter((record) => !record.deleted && 'open' in record.fields && openOf(record).minor !== 0n);
    return pageAfter(open, body, shown);
  }

  private get(body: JsonObject): Json {
    const ids = Array.isArray(body['ids']) ? (body['ids'] as readonly Json[]).map(String) : [];
    return { records: ids.flatMap((id) => { const record = this.book.find(id); return record === null ? [] : [shown(record)]; }) };
  }

  private keys(body: JsonObject): Json {
    const keys = Array.isArray(body['keys']) ? (body['keys'] as readonly Json[]).map(String) : [];
    return { uses: keys.flatMap((key) => { const use = this.book.keyUse(key); return use === null ? [] : [{ key, id: use.recordId }]; }) };
  }

  private periods(body: JsonObject): Json {
    const days = Array.isArray(body['days']) ? (body['days'] as readonly Json[]).map(String) : [];
    return { closed: days.filter((day) => this.book.isClosed(day)) };
  }

  /** What is open on a document in the books. */
  openAmount(id: string): string {
    return formatMoney(openOf(this.book.get(id)));
  }
}

function shown(record: BookRecord): JsonObject {
  return { ...record.fields, recordType: record.entity, modifiedAt: record.modifiedAt.toISOString(), revision: String(record.revision), deleted: record.deleted };
}

function pageAfter(records: readonly BookRecord[], body: JsonObject, show: (record: BookRecord) => Json): Json {
  const after = Number(body['afterId'] ?? '0');
  const rest = records.filter((record) => Number(record.id) > after).toSorted((left, right) => Number(left.id) - Number(right.id));
  const page = rest.slice(0, limitOf(body));
  return { records: page.map(show), lastId: page.at(-1)?.id ?? String(after), more: page.length < rest.length };
}

function limitOf(body: JsonObject): number {
  return Math.min(Number(body['limit'] ?? TARGET_PAGE_MAX), TARGET_PAGE_MAX);
}

function entityNamed(word: string): EntityName {
  const entity = ENTITY_NAMES.find((name) => name === word);
  if (entity === undefined) throw new TargetRefusal(404, 'path', 'entity', word, 'no such list');
  return entity;
}
