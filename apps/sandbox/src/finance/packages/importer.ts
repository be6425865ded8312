import type { EntitySet } from '../entities/entity-set.js';
import type { Environment } from '../environment.js';
import { ODataError } from '../odata/odata-error.js';
import type { Cell, Row } from '../odata/columns.js';
import { PackageError, readPackage, rowOfStaged, stagedRows, type PackageFile, type StagedRow } from './package-file.js';

/** DMFExecutionSummaryStatus (specs fno-ar-entities.json). */
export type ExecutionStatus = 'Unknown' | 'NotRun' | 'Executing' | 'Succeeded' | 'PartiallySucceeded' | 'Failed' | 'Canceled';

/** Why a record of a package is not in the target. */
export interface RecordError {
  readonly entity: string;
  readonly line: number;
  /** Not understood on the way in, or refused by the target's rules. */
  readonly stage: 'staging' | 'target';
  readonly message: string;
  readonly keys: Row;
}

export interface ImportOutcome {
  readonly status: ExecutionStatus;
  readonly errors: readonly RecordError[];
}

/** Works through a package, record by record: what is refused does not hold up the rest (reference 3.8: PartiallySucceeded is normal). */
export class Importer {
  private readonly errors: RecordError[] = [];
  private written = 0;
  /** The number a journal got, by the one the package gave it. */
  private readonly numbers = new Map<string, string>();

  /** @param sets the project's entities, in their order */
  constructor(private readonly environment: Environment, private readonly legalEntityId: string, private readonly sets: readonly EntitySet[]) {}

  /** @throws PackageError when the package cannot be read at all */
  run(bytes: Buffer | null): ImportOutcome {
    if (bytes === null) throw new PackageError('The package could not be downloaded.');
    return this.runFiles(readPackage(bytes));
  }

  /** Works through files whose entities are known. @throws PackageError for an entity that is not part of the project */
  runFiles(files: readonly PackageFile[]): ImportOutcome {
    for (const file of files) {
      if (!this.sets.some((set) => set.label === file.entity)) throw new PackageError(`The entity '${file.entity}' is not part of the data project.`);
    }
    for (const set of this.sets) {
      for (const file of files.filter((each) => each.entity === set.label)) for (const staged of stagedRows(file.text)) this.take(set, staged);
    }
    const status = this.errors.length === 0 ? 'Succeeded' : this.written === 0 ? 'Failed' : 'PartiallySucceeded';
    return { status, errors: this.errors };
  }

  private take(set: EntitySet, staged: StagedRow): void {
    const failed = (stage: RecordError['stage'], message: string, keys: Row): void => { this.errors.push({ entity: set.label, line: staged.line, stage, message, keys }); };
    let row: Row;
    try {
      row = this.complete(set, rowOfStaged(set.columns, staged));
    } catch (error) {
      if (!(error instanceof PackageError)) throw error;
      failed('staging', error.message, {});
      return;
    }
    try {
      this.environment.book.write('batch', () => { this.write(set, row); });
      this.written += 1;
    } catch (error) {
      if (!(error instanceof ODataError)) throw error;
      failed('target', error.inner ?? error.message, Object.fromEntries(set.key.map((name) => [name, row[name] ?? ''])));
    }
  }

  /** The company of the import, and the numbers journals got. */
  private complete(set: EntitySet, row: Row): Row {
    const cells: Record<string, Cell> = { ...row };
    if (set.companyColumn !== null) cells[set.companyColumn] = String(cells[set.companyColumn] ?? this.legalEntityId).toLowerCase();
    if (typeof cells['InvoiceCompany'] === 'string') cells['InvoiceCompany'] = cells['InvoiceCompany'].toLowerCase();
    const given = cells['JournalBatchNumber'];
    if (typeof given !== 'string' || this.environment.settings.packageNumbering === 'asGiven') return cells;
    if (set.collection === 'CustomerPaymentJournalHeaders') {
      this.numbers.set(given, this.environment.book.nextNumber(`journal ${String(cells['dataAreaId'])}`, ''));
    }
    cells['JournalBatchNumber'] = this.numbers.get(given) ?? given;
    return cells;
  }

  /** A record that is there already is changed, another one is made. */
  private write(set: EntitySet, row: Row): void {
    const { environment } = this;
    const complete = set.key.every((name) => row[name] !== undefined);
    const target = complete ? set.view(environment).find((each) => set.key.every((name) => each.row[name] === row[name])) : undefined;
    if (target !== undefined && set.update !== undefined) {
      const changes = Object.fromEntries(Object.entries(row).filter(([name]) => !set.key.includes(name)));
      set.update({ environment, given: changes, origin: 'package' }, target);
    } else if (set.create !== undefined) set.create({ environment, given: row, origin: 'package' });
    else throw new ODataError(400, `The entity '${set.label}' is read-only.`);
  }
}
