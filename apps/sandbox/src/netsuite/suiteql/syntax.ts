/** SuiteQL's syntax as data: what the parser gives and the translator takes. */
export type Expression =
  | { readonly kind: 'number' | 'string'; readonly text: string }
  | { readonly kind: 'null' }
  | { readonly kind: 'parameter'; readonly index: number }
  | { readonly kind: 'column'; readonly table: string | null; readonly name: string }
  | { readonly kind: 'star'; readonly table: string | null }
  | { readonly kind: 'call'; readonly name: string; readonly distinct: boolean; readonly inputs: readonly Expression[] }
  | { readonly kind: 'binary'; readonly operator: string; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'unary'; readonly operator: 'not' | '-'; readonly inner: Expression }
  | { readonly kind: 'isNull'; readonly inner: Expression; readonly negated: boolean }
  | { readonly kind: 'in'; readonly inner: Expression; readonly negated: boolean; readonly list: readonly Expression[] | Query }
  | { readonly kind: 'between'; readonly inner: Expression; readonly negated: boolean; readonly low: Expression; readonly high: Expression }
  | { readonly kind: 'case'; readonly subject: Expression | null; readonly branches: readonly { readonly when: Expression; readonly result: Expression }[]; readonly otherwise: Expression | null }
  | { readonly kind: 'query'; readonly query: Query }
  | { readonly kind: 'exists'; readonly query: Query };

export interface SelectItem {
  readonly value: Expression;
  readonly alias: string | null;
}

export interface Source {
  readonly from: string | Query;
  readonly alias: string;
  readonly join: 'first' | 'inner' | 'left' | 'cross';
  readonly on: Expression | null;
}

export interface Select {
  readonly distinct: boolean;
  readonly items: readonly SelectItem[];
  readonly sources: readonly Source[];
  readonly where: Expression | null;
  readonly groupBy: readonly Expression[];
  readonly having: Expression | null;
}

export interface OrderTerm {
  readonly value: Expression;
  readonly descending: boolean;
  readonly nulls: 'first' | 'last' | null;
}

export interface Query {
  readonly selects: readonly Select[];
  /** Between the selects: `union` or `union all`. */
  readonly unions: readonly ('union' | 'union all')[];
  readonly orderBy: readonly OrderTerm[];
  readonly fetchFirst: number | null;
}
