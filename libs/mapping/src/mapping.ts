import type { EntityName } from '#canonical';
import type { Path } from './path.js';
import type { Target } from './target.js';

/** A loaded and checked mapping file. Plain data: it can be compared, fingerprinted and shown. */
export type Mapping = ReadMapping | WriteMapping;

interface MappingHead {
  /** `netsuite.invoice.read`. An overlay has the name of the mapping it overlays. */
  readonly name: string;
  /** Goes up with any change of meaning; stored with every row the mapping made. */
  readonly version: number;
  readonly file: string;
  /** True for a connection's own additions; such a file need not be complete. */
  readonly overlay: boolean;
  readonly rules: readonly Rule[];
}

/** Source record in, canonical entity out. */
export interface ReadMapping extends MappingHead {
  readonly direction: 'read';
  readonly connector: string;
  /** The source's own word for the record. */
  readonly record: string;
  readonly entity: EntityName;
  /** Canonical fields the source has nothing for, each with the reason. */
  readonly absent: readonly Reason[];
  /** Line of `rest: extras`, which sends unclaimed source scalars to `extras`; null without it. */
  readonly rest: { readonly line: number } | null;
  /** Source paths that are neither claimed nor extras, each with the reason. */
  readonly ignore: readonly IgnoredPath[];
}

/** A value of the hub in, the body of a request out. */
export interface WriteMapping extends MappingHead {
  readonly direction: 'write';
  readonly connector: string;
  readonly record: string;
  /** What the connector hands in, in its own word: `postPayment`. */
  readonly value: string;
}

export interface Reason {
  readonly field: string;
  readonly because: string;
  readonly file: string;
  readonly line: number;
}

export interface IgnoredPath {
  readonly path: Path;
  readonly because: string;
}

export type Rule = FieldRule | ListRule;

interface RuleHead {
  /** Canonical field, or dotted output path of a write mapping. */
  readonly field: string;
  readonly target: Target;
  readonly file: string;
  readonly line: number;
  /** Missing and null are errors unless this says otherwise. */
  readonly whenMissing: 'refuse' | 'null' | 'omit';
}

export interface FieldRule extends RuleHead {
  readonly kind: 'field';
  readonly source: { readonly paths: readonly Path[] } | { readonly constant: string };
  readonly via: string;
  readonly arguments: Arguments;
  /** Source texts that mean "nothing": Business Central's `0001-01-01`. */
  readonly absentWhen: readonly string[];
  readonly fallback: { readonly value: string; readonly because: string } | null;
}

/** One target row for every source row. */
export interface ListRule extends RuleHead {
  readonly kind: 'list';
  readonly each: Path;
  /** Only rows whose value at the path is one of these texts. */
  readonly only: readonly { readonly path: Path; readonly values: readonly string[] }[];
  /** Rules of a row, or the one rule that gives a row's text; when that is optional, rows without it are passed over. */
  readonly rows: { readonly rules: readonly Rule[] } | { readonly text: FieldRule };
  readonly omitWhenEmpty: boolean;
}

/** What a rule says beside `from` and `via`. Which are allowed is part of each transform's entry in the table. */
export interface Arguments {
  readonly texts: Readonly<Record<string, string>>;
  readonly flags: Readonly<Record<string, boolean>>;
  readonly paths: Readonly<Record<string, Path>>;
  readonly maps: Readonly<Record<string, ReadonlyMap<string, string>>>;
}

export const NO_ARGUMENTS: Arguments = { texts: {}, flags: {}, paths: {}, maps: {} };
