import { badRequest } from './odata-error.js';

export type Literal = { readonly kind: 'string' | 'bare'; readonly text: string };
export type Comparison = 'eq' | 'ne' | 'gt' | 'ge' | 'lt' | 'le';
export type TextFunction = 'startswith' | 'endswith' | 'contains';

export type Filter =
  | { readonly kind: 'compare'; readonly field: string; readonly operator: Comparison; readonly value: Literal }
  | { readonly kind: 'text'; readonly call: TextFunction; readonly field: string; readonly value: Literal }
  | { readonly kind: 'in'; readonly field: string; readonly values: readonly Literal[] }
  | { readonly kind: 'and'; readonly left: Filter; readonly right: Filter }
  | { readonly kind: 'or'; readonly left: Filter; readonly right: Filter }
  | { readonly kind: 'not'; readonly inner: Filter }
  /** A lambda (`any`, `all`): read and ignored, as the product does (2.2). */
  | { readonly kind: 'ignored' };

const TOKEN = /\s*(?:('(?:[^']|'')*')|([A-Za-z_][\w/]*)|([(),:])|([-+]?\d[\w.:+-]*))/y;
const COMPARISONS: readonly string[] = ['eq', 'ne', 'gt', 'ge', 'lt', 'le'] satisfies Comparison[];
const FUNCTIONS: readonly string[] = ['startswith', 'endswith', 'contains'] satisfies TextFunction[];
const GUID = /\s*([0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12})/y;

/**
 * `$filter` in the product's dialect: eq ne gt ge lt le and or not, startswith, endswith, contains; `in` where `allowIn` says the schema version has it.
 * @throws ODataError 400 when the text is none
 */
export function parseFilter(text: string, allowIn: boolean): Filter {
  const parser = new FilterParser(tokensOf(text), allowIn, text);
  const filter = parser.disjunction();
  parser.end();
  return filter;
}

function tokensOf(text: string): string[] {
  const tokens: string[] = [];
  let position = 0;
  while (text.slice(position).trim() !== '') {
    GUID.lastIndex = position;
    TOKEN.lastIndex = position;
    const match = GUID.exec(text) ?? TOKEN.exec(text);
    if (match === null) throw badRequest(`Syntax error: character '${text.slice(position).trim().charAt(0)}' is not valid at position ${position} in '${text}'.`);
    tokens.push(match[0].trim());
    position += match[0].length;
  }
  return tokens;
}

class FilterParser {
  private position = 0;

  constructor(private readonly tokens: readonly string[], private readonly allowIn: boolean, private readonly source: string) {}

  end(): void {
    if (this.position < this.tokens.length) throw this.error();
  }

  disjunction(): Filter {
    let left = this.conjunction();
    while (this.accept('or')) left = { kind: 'or', left, right: this.conjunction() };
    return left;
  }

  private conjunction(): Filter {
    let left = this.factor();
    while (this.accept('and')) left = { kind: 'and', left, right: this.factor() };
    return left;
  }

  private factor(): Filter {
    if (this.accept('not')) return { kind: 'not', inner: this.factor() };
    if (this.accept('(')) {
      const inner = this.disjunction();
      this.expect(')');
      return inner;
    }
    const name = this.word();
    if (/\/(any|all)$/.test(name)) return this.lambda();
    if (this.accept('(')) return this.call(name);
    const operator = this.next();
    if (operator === 'in') return this.membership(name);
    if (!isComparison(operator)) throw this.error();
    return { kind: 'compare', field: name, operator, value: this.literal() };
  }

  private call(name: string): Filter {
    if (!isFunction(name)) throw badRequest(`An unknown function with name '${name}' was found. This may also be a function import or a key lookup on a navigation property, which is not allowed.`);
    const field = this.word();
    if (this.tokens[this.position] === '(') throw badRequest(`Nested function calls are not supported in '${this.source}'.`);
    this.expect(',');
    const value = this.literal();
    this.expect(')');
    if (this.tokens[this.position] === 'eq' && this.tokens[this.position + 1] === 'true') this.position += 2;
    return { kind: 'text', call: name, field, value };
  }

  private membership(field: string): Filter {
    if (!this.allowIn) throw badRequest(`The 'in' operator is not supported without $schemaversion=2.1.`);
    this.expect('(');
    const values = [this.literal()];
    while (this.accept(',')) values.push(this.literal());
    this.expect(')');
    return { kind: 'in', field, values };
  }

  private lambda(): Filter {
    this.expect('(');
    for (let open = 1; open > 0;) {
      const token = this.next();
      if (token === '(') open += 1;
      if (token === ')') open -= 1;
    }
    return { kind: 'ignored' };
  }

  private literal(): Literal {
    const token = this.next();
    if (token.startsWith("'")) return { kind: 'string', text: token.slice(1, -1).replaceAll("''", "'") };
    if (/^[(),:]$/.test(token)) throw this.error();
    return { kind: 'bare', text: token };
  }

  private word(): string {
    const token = this.next();
    if (!/^[A-Za-z_]/.test(token)) throw this.error();
    return token;
  }

  private accept(token: string): boolean {
    if (this.tokens[this.position] !== token) return false;
    this.position += 1;
    return true;
  }

  private expect(token: string): void {
    if (!this.accept(token)) throw this.error();
  }

  private next(): string {
    const token = this.tokens[this.position];
    if (token === undefined) throw this.error();
    this.position += 1;
    return token;
  }

  private error(): Error {
    return badRequest(`Syntax error at position ${this.position} in '${this.source}'.`);
  }
}

function isComparison(text: string): text is Comparison {
  return COMPARISONS.includes(text);
}

function isFunction(text: string): text is TextFunction {
  return FUNCTIONS.includes(text);
}
