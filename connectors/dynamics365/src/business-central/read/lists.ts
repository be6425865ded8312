import type { JsonObject } from '#canonical';
import type { Context, EntityReader, Page, SourceRecord } from '#connector-kit';
import { listOf, objectOf, textOf } from '../../odata/json.js';
import { address, memberName } from '../../odata/literal.js';
import { batch, BATCH_OPERATIONS_MAX, companyPath, pagesOf, partError, rowsById, rowsWith, slices, STANDARD } from '../api.js';
import { isNotFound } from '../errors.js';
import { checkpointOf, stateOf } from './checkpoint.js';
import { idOf, numberOf, recordOf } from './rows.js';
import { changesIn, plainPages, type ToContent } from './windows.js';

type IdReader = EntityReader & Required<Pick<EntityReader, 'byIds' | 'ids'>>;

/** A reader of a plain list of the company whose rows carry a moment of change. */
export function plainReader(list: string, toContent: ToContent): IdReader {
  return {
    changes: (context, from) => changesIn([{ list: async () => companyPath(context, list), toContent }], context, from),
    byIds: (context, externalIds) => pagesById(context, list, externalIds, toContent),
    ids: (context) => idPages(context, companyPath(context, list)),
  };
}

export async function* pagesById(context: Context, list: string, externalIds: readonly string[], toContent: ToContent): AsyncGenerator<Page> {
  const checkpoint = checkpointOf({ at: 'rest', cursor: context.now().toISOString() });
  for (const slice of slices(externalIds, BATCH_OPERATIONS_MAX)) {
    const rows = await rowsById(context, list, slice);
    if (rows.length > 0) yield { ...await toContent(context, rows), checkpoint };
  }
}

export async function* idPages(context: Context, list: string): AsyncGenerator<readonly string[]> {
  for await (const { rows } of pagesOf(context, address(list, { $select: 'id' }))) yield rows.map(idOf);
}

/** One record a row, unchanged. */
export const plainly: ToContent = async (_context, rows) => ({ records: rows.map((row) => recordOf(row)) });

/**
 * Contacts with the customer they belong to. A contact names its company's contact card, not a customer; the customer that bears the
 * company's name is taken where exactly one does.
 */
export const withCustomers: ToContent = async (context, rows) => {
  const companies = rows.map(companyOf).filter((name) => name !== '');
  const customers = companies.length === 0 ? [] : await rowsWith(context, companyPath(context, 'customers'), 'displayName', companies, { $select: 'id,displayName' });
  const byName = new Map<string, readonly string[]>();
  for (const customer of customers) {
    const name = textOf(customer['displayName']) ?? '';
    byName.set(name, [...byName.get(name) ?? [], idOf(customer)]);
  }
  return { records: rows.map((row) => {
    const found = byName.get(companyOf(row)) ?? [];
    return recordOf(row, { customerId: found.length === 1 ? found[0] ?? null : null });
  }) };
};

function companyOf(row: JsonObject): string {
  const own = textOf(row['type']) === 'Company' ? textOf(row['displayName']) : null;
  return (textOf(row['companyName']) || own) ?? '';
}

/** Companies with the currency of their books. A company whose information the app may not see is not ours to list. */
const withCurrency: ToContent = async (context, rows) => {
  const records: SourceRecord[] = [];
  for (const slice of slices(rows, BATCH_OPERATIONS_MAX)) {
    const answers = await batch(context, slice.map((row) => ({ method: 'GET', url: `companies(${idOf(row)})/companyInformation` })), { writes: false });
    for (const [index, answer] of answers.entries()) {
      const row = slice[index];
      if (row === undefined || answer.status === 403 || answer.status === 401) continue;
      if (answer.problem !== null && isNotFound({ status: answer.status, problem: answer.problem })) continue;
      if (answer.problem !== null) throw partError(answer, 'GET companyInformation', false);
      const [information] = listOf(objectOf(answer.body)['value']);
      records.push(recordOf(row, { currencyCode: textOf(objectOf(information)['currencyCode']) }, []));
    }
  }
  return { records };
};

/** Whole lists: every run reads all of them. */
async function* wholeLists(context: Context, from: Parameters<EntityReader['changes']>[1], lists: readonly (readonly [string, ToContent])[]): AsyncGenerator<Page> {
  if (from !== null) stateOf(from);
  const until = context.now().toISOString();
  const state = from === null ? null : stateOf(from);
  const resumed = state?.at === 'pages' ? state : null;
  for (const [phase, [list, toContent]] of lists.entries()) {
    if (resumed !== null && phase < resumed.phase) continue;
    const link = resumed !== null && phase === resumed.phase ? resumed.link : null;
    for await (const { rows, nextLink } of pagesOf(context, link ?? list)) {
      const last = nextLink === null && phase === lists.length - 1;
      const within = nextLink === null ? { phase: phase + 1, link: null } : { phase, link: nextLink };
      yield { ...await toContent(context, rows), checkpoint: checkpointOf(last ? { at: 'rest', cursor: resumed?.until ?? until } : { at: 'pages', since: null, until: resumed?.until ?? until, ...within }) };
    }
  }
}

const COMPANIES = `/${STANDARD}/companies`;

export const COMPANY_READER: IdReader = {
  changes: (context, from) => wholeLists(context, from, [[COMPANIES, withCurrency]]),
  async *byIds(context, externalIds) {
    const asked = new Set(externalIds);
    for await (const page of plainPages(context, COMPANIES, async (inner, rows) => await withCurrency(inner, rows.filter((row) => asked.has(idOf(row)))))) yield page;
  },
  ids: (context) => idPages(context, COMPANIES),
};

/** A G/L account is known by its category; a bank account is a card of its own. */
const glAccounts: ToContent = async (_context, rows) => ({ records: rows.map((row) => recordOf(row, { ledgerKind: memberName(textOf(row['category']) ?? '').trim() || 'none' })) });
const bankAccounts: ToContent = async (_context, rows) => ({ records: rows.map((row) => recordOf(row, { ledgerKind: 'Bank Account' })) });

/** General-ledger accounts and bank accounts: both may be named by postings, so both are ledger accounts here. */
export const LEDGER_ACCOUNT_READER: IdReader = {
  changes: (context, from) => wholeLists(context, from, [[companyPath(context, 'accounts'), glAccounts], [companyPath(context, 'bankAccounts'), bankAccounts]]),
  async *byIds(context, externalIds) {
    yield* pagesById(context, 'accounts', externalIds, glAccounts);
    yield* pagesById(context, 'bankAccounts', externalIds, bankAccounts);
  },
  async *ids(context) {
    yield* idPages(context, companyPath(context, 'accounts'));
    yield* idPages(context, companyPath(context, 'bankAccounts'));
  },
};

/** Customers by their numbers, id for number. Numbers that no customer has are absent. */
export async function customerIds(context: Context, numbers: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const rows = await rowsWith(context, companyPath(context, 'customers'), 'number', numbers.filter((number) => number !== ''), { $select: 'id,number' });
  return new Map(rows.map((row) => [numberOf(row), idOf(row)]));
}

