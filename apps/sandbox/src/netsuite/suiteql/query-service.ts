import type { SQLInputValue, StatementSync } from 'node:sqlite';
import type { Book } from '../book/book.js';
import type { SandboxClock } from '../../simulation/clock.js';
import type { AccountSettings } from '../settings.js';
import { registerFunctions } from './functions.js';
import { liftKeyset } from './keyset-literal.js';
import { parseSuiteQl } from './parser.js';
import { RowWriter } from './render.js';
import type { Visibility } from './scope.js';
import { SuiteQlError, unsupported } from './suiteql-error.js';
import { translate, type TranslatedQuery } from './translate.js';

/** SuiteQL over REST returns no row beyond this one (reference A0 fact 7). */
export const QUERY_ROWS_MAX = 100_000;
const PLANS_KEPT = 500;
const TOTALS_KEPT = 2000;

export interface QueryPage {
  /** JSON array text. */
  readonly items: string;
  readonly count: number;
  readonly totalResults: number;
  readonly hasMore: boolean;
}

interface Plan {
  readonly translated: TranslatedQuery;
  readonly rows: StatementSync;
  readonly count: StatementSync;
  readonly countRange: StatementSync | null;
  readonly parameterCount: number;
}

/** Answers SuiteQL from the book. */
export class QueryService {
  private readonly plans = new Map<string, Plan>();
  private readonly totals = new Map<string, { from: number; total: number }>();
  private totalsVersion = -1;

  constructor(private readonly book: Book, private readonly settings: AccountSettings, private readonly clock: SandboxClock) {
    registerFunctions(book.database, settings, clock);
  }

  /** @throws SuiteQlError when NetSuite would refuse the query */
  page(query: string, parameters: readonly (string | number | null)[], limit: number, offset: number): QueryPage {
    try {
      const lifted = parameters.length === 0 ? liftKeyset(query) : null;
      return lifted === null ? this.read(query, parameters, limit, offset) : this.read(lifted.query, [lifted.parameter], limit, offset);
    } catch (error) {
      if (error instanceof RangeError) throw unsupported('nested too deeply');
      if (error instanceof Error && !(error instanceof SuiteQlError) && 'code' in error) throw new SuiteQlError(error.message);
      throw error;
    }
  }

  private read(query: string, parameters: readonly (string | number | null)[], limit: number, offset: number): QueryPage {
    const plan = this.plan(query);
    if (parameters.length !== plan.parameterCount) throw unsupported(`${plan.parameterCount} parameters expected, ${parameters.length} given`);
    const writer = new RowWriter(plan.translated.columns, this.settings.dateFormat);
    const most = Math.min(QUERY_ROWS_MAX, plan.translated.fetchFirst ?? Number.MAX_SAFE_INTEGER);
    const write = (rowsMax: number): void => {
      if (rowsMax <= 0) return;
      const rows = plan.rows.iterate(...(parameters as SQLInputValue[]), rowsMax, offset) as unknown as Iterable<(string | number | null)[]>;
      for (const row of rows) writer.add(row);
    };
    if (offset === 0 && plan.translated.keyset === null) {
      // An aggregate that fits one page has told its total with its rows: it need not be worked out a second time.
      write(Math.min(limit, most));
      if (writer.count < limit) return { items: writer.items(), count: writer.count, totalResults: writer.count, hasMore: false };
    }
    const total = this.total(query, plan, parameters);
    if (total > QUERY_ROWS_MAX && this.settings.queryOverflow === 'error') throw unsupported(`more than ${QUERY_ROWS_MAX} rows`);
    const visible = Math.min(total, most);
    if (writer.count === 0) write(Math.min(limit, visible - offset));
    return { items: writer.items(), count: writer.count, totalResults: visible, hasMore: offset + writer.count < visible };
  }

  private visibility(): Visibility {
    const nowMs = this.clock.nowMs();
    const due = this.book.one('SELECT 1 AS one FROM x_pending WHERE visible_at <= ? LIMIT 1', nowMs) !== undefined;
    if (due) this.book.run('DELETE FROM x_pending WHERE visible_at <= ?', nowMs);
    const hasPending = this.book.one('SELECT 1 AS one FROM x_pending LIMIT 1') !== undefined;
    return { oneWorld: this.settings.oneWorld, hiddenTables: new Set(this.settings.hiddenTables), hasPending, nowMs };
  }

  private plan(query: string): Plan {
    const visibility = this.visibility();
    const key = `${query}\u0000${visibility.oneWorld}\u0000${[...visibility.hiddenTables].join()}`;
    const known = visibility.hasPending ? undefined : this.plans.get(key);
    if (known !== undefined) return known;
    const parsed = parseSuiteQl(query);
    const translated = translate(parsed.query, visibility);
    const rows = this.book.database.prepare(`${translated.sql} LIMIT ?${parsed.parameterCount + 1} OFFSET ?${parsed.parameterCount + 2}`);
    rows.setReturnArrays(true);
    const keyset = translated.keyset;
    const plan: Plan = {
      translated, rows, count: this.book.database.prepare(translated.countSql), parameterCount: parsed.parameterCount,
      countRange: keyset === null ? null : this.book.database.prepare(`${translated.countSql} AND likelihood(${keyset.columnSql} <= CAST(?${parsed.parameterCount + 1} AS NUMERIC), 0.0001)`),
    };
    if (this.plans.size >= PLANS_KEPT) this.plans.clear();
    if (!visibility.hasPending) this.plans.set(key, plan);
    return plan;
  }

  /**
   * The number of rows of the whole query. A walk by `id > ?` asks for it on every page; there it is carried on from the page before:
   * total(after b) = total(after a) - rows with a < id <= b, as long as nothing was written in between. `likelihood` tells SQLite that few rows lie
   * between two keys; otherwise it may scan the index of modification times instead.
   */
  private total(query: string, plan: Plan, parameters: readonly (string | number | null)[]): number {
    const { keyset } = plan.translated;
    const inputs = parameters as SQLInputValue[];
    if (keyset === null || plan.countRange === null) return this.cachedTotal(query, parameters, () => countOf(plan.count, inputs));
    const from = Number(parameters[keyset.parameter]);
    const others = parameters.map((parameter, index) => (index === keyset.parameter ? null : parameter));
    this.dropStaleTotals();
    const key = JSON.stringify([query, others]);
    const before = this.totals.get(key);
    if (before === undefined || !Number.isSafeInteger(from) || from < before.from) {
      const total = countOf(plan.count, inputs);
      if (Number.isSafeInteger(from)) this.keepTotal(key, from, total);
      return total;
    }
    const start = parameters.map((parameter, index) => (index === keyset.parameter ? before.from : parameter)) as SQLInputValue[];
    const total = before.total - countOf(plan.countRange, [...start, from]);
    this.keepTotal(key, from, total);
    return total;
  }

  private cachedTotal(query: string, parameters: readonly unknown[], count: () => number): number {
    this.dropStaleTotals();
    const key = JSON.stringify([query, parameters]);
    const total = this.totals.get(key)?.total ?? count();
    this.keepTotal(key, 0, total);
    return total;
  }

  private dropStaleTotals(): void {
    if (this.totalsVersion !== this.book.version) this.totals.clear();
    this.totalsVersion = this.book.version;
  }

  private keepTotal(key: string, from: number, total: number): void {
    if (this.totals.size >= TOTALS_KEPT) this.totals.clear();
    this.totals.set(key, { from, total });
  }
}

function countOf(statement: StatementSync, parameters: SQLInputValue[]): number {
  const row = statement.get(...parameters);
  return Number(Object.values(row ?? { count: 0 })[0]);
}
