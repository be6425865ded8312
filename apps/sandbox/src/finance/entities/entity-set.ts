import type { Environment } from '../environment.js';
import type { Writer } from '../book/book.js';
import type { Identity } from '../book/records.js';
import type { Column, Row } from '../odata/columns.js';

/** A record as a collection shows it. */
export interface Viewed extends Identity {
  readonly row: Row;
}

/** A navigation property and how its target is found; `many` answers a list. */
export interface Navigation {
  readonly name: string;
  readonly target: string;
  readonly many: boolean;
  /** The target's rows for one of ours. */
  find(environment: Environment, from: Viewed): readonly Identity[];
}

/** A write as the rules see it. */
export interface Write {
  readonly environment: Environment;
  /** Only what the body gave. */
  readonly given: Row;
  readonly writer: Writer;
  /** The door: records from a package are marked so. */
  readonly origin: 'api' | 'package';
}

/** A collection under /data. What it does not offer is absent. */
export interface EntitySet {
  /** `CustomersV3` */
  readonly collection: string;
  /** `CustomerV3`, the type in metadata and texts. */
  readonly publicName: string;
  /** `CustCustomerV3Entity`, the table the infolog names. */
  readonly entity: string;
  /** The name data management knows it by. */
  readonly label: string;
  readonly columns: readonly Column[];
  readonly key: readonly string[];
  /** The column that holds the company; null for what all companies share. */
  readonly companyColumn: string | null;
  readonly navigation: readonly Navigation[];
  /** Every record, in the order of RecIds, seen by nobody in particular. */
  view(environment: Environment): readonly Viewed[];
  /** @throws ODataError */
  create?(write: Write): Identity;
  /** @throws ODataError */
  update?(write: Write, target: Viewed): void;
  /** @throws ODataError */
  remove?(write: Omit<Write, 'given'>, target: Viewed): void;
}

/** Shows records through a function of the record alone; what was shown once is kept as long as the record. */
export function viewing<T extends Identity>(records: (environment: Environment) => readonly T[], rowOf: (record: T) => Row): (environment: Environment) => readonly Viewed[] {
  const shown = new WeakMap<T, Viewed>();
  return (environment) => records(environment).map((record) => {
    let viewed = shown.get(record);
    if (viewed === undefined) {
      viewed = { recId: record.recId, version: record.version, row: rowOf(record) };
      shown.set(record, viewed);
    }
    return viewed;
  });
}
