import type { FieldForm } from './forms.js';

/** A layout file, checked. What the words mean for whoever writes one stands in README.md. */
export interface LayoutTable {
  readonly name: string;
  readonly version: number;
  readonly file: string;
  readonly direction: 'read' | 'write' | 'both';
  /** Which parts nobody has confirmed yet, in sentences. */
  readonly assumed: readonly string[];
  readonly kind: 'delimited' | 'fixed' | 'jsonLines' | 'jsonArray';
  readonly encoding: EncodingName;
  /** Stands in for a character the encoding lacks; null refuses it. */
  readonly replacement: string | null;
  readonly lineEnd: '\n' | '\r\n' | '';
  readonly lastLineEnd: 'required' | 'optional';
  readonly delimited: DelimitedWords;
  /** Characters of every record of a fixed-width file; null where they differ. */
  readonly recordLength: number | null;
  readonly tag: TagPlace | null;
  readonly detailsMax: number | null;
  readonly records: readonly RecordTable[];
}

export const ENCODINGS = ['utf-8', 'utf-8-bom', 'windows-1252', 'iso-8859-1', 'ascii'] as const;
export type EncodingName = (typeof ENCODINGS)[number];

export interface DelimitedWords {
  readonly delimiter: string;
  readonly quote: string;
  readonly quoting: 'asNeeded' | 'always' | 'never';
  readonly header: boolean;
  readonly extraColumns: 'refuse' | 'ignore' | 'keep';
}

/** Where a record says of which kind it is. */
export type TagPlace = { readonly column: number } | { readonly from: number; readonly to: number } | { readonly path: string };

export interface RecordTable {
  readonly name: string;
  readonly line: number;
  readonly place: 'header' | 'detail' | 'trailer' | 'nested';
  readonly tag: string | null;
  readonly optional: boolean;
  /** List whose items each make a record of this kind; null makes one for its parent. */
  readonly each: ValuePath | null;
  /** With an empty list, write one record all the same. */
  readonly orOnce: boolean;
  /** Which values get this record: all of `only`, none of `unless`. */
  readonly only: readonly Condition[];
  readonly unless: readonly Condition[];
  readonly fields: readonly FieldTable[];
  readonly nested: readonly RecordTable[];
}

export interface Condition {
  readonly path: ValuePath;
  readonly values: readonly string[];
}

/** `amount` is the row's own, `../amount` its parent's, `/amount` the detail's, `//amount` the file's. `.` is the row itself. */
export interface ValuePath {
  readonly root: 'item' | 'parent' | 'detail' | 'file';
  readonly steps: readonly string[];
  readonly text: string;
}

export interface FieldTable {
  readonly name: string;
  readonly line: number;
  /** Its heading, in delimited files with a header row. */
  readonly column: string;
  /** 1-based and inclusive; zero where the layout has no positions. */
  readonly from: number;
  readonly to: number;
  /** Its place in a JSON record. */
  readonly path: readonly string[];
  readonly optional: boolean;
  readonly source: FieldSource;
  readonly form: FieldForm;
  /** Where the amount's currency stands; null takes the field's own decimals. */
  readonly currency: ValuePath | null;
}

export type FieldSource =
  | { readonly kind: 'value'; readonly path: ValuePath }
  | { readonly kind: 'constant'; readonly text: string }
  /** Records of these kinds; `null` counts every record of the file. */
  | { readonly kind: 'count'; readonly records: readonly string[] | null }
  | { readonly kind: 'sum'; readonly record: string; readonly field: string }
  /** Digits of the field added up; the last `digits` of the sum. */
  | { readonly kind: 'hash'; readonly record: string; readonly field: string; readonly digits: number }
  /** Counts from one: among its siblings, its detail among all, or its line in the file. */
  | { readonly kind: 'number'; readonly of: 'siblings' | 'details' | 'lines' }
  | { readonly kind: 'last'; readonly yes: string; readonly no: string };

/** All records of a layout, parents before what they hold. */
export function recordsOf(records: readonly RecordTable[]): readonly RecordTable[] {
  return records.flatMap((record) => [record, ...recordsOf(record.nested)]);
}
