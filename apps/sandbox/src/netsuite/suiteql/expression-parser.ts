import { SuiteQlError, unsupported } from './suiteql-error.js';
import type { Expression, Query } from './syntax.js';
import type { Token } from './tokens.js';

/** More items in an IN list are refused (reference A3). */
export const IN_ITEMS_MAX = 1000;
/** Deeper nesting than any query needs; keeps the recursion bounded. */
const NESTING_MAX = 100;

const COMPARISONS = new Set(['=', '<>', '<', '<=', '>', '>=']);
const RESERVED = new Set(['select', 'from', 'where', 'and', 'or', 'not', 'group', 'order', 'by', 'having', 'union', 'case', 'when', 'then', 'else', 'end', 'is', 'in', 'like', 'between', 'exists']);

/** Recursive descent over tokens: OR, AND, NOT, comparison, `||`, sum, product, primary. */
export abstract class ExpressionParser {
  parameterCount = 0;
  protected position = 0;
  private depth = 0;

  constructor(private readonly tokens: readonly Token[]) {}

  abstract query(): Query;

  expression(): Expression {
    this.depth += 1;
    if (this.depth > NESTING_MAX) throw unsupported(`nested deeper than ${NESTING_MAX}`);
    let left = this.conjunction();
    while (this.skipWord('or')) left = { kind: 'binary', operator: 'or', left, right: this.conjunction() };
    this.depth -= 1;
    return left;
  }

  private conjunction(): Expression {
    let left = this.negation();
    while (this.skipWord('and')) left = { kind: 'binary', operator: 'and', left, right: this.negation() };
    return left;
  }

  private negation(): Expression {
    return this.skipWord('not') ? { kind: 'unary', operator: 'not', inner: this.negation() } : this.comparison();
  }

  private comparison(): Expression {
    const left = this.concatenation();
    const token = this.token();
    if (token.kind === 'symbol' && COMPARISONS.has(token.text)) {
      this.position += 1;
      return { kind: 'binary', operator: token.text, left, right: this.concatenation() };
    }
    if (this.skipWord('is')) {
      const negated = this.skipWord('not');
      this.expectWord('null');
      return { kind: 'isNull', inner: left, negated };
    }
    const negated = this.peekWord('not') && this.skipWord('not');
    if (this.skipWord('in')) return this.membership(left, negated);
    if (this.skipWord('between')) {
      const low = this.concatenation();
      this.expectWord('and');
      return { kind: 'between', inner: left, negated, low, high: this.concatenation() };
    }
    if (this.skipWord('like')) return { kind: 'binary', operator: negated ? 'not like' : 'like', left, right: this.concatenation() };
    if (negated) throw this.unexpected();
    return left;
  }

  private membership(inner: Expression, negated: boolean): Expression {
    this.expectSymbol('(');
    const list = this.peekWord('select') ? this.query() : this.commaSeparated(() => this.expression());
    this.expectSymbol(')');
    if ('length' in list && list.length > IN_ITEMS_MAX) throw unsupported(`maximum number of expressions in a list is ${IN_ITEMS_MAX}`);
    return { kind: 'in', inner, negated, list };
  }

  private concatenation(): Expression {
    let left = this.sum();
    while (this.skipSymbol('||')) left = { kind: 'binary', operator: '||', left, right: this.sum() };
    return left;
  }

  private sum(): Expression {
    let left = this.product();
    for (;;) {
      if (this.skipSymbol('+')) left = { kind: 'binary', operator: '+', left, right: this.product() };
      else if (this.skipSymbol('-')) left = { kind: 'binary', operator: '-', left, right: this.product() };
      else return left;
    }
  }

  private product(): Expression {
    let left = this.signed();
    for (;;) {
      if (this.skipSymbol('*')) left = { kind: 'binary', operator: '*', left, right: this.signed() };
      else if (this.skipSymbol('/')) left = { kind: 'binary', operator: '/', left, right: this.signed() };
      else return left;
    }
  }

  private signed(): Expression {
    if (this.skipSymbol('-')) return { kind: 'unary', operator: '-', inner: this.signed() };
    return this.primary();
  }

  private primary(): Expression {
    const token = this.token();
    if (token.kind === 'number' || token.kind === 'string') {
      this.position += 1;
      return { kind: token.kind, text: token.text };
    }
    if (this.skipSymbol('?')) return { kind: 'parameter', index: this.parameterCount++ };
    if (this.skipSymbol('(')) {
      const inner: Expression = this.peekWord('select') ? { kind: 'query', query: this.query() } : this.expression();
      this.expectSymbol(')');
      return inner;
    }
    if (this.skipWord('null')) return { kind: 'null' };
    if (this.skipWord('case')) return this.caseExpression();
    if (this.skipWord('exists')) {
      this.expectSymbol('(');
      const query = this.query();
      this.expectSymbol(')');
      return { kind: 'exists', query };
    }
    if ((this.peekWord('date') || this.peekWord('timestamp')) && this.tokens[this.position + 1]?.kind === 'string') throw unsupported('date literals are not supported, use TO_DATE');
    return this.columnOrCall();
  }

  private caseExpression(): Expression {
    const subject = this.peekWord('when') ? null : this.expression();
    const branches: { when: Expression; result: Expression }[] = [];
    while (this.skipWord('when')) {
      const when = this.expression();
      this.expectWord('then');
      branches.push({ when, result: this.expression() });
    }
    const otherwise = this.skipWord('else') ? this.expression() : null;
    this.expectWord('end');
    return { kind: 'case', subject, branches, otherwise };
  }

  private columnOrCall(): Expression {
    const first = this.name();
    if (!this.skipSymbol('.')) return this.skipSymbol('(') ? this.call(first) : { kind: 'column', table: null, name: first };
    const second = this.name(true);
    if (this.skipSymbol('(')) return this.call(`${first}.${second}`);
    return { kind: 'column', table: first, name: second };
  }

  private call(name: string): Expression {
    if (this.skipSymbol(')')) return { kind: 'call', name, distinct: false, inputs: [] };
    if (this.skipSymbol('*')) {
      this.expectSymbol(')');
      return { kind: 'call', name, distinct: false, inputs: [{ kind: 'star', table: null }] };
    }
    const distinct = this.skipWord('distinct');
    const inputs = this.commaSeparated(() => this.expression());
    this.expectSymbol(')');
    return { kind: 'call', name, distinct, inputs };
  }

  protected commaSeparated<T>(read: () => T): T[] {
    const list = [read()];
    while (this.skipSymbol(',')) list.push(read());
    return list;
  }

  protected name(afterDot = false): string {
    const token = this.token();
    const usable = token.kind === 'quoted' || (token.kind === 'word' && (afterDot || !RESERVED.has(token.text)));
    if (!usable) throw this.unexpected();
    this.position += 1;
    return token.text.toLowerCase();
  }

  protected peekName(): boolean {
    const token = this.token();
    return token.kind === 'quoted' || (token.kind === 'word' && !RESERVED.has(token.text));
  }

  protected integer(): number {
    const token = this.token();
    if (token.kind !== 'number' || token.text.includes('.')) throw this.unexpected();
    this.position += 1;
    return Number(token.text);
  }

  protected token(): Token {
    const token = this.tokens[this.position];
    if (token === undefined) throw new SuiteQlError('Invalid or unsupported search.');
    return token;
  }

  protected peekWord(word: string): boolean {
    const token = this.token();
    return token.kind === 'word' && token.text === word;
  }

  protected peekSymbolAt(ahead: number, symbol: string): boolean {
    const token = this.tokens[this.position + ahead];
    return token?.kind === 'symbol' && token.text === symbol;
  }

  protected skipWord(word: string): boolean {
    const found = this.peekWord(word);
    if (found) this.position += 1;
    return found;
  }

  protected skipWords(first: string, second: string): boolean {
    const next = this.tokens[this.position + 1];
    const found = this.peekWord(first) && next?.kind === 'word' && next.text === second;
    if (found) this.position += 2;
    return found;
  }

  protected skipSymbol(symbol: string): boolean {
    const found = this.peekSymbolAt(0, symbol);
    if (found) this.position += 1;
    return found;
  }

  protected expectWord(word: string): void {
    if (!this.skipWord(word)) throw this.unexpected();
  }

  protected expectSymbol(symbol: string): void {
    if (!this.skipSymbol(symbol)) throw this.unexpected();
  }

  protected expectEnd(): void {
    if (this.token().kind !== 'end') throw this.unexpected();
  }

  protected unexpected(): SuiteQlError {
    const token = this.token();
    return unsupported(`unexpected ${token.raw} at ${token.at + 1}`);
  }
}
