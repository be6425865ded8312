import type { Environment } from '../environment.js';
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
  /** The target's records for one of ours. */
  find(environment: Environment, from: Viewed): readonly Identity[];
}

/** A write as the rules see it. */
export interface Write {
  readonly environment: Environment;
  /** Only what the body gave. */
  readonly given: Row;
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
  /** One record of this collection's table. */
  show(record: Identity): Viewed;
  /** @returns the record as it is afterwards. @throws ODataError */
  create?(write: Write): Identity;
  /** @throws ODataError */
  update?(write: Write, target: Viewed): void;
  /** @throws ODataError */
  remove?(write: Omit<Write, 'given'>, target: Viewed): void;
}

/**
 * Shows records through a function of the record alone. What was shown once is kept as long as the record, and a whole list as long as nothing in its
 * table changed: lists of ten thousand rows are asked for page by page.
 */
export function viewing<T extends Identity>(records: (environment: Environment) => readonly T[], rowOf: (record: T) => Row, wanted: (record: T) => boolean = () => true): Pick<EntitySet, 'view' | 'show'> {
  const shown = new WeakMap<Identity, Viewed>();
  const lists = new WeakMap<readonly T[], readonly Viewed[]>();
  const show = (record: Identity): Viewed => {
    let viewed = shown.get(record);
    if (viewed === undefined) {
      viewed = { recId: record.recId, version: record.version, row: rowOf(record as T) };
      shown.set(record, viewed);
    }
    return viewed;
  };
  const view = (environment: Environment): readonly Viewed[] => {
    const all = records(environment);
    let list = lists.get(all);
    if (list === undefined) {
      list = all.filter(wanted).map(show);
      lists.set(all, list);
    }
    return list;
  };
  return { view, show };
}
