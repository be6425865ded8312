import { Injectable } from '@nestjs/common';
import type { Caller } from '#access';
import { Database, readList, type ListDefinition, type ListRequest, type Row } from '#storage';
import type { PageOf } from '../../http/lists.js';
import { notFound } from '../../http/problem.js';

/** Lists and single records of one tenant, from list definitions. */
@Injectable()
export class CanonicalReads {
  constructor(private readonly database: Database) {}

  /** @throws ListError for a filter, sort or cursor that makes no sense. */
  async list<R extends Row, B>(caller: Caller, definition: ListDefinition, request: ListRequest, body: (row: R) => B): Promise<PageOf<B>> {
    const page = await this.database.inTenant(caller.tenantId, (transaction) => readList<R>(transaction, definition, request));
    return { items: page.rows.map(body), nextCursor: page.nextCursor };
  }

  /** The record of that id as its list shows it. @throws ProblemError 404. */
  async get<R extends Row, B>(caller: Caller, definition: ListDefinition, id: string, what: string, body: (row: R) => B): Promise<B> {
    const byId: ListDefinition = { ...definition, filters: { id: { sql: `${definition.id} = $::bigint`, kind: 'id', says: 'The record\'s id' } } };
    const page = await this.database.inTenant(caller.tenantId, (transaction) => readList<R>(transaction, byId, { filters: { id }, limit: 1 }));
    const [row] = page.rows;
    if (row === undefined) throw notFound(what, id);
    return body(row);
  }
}
