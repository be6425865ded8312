import type { Row } from '../book/book.js';
import type { TransactionType } from '../book/documents.js';
import type { Account } from './account.js';
import type { Body } from './body.js';
import { checkNames, type NameValidation } from './fields.js';
import { assertDocument, neighbours } from './invariants.js';
import { invalidRequest, notFound, RecordError, userError } from './record-error.js';
import { RECORD_TYPES, type RecordType } from './record-types.js';
import { type View, type ViewOptions } from './views.js';

export interface WriteOptions {
  readonly validation: NameValidation;
  readonly replace: ReadonlySet<string>;
  readonly deletionReason: boolean;
}

/** `17` or `eid:ABC`. */
export type RecordKey = { readonly id: number } | { readonly externalId: string };

/** Reads a key from a path segment. @throws RecordError INVALID_REQUEST when it is neither a number nor `eid:` with a usable external id */
export function parseKey(segment: string): RecordKey {
  if (/^\d{1,15}$/.test(segment)) return { id: Number(segment) };
  const external = /^eid:([A-Za-z0-9_-]+)$/.exec(segment)?.[1];
  if (external === undefined) throw invalidRequest(`Invalid record identifier '${segment}'.`);
  return { externalId: external };
}

/**
 * The record service without HTTP: every write is one transaction of the book, checked against the book's invariants before it commits.
 * @throws RecordError for what NetSuite refuses; BookInvariantError when the sandbox itself is wrong
 */
export class RecordService {
  /** `deletionReason` given by an earlier PATCH, by record. */
  private readonly deletionReasons = new Set<string>();

  constructor(private readonly account: Account) {}

  /** Record names are matched without regard to case. @throws RecordError when there is no such type */
  type(name: string): RecordType {
    const type = RECORD_TYPES.get(name.toLowerCase());
    if (type === undefined) throw new RecordError(404, 'NONEXISTENT_ID', `Record type '${name}' does not exist.`);
    return type;
  }

  create(type: RecordType, body: Body, options: WriteOptions): number {
    if (type.create === null) throw userError(type.createRefusal);
    const { create } = type;
    const checked = checkNames(type.key, body, options.validation);
    return this.write(type, () => create(this.account, checked), true);
  }

  update(type: RecordType, key: RecordKey, body: Body, options: WriteOptions): number {
    const { update } = type;
    if (update === null) throw userError('This record type cannot be changed over REST.');
    const row = this.find(type, key);
    const checked = checkNames(type.key, body, options.validation);
    if (checked['deletionReason'] !== undefined && checked['deletionReason'] !== null) this.deletionReasons.add(`${type.table}:${row.id}`);
    return this.write(type, () => { update(this.account, row, checked, options.replace); return row.id; }, false);
  }

  /** PUT: by external id only; creates or updates. */
  upsert(type: RecordType, key: RecordKey, body: Body, options: WriteOptions): { id: number; created: boolean } {
    if ('id' in key) throw invalidRequest('PUT is supported with an external id only (eid:).');
    const exists = this.row(type, key) !== undefined;
    const withId: Body = { ...body, externalId: key.externalId };
    return { id: exists ? this.update(type, key, withId, options) : this.create(type, withId, options), created: !exists };
  }

  remove(type: RecordType, key: RecordKey, body: Body, options: WriteOptions): void {
    const { remove } = type;
    if (remove === null) throw userError('This record type cannot be deleted over REST.');
    const row = this.find(type, key);
    const touched = type.table === 'transaction' ? neighbours(this.account.book, row.id) : [];
    const reason = options.deletionReason || this.deletionReasons.has(`${type.table}:${row.id}`);
    this.account.book.transaction(() => {
      remove(this.account, row, body, reason);
      for (const document of touched) assertDocument(this.account.book, document);
    });
  }

  transform(source: RecordType, key: RecordKey, targetName: string, body: Body, options: WriteOptions): { id: number; type: RecordType } {
    const target = this.type(targetName);
    const step = source.transforms.get(target.key);
    if (step === undefined) throw invalidRequest(`'${source.name}' cannot be transformed to '${target.name}'.`);
    const row = this.find(source, key);
    const checked = checkNames(target.key, body, options.validation);
    return { id: this.write(target, () => step(this.account, row, checked), true), type: target };
  }

  /** Loads in edit mode: a record locked by a workflow cannot even be read (reference A0 fact 5). */
  view(type: RecordType, key: RecordKey, options: ViewOptions): View {
    return type.view(this.account, this.find(type, key), options);
  }

  /** Ids only, in no particular order (reference A0 fact 6). */
  list(type: RecordType, where: string, parameters: readonly (string | number)[], limit: number, offset: number): { ids: number[]; total: number } {
    const condition = `${type.transactionType === null ? '1 = 1' : `type = '${type.transactionType}'`} AND (${where})`;
    const total = this.account.book.one<{ total: number }>(`SELECT count(*) AS total FROM "${type.table}" WHERE ${condition}`, ...parameters)?.total ?? 0;
    const rows = this.account.book.all<{ id: number }>(`SELECT id FROM "${type.table}" WHERE ${condition} ORDER BY (id * 7919) % 1009, id LIMIT ? OFFSET ?`, ...parameters, limit, offset);
    return { ids: rows.map((row) => row.id), total };
  }

  private write(type: RecordType, work: () => number, created: boolean): number {
    const { book, settings, clock } = this.account;
    return book.transaction(() => {
      const id = work();
      if (type.table === 'transaction') {
        for (const document of neighbours(book, id)) assertDocument(book, document);
        if (created && settings.searchDelayMs > 0) book.run('INSERT OR REPLACE INTO x_pending VALUES (?, ?)', id, clock.nowMs() + settings.searchDelayMs);
        if (created) book.run('INSERT INTO x_created_external SELECT externalid, type, id FROM "transaction" WHERE id = ? AND externalid IS NOT NULL', id);
      }
      return id;
    });
  }

  private row(type: RecordType, key: RecordKey): (Row & { id: number }) | undefined {
    if ('externalId' in key && !type.hasExternalId) return undefined;
    const [column, value] = 'id' in key ? ['id', key.id] as const : ['externalid', key.externalId] as const;
    const kind = type.transactionType === null ? '' : ` AND type = '${type.transactionType satisfies TransactionType}'`;
    return this.account.book.one<Row & { id: number }>(`SELECT * FROM "${type.table}" WHERE ${column} = ?${kind} ORDER BY id LIMIT 1`, value);
  }

  private find(type: RecordType, key: RecordKey): Row & { id: number } {
    const row = this.row(type, key);
    if (row === undefined) throw notFound();
    if (row['x_locked'] === 'T') throw userError('This record has been locked by a user defined workflow.');
    return row;
  }
}
