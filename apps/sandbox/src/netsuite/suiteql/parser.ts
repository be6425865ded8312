import { ExpressionParser } from './expression-parser.js';
import { unsupported } from './suiteql-error.js';
import type { Expression, OrderTerm, Query, Select, SelectItem, Source } from './syntax.js';
import { tokenize } from './tokens.js';

export interface ParsedQuery {
  readonly query: Query;
  readonly parameterCount: number;
}

/**
 * Reads one SuiteQL statement. Refused as reference A3 says: WITH, LIMIT, date literals, Oracle joins, brackets, more than 1,000 IN items.
 * `OFFSET n ROWS` is read and ignored: the real service returns the first rows again.
 * @throws SuiteQlError
 */
export function parseSuiteQl(text: string): ParsedQuery {
  const parser = new QueryParser(tokenize(text));
  const query = parser.statement();
  return { query, parameterCount: parser.parameterCount };
}

const AFTER_SOURCE = new Set(['on', 'join', 'inner', 'left', 'right', 'full', 'cross', 'where', 'group', 'order', 'having', 'fetch', 'offset', 'union', 'limit', 'minus', 'intersect']);

class QueryParser extends ExpressionParser {
  statement(): Query {
    if (this.peekWord('with')) throw unsupported('WITH is not supported');
    if (!this.peekWord('select')) throw unsupported('only SELECT is supported');
    const query = this.query();
    this.skipSymbol(';');
    this.expectEnd();
    return query;
  }

  override query(): Query {
    const selects: Select[] = [this.select()];
    const unions: ('union' | 'union all')[] = [];
    while (this.skipWord('union')) {
      unions.push(this.skipWord('all') ? 'union all' : 'union');
      selects.push(this.select());
    }
    const orderBy = this.skipWords('order', 'by') ? this.commaSeparated(() => this.orderTerm()) : [];
    const fetchFirst = this.rowLimits();
    if (this.peekWord('limit')) throw unsupported('LIMIT is not supported');
    return { selects, unions, orderBy, fetchFirst };
  }

  private rowLimits(): number | null {
    let fetchFirst: number | null = null;
    for (;;) {
      if (this.skipWord('offset')) {
        this.integer();
        if (!this.skipWord('rows')) this.expectWord('row');
      } else if (this.skipWord('fetch')) {
        if (!this.skipWord('first')) this.expectWord('next');
        fetchFirst = this.integer();
        if (!this.skipWord('rows')) this.expectWord('row');
        this.expectWord('only');
      } else {
        return fetchFirst;
      }
    }
  }

  private select(): Select {
    this.expectWord('select');
    const distinct = this.skipWord('distinct');
    if (!distinct) this.skipWord('all');
    const items = this.commaSeparated(() => this.selectItem());
    this.expectWord('from');
    const sources = this.sources();
    const where = this.skipWord('where') ? this.expression() : null;
    const groupBy = this.skipWords('group', 'by') ? this.commaSeparated(() => this.expression()) : [];
    const having = this.skipWord('having') ? this.expression() : null;
    return { distinct, items, sources, where, groupBy, having };
  }

  private selectItem(): SelectItem {
    const star = this.star();
    if (star !== null) return { value: star, alias: null };
    const value = this.expression();
    if (this.skipWord('as')) return { value, alias: this.name() };
    return { value, alias: this.peekName() && !this.peekWord('from') ? this.name() : null };
  }

  private star(): Expression | null {
    if (this.skipSymbol('*')) return { kind: 'star', table: null };
    if (this.peekName() && this.peekSymbolAt(1, '.') && this.peekSymbolAt(2, '*')) {
      const table = this.name();
      this.skipSymbol('.');
      this.skipSymbol('*');
      return { kind: 'star', table };
    }
    return null;
  }

  private sources(): Source[] {
    const sources: Source[] = [this.source('first', false)];
    for (;;) {
      if (this.skipSymbol(',')) sources.push(this.source('cross', false));
      else if (this.skipWords('cross', 'join')) sources.push(this.source('cross', false));
      else if (this.skipWords('inner', 'join') || this.skipWord('join')) sources.push(this.source('inner', true));
      else if (this.skipWord('left')) {
        this.skipWord('outer');
        this.expectWord('join');
        sources.push(this.source('left', true));
      } else if (this.peekWord('right') || this.peekWord('full')) throw unsupported('RIGHT and FULL JOIN are not simulated');
      else return this.refuseMixedJoins(sources);
    }
  }

  private refuseMixedJoins(sources: Source[]): Source[] {
    const ansi = sources.some((source) => source.join === 'inner' || source.join === 'left');
    if (ansi && sources.some((source) => source.join === 'cross')) throw unsupported('comma joins and ANSI joins cannot be mixed');
    return sources;
  }

  private source(join: Source['join'], needsOn: boolean): Source {
    const isQuery = this.skipSymbol('(');
    const from = isQuery ? this.query() : this.name();
    if (isQuery) this.expectSymbol(')');
    this.skipWord('as');
    const hasAlias = this.peekName() && ![...AFTER_SOURCE].some((word) => this.peekWord(word));
    const alias = hasAlias ? this.name() : typeof from === 'string' ? from : `subquery${this.position}`;
    if (needsOn) this.expectWord('on');
    return { from, alias, join, on: needsOn ? this.expression() : null };
  }

  private orderTerm(): OrderTerm {
    const value = this.expression();
    const descending = this.skipWord('desc');
    if (!descending) this.skipWord('asc');
    if (!this.skipWord('nulls')) return { value, descending, nulls: null };
    if (this.skipWord('first')) return { value, descending, nulls: 'first' };
    this.expectWord('last');
    return { value, descending, nulls: 'last' };
  }
}
