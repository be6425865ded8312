import type { Row } from '../ledger/company-book.js';
import { BLANK_DAY, BLANK_GUID } from '../ledger/tables.js';

export type FieldKind = 'guid' | 'string' | 'code' | 'enum' | 'date' | 'moment' | 'decimal' | 'integer' | 'boolean';

/** One property of an API page: its name on the wire and where it comes from. `code` is text the product keeps in upper case. */
export interface Field {
  readonly name: string;
  readonly kind: FieldKind;
  /** SQL over the page's row `t`. */
  readonly sql: string;
  readonly lengthMax?: number;
  readonly members?: readonly string[];
  /** Computed in a page variable: shown, but no table field, so not to be filtered or sorted by (2.2). */
  readonly variable?: boolean;
}

export interface Navigation {
  readonly name: string;
  readonly target: string;
  /** SQL over the target's row `t`, with one `?`. */
  readonly condition: string;
  /** Field of the parent whose value is bound. */
  readonly parentField: string;
  readonly single: boolean;
}

/** An API page or query: what one entity set shows. */
export interface Page {
  readonly entitySet: string;
  readonly entityName: string;
  /** FROM and fixed WHERE; the row is called `t`. */
  readonly from: string;
  readonly where?: string;
  readonly fields: readonly Field[];
  readonly navigations: readonly Navigation[];
  /** Column that identifies a row and ends every order; `entry_no` for queries, which have no SystemId. */
  readonly key: string;
  /** Queries show no `id`, cannot be read by key and carry no ETag. */
  readonly keyless?: boolean;
  /** Table the record lies in, for messages. */
  readonly table: string;
}

const field = (kind: FieldKind) => (name: string, sql: string, lengthMax?: number): Field => ({ name, kind, sql, ...(lengthMax === undefined ? {} : { lengthMax }) });
export const guid = field('guid');
export const string = field('string');
export const code = field('code');
export const date = field('date');
export const moment = field('moment');
export const decimal = field('decimal');
export const integer = field('integer');
export const boolean = field('boolean');
export const choice = (name: string, sql: string, members: readonly string[]): Field => ({ name, kind: 'enum', sql, members });
export const variable = (base: Field): Field => ({ ...base, variable: true });
/** A field the simulated company leaves blank. */
export const blank = (name: string): Field => string(name, "''");
export const blankGuid = (name: string): Field => guid(name, `'${BLANK_GUID}'`);
export const blankDay = (name: string): Field => date(name, `'${BLANK_DAY}'`);
export const no = (name: string): Field => boolean(name, '0');
export const MODIFIED: Field = moment('lastModifiedDateTime', 't.modified_at');
export const ID: Field = guid('id', 't.id');

export const many = (name: string, target: string, condition: string, parentField = 'id'): Navigation => ({ name, target, condition, parentField, single: false });
export const one = (name: string, target: string, condition: string, parentField = 'id'): Navigation => ({ name, target, condition, parentField, single: true });

/** The internal columns read beside the fields. */
export const KEY_COLUMN = '__key';
export const VERSION_COLUMN = '__version';

/** The ETag of a row as the product writes it: opaque, weak, base64. */
export function etagOf(row: Row): string {
  const plain = `'44;${String(row[KEY_COLUMN]).slice(0, 8)}=${String(row[VERSION_COLUMN])};00;'`;
  return `W/"${Buffer.from(plain).toString('base64')}"`;
}
