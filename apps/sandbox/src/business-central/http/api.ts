import { NoOpenEntry } from '../ledger/sales-posting.js';
import type { CompanyBook } from '../ledger/company-book.js';
import { dialog, entityChanged, noSuchRoute, notFound, ODataError, recordNotFound, badRequest } from '../odata/odata-error.js';
import { etagOf, type Page } from '../odata/page.js';
import { readOptions } from '../odata/query-options.js';
import { EntityReader } from '../odata/reader.js';
import { EVERYTHING, type SqlCondition } from '../odata/filter-sql.js';
import { GENERAL_TEMPLATE } from '../pages/names.js';
import { childrenIn } from '../pages/sales-writers.js';
import type { WriteContext, Writers } from '../pages/writers.js';
import type { TenantSettings } from '../settings.js';
import type { Address, Segment } from './address.js';
import { readBody, type Body } from './body.js';
import { headerOf, NO_CONTENT, ok, preferencesOf, type Answer, type Call } from './message.js';

export interface ApiRoute {
  readonly pages: ReadonlyMap<string, Page>;
  readonly writers: ReadonlyMap<string, Writers>;
}

type Parent = { readonly entitySet: string; readonly id: string };

/** `journals` lists the default template unless another is asked for; by key it finds every batch (2.8.4). */
const DEFAULT_TEMPLATE: SqlCondition = { sql: 't.template = ?', bindings: [GENERAL_TEMPLATE] };

/** The pages of one API route over one company's book: reads, writes and bound actions. */
export class CompanyApi {
  private readonly reader: EntityReader;

  constructor(private readonly book: CompanyBook, private readonly settings: TenantSettings, private readonly route: ApiRoute, private readonly postLater: WriteContext['postLater']) {
    this.reader = new EntityReader(book, settings, (entitySet) => this.pageNamed(entitySet));
  }

  /** @throws ODataError */
  answer(call: Call, address: Address): Answer {
    const [first, second, third] = address.segments;
    if (first === undefined || address.segments.length > 3) throw noSuchRoute(call.path);
    const page = this.pageNamed(first.name, call.path);
    if (second === undefined) return this.onPage(call, address, page, first.key, null);
    if (second.name === '$count') return ok(String(this.reader.countOf(page, readOptions(call.query))));
    if (first.key === null) throw noSuchRoute(call.path);
    if (second.name.startsWith('Microsoft.NAV.')) return this.act(call, page, first.key, second.name);
    return this.onChild(call, address, page, { entitySet: page.entitySet, id: first.key.toLowerCase() }, second, third);
  }

  private onChild(call: Call, address: Address, page: Page, parent: Parent, second: Segment, third: Segment | undefined): Answer {
    const navigation = page.navigations.find((candidate) => candidate.name === second.name);
    if (navigation === undefined || (third !== undefined && !third.name.startsWith('Microsoft.NAV.') && second.key === null)) throw noSuchRoute(call.path);
    this.existing(page, parent.id);
    const target = this.pageNamed(navigation.target);
    if (third !== undefined) {
      const deeper = { ...address, segments: [{ name: target.entitySet, key: second.key }, third] };
      return this.answer(call, deeper);
    }
    const scope = { sql: navigation.condition, bindings: [parent.id] };
    if (navigation.single && call.method === 'GET') {
      const row = this.reader.first(target, scope);
      if (row === undefined) throw notFound();
      return this.entityAnswer(call, address, target, this.reader.entityText(target, row, readOptions(call.query)), 200);
    }
    return this.onPage(call, address, target, second.key, parent, scope);
  }

  private onPage(call: Call, address: Address, page: Page, key: string | null, parent: Parent | null, scope: SqlCondition = EVERYTHING): Answer {
    if (this.settings.forbiddenEntitySets.includes(page.entitySet)) throw new ODataError(403, 'Authorization_RequestDenied', `Sorry, the current permissions prevented the action. (TableData ${page.table} Read: Base Application)`);
    switch (call.method) {
      case 'GET': return key === null ? this.list(call, address, page, scope) : this.read(call, address, page, key);
      case 'POST': return this.create(call, address, page, key, parent);
      case 'PATCH': return this.update(call, address, page, key);
      case 'DELETE': return this.remove(call, page, key);
      default: throw methodNotAllowed(call.method);
    }
  }

  private list(call: Call, address: Address, page: Page, scope: SqlCondition): Answer {
    const options = readOptions(call.query);
    if (page.entitySet === 'customerPayments' && scope === EVERYTHING && !(options.filter ?? '').includes('journalId')) throw dialog('You must specify a journal batch ID or a journal ID to get a journal line.');
    if (page.entitySet === 'journals' && scope === EVERYTHING && !(options.filter ?? '').includes('templateDisplayName')) scope = DEFAULT_TEMPLATE;
    const preferred = Number(preferencesOf(call).get('maxpagesize') ?? Number.NaN);
    const pageSize = Number.isInteger(preferred) && preferred > 0 ? Math.min(preferred, this.settings.pageSizeMax) : this.settings.pageSizeMax;
    const listing = this.reader.list(page, options, pageSize, scope);
    const parts = [`"@odata.context":${JSON.stringify(this.context(call, address, page))}`];
    if (listing.total !== null) parts.push(`"@odata.count":${listing.total}`);
    parts.push(`"value":[${listing.rows.join(',')}]`);
    if (listing.nextToken !== null) parts.push(`"@odata.nextLink":${JSON.stringify(nextLink(call, listing.nextToken))}`);
    return ok(`{${parts.join(',')}}`);
  }

  private read(call: Call, address: Address, page: Page, key: string): Answer {
    if (page.keyless === true) throw noSuchRoute(call.path);
    const options = readOptions(call.query);
    const row = this.reader.row(page, key, options.select);
    if (row === undefined) throw recordNotFound(page.table, key);
    return this.entityAnswer(call, address, page, this.reader.entityText(page, row, options), 200);
  }

  private create(call: Call, address: Address, page: Page, key: string | null, parent: Parent | null): Answer {
    if (key !== null) throw methodNotAllowed('POST');
    const body = readBody(call.body);
    const id = this.working(() => this.createIn(page, body, parent));
    return this.written(call, address, page, id, 201);
  }

  private createIn(page: Page, body: Body, parent: Parent | null): string {
    const context = this.contextOf(page, parent);
    const create = this.route.writers.get(page.entitySet)?.create;
    if (create === undefined) throw new ODataError(400, 'BadRequest_MethodNotAllowed', `Entity set '${page.entitySet}' does not support insert.`);
    const id = create(context, body);
    for (const children of childrenIn(context, body)) {
      for (const child of children.bodies) this.createIn(this.pageNamed(children.entitySet), child, { entitySet: page.entitySet, id });
    }
    return id;
  }

  private update(call: Call, address: Address, page: Page, key: string | null): Answer {
    const update = this.route.writers.get(page.entitySet)?.update;
    if (key === null || update === undefined) throw new ODataError(400, 'BadRequest_MethodNotAllowed', `Entity set '${page.entitySet}' does not support modify.`);
    const match = headerOf(call, 'if-match');
    if (match === undefined || !isEtag(match)) throw badRequest('The If-Match header is missing or malformed: an ETag or * is required.', 'BadRequest_InvalidToken');
    const id = key.toLowerCase();
    const body = readBody(call.body);
    this.working(() => {
      this.checkEtag(page, id, match);
      update(this.contextOf(page, null), id, body);
    });
    return this.written(call, address, page, id, 200);
  }

  private remove(call: Call, page: Page, key: string | null): Answer {
    const remove = this.route.writers.get(page.entitySet)?.remove;
    if (key === null || remove === undefined) throw new ODataError(400, 'BadRequest_MethodNotAllowed', `Entity set '${page.entitySet}' does not support delete.`);
    const id = key.toLowerCase();
    this.working(() => {
      this.checkEtag(page, id, headerOf(call, 'if-match'));
      remove(this.contextOf(page, null), id);
    });
    return NO_CONTENT;
  }

  private act(call: Call, page: Page, key: string, name: string): Answer {
    const action = this.route.writers.get(page.entitySet)?.actions?.[name];
    if (call.method !== 'POST') throw methodNotAllowed(call.method);
    if (action === undefined) throw noSuchRoute(call.path);
    const id = key.toLowerCase();
    const body = readBody(call.body);
    const result = this.working(() => {
      this.checkEtag(page, id, headerOf(call, 'if-match'));
      return action(this.contextOf(page, null), id, body);
    });
    return result === null ? NO_CONTENT : ok(result);
  }

  /** AL errors of the ledger become answers; everything in one transaction. */
  private working<T>(work: () => T): T {
    try {
      return this.book.transaction(work);
    } catch (error) {
      if (error instanceof NoOpenEntry) throw new ODataError(400, 'Internal_DataNotFoundFilter', error.message);
      throw error;
    }
  }

  private checkEtag(page: Page, id: string, match: string | undefined): void {
    const row = this.existing(page, id);
    if (match !== undefined && match !== '*' && match !== etagOf(row)) throw entityChanged();
  }

  private existing(page: Page, id: string): ReturnType<EntityReader['row']> & object {
    const row = this.reader.row(page, id, ['id'].filter((name) => page.fields.some((field) => field.name === name)));
    if (row === undefined) throw recordNotFound(page.table, id);
    return row;
  }

  private written(call: Call, address: Address, page: Page, id: string, status: number): Answer {
    if (preferencesOf(call).get('return') === 'minimal' || preferencesOf(call).has('return-no-content')) return NO_CONTENT;
    const row = this.reader.row(page, id);
    if (row === undefined) throw recordNotFound(page.table, id);
    return this.entityAnswer(call, address, page, this.reader.entityText(page, row, readOptions(call.query)), status);
  }

  private entityAnswer(call: Call, address: Address, page: Page, text: string, status: number): Answer {
    return ok(`{"@odata.context":${JSON.stringify(`${this.context(call, address, page)}/$entity`)},${text.slice(1)}`, status);
  }

  private context(call: Call, address: Address, page: Page): string {
    return `${call.origin}${address.base}/$metadata#companies(${this.book.company.id})/${page.entitySet}`;
  }

  private contextOf(page: Page, parent: Parent | null): WriteContext {
    return { book: this.book, settings: this.settings, page, parent, postLater: this.postLater };
  }

  private pageNamed(entitySet: string, path = entitySet): Page {
    const page = this.route.pages.get(entitySet);
    if (page === undefined) throw noSuchRoute(path);
    return page;
  }
}


function isEtag(text: string): boolean {
  return text === '*' || /^(W\/)?"[^"]+"$/.test(text);
}

function methodNotAllowed(method: string): ODataError {
  return new ODataError(405, 'BadRequest_MethodNotAllowed', `The requested resource does not support http method '${method}'.`);
}

/** Absolute and opaque: the query as it was with a skip token (2.2). */
function nextLink(call: Call, token: string): string {
  const query = new URLSearchParams(call.query);
  for (const name of ['$skiptoken', '$top', '$skip', 'aid']) query.delete(name);
  const text = [...query].map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return `${call.origin}${call.path}?${[...text, 'aid=FIN', `$skiptoken=${token}`].join('&')}`;
}
