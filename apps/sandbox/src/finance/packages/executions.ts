import { randomUUID } from 'node:crypto';
import { ENTITY_SETS } from '../entities/catalogue.js';
import type { EntitySet } from '../entities/entity-set.js';
import type { Environment } from '../environment.js';
import { badRequest, ODataError } from '../odata/odata-error.js';
import { columns, type Row } from '../odata/columns.js';
import { BlobStore } from './blob-store.js';
import { Importer, type ExecutionStatus, type RecordError } from './importer.js';
import { csvOf, PackageError, writePackage } from './package-file.js';

/** A data project of the environment: which entities a package of it holds, in their order. */
export interface DataProject {
  readonly name: string;
  readonly entities: readonly string[];
}

/** Projects every environment has; others are added as a person would. */
export const DEFAULT_PROJECTS: readonly DataProject[] = [
  { name: 'Customer payments import', entities: ['Customer payment journal header', 'Customer payment journal line', 'Customer payment journal line settled invoice'] },
  { name: 'Customers export', entities: ['Customers V3'] },
  { name: 'Open transactions export', entities: ['Customer transactions', 'Customer open transactions', 'Customer settlements'] },
];

interface Execution {
  readonly id: string;
  readonly kind: 'import' | 'export';
  readonly doneAtMs: number;
  status: ExecutionStatus;
  errors: readonly RecordError[];
  /** The exported package. */
  blob: string;
  /** When the keys of refused records were asked for, by entity. */
  readonly keysAskedMs: Map<string, number>;
  work: (() => void) | null;
}

export interface ImportRequest {
  readonly packageUrl: string;
  readonly definitionGroupId: string;
  readonly executionId: string;
  readonly execute: boolean;
  readonly legalEntityId: string;
}

/** Imports and exports of data management. They run when the sandbox's clock has moved on by `packageDurationMs`. */
export class Executions {
  private readonly executions = new Map<string, Execution>();
  private readonly projects = new Map<string, DataProject>(DEFAULT_PROJECTS.map((project) => [project.name, project]));

  constructor(private readonly environment: Environment, private readonly blobs: BlobStore) {}

  addProject(project: DataProject): void {
    for (const entity of project.entities) this.setOf(entity);
    this.projects.set(project.name, project);
  }

  /** Starts an import. @throws ODataError when the project is unknown, or another import is running */
  startImport(request: ImportRequest): string {
    const project = this.project(request.definitionGroupId);
    if ([...this.executions.values()].some((each) => each.kind === 'import' && each.status === 'Executing')) {
      throw new ODataError(500, 'An error has occurred.', 'Cannot edit a record in Data project execution (DMFDefinitionGroupExecution). An update conflict occurred due to another user process deleting the record or changing one or more fields in the record.', 'Microsoft.Dynamics.Ax.Xpp.UpdateConflictException');
    }
    const bytes = this.blobs.read(request.packageUrl);
    const execution = this.start('import', request.executionId, request.execute);
    execution.work = (): void => {
      const importer = new Importer(this.environment, request.legalEntityId, project.entities.map((entity) => this.setOf(entity)));
      const outcome = importer.run(bytes);
      execution.status = outcome.status;
      execution.errors = outcome.errors;
    };
    this.runDue();
    return execution.id;
  }

  startExport(definitionGroupId: string, executionId: string, legalEntityId: string): string {
    const project = this.project(definitionGroupId);
    const execution = this.start('export', executionId, true);
    execution.work = (): void => {
      execution.blob = this.blobs.issue('', this.exportPackage(project, legalEntityId)).id;
      execution.status = 'Succeeded';
    };
    this.runDue();
    return execution.id;
  }

  /** Does what the clock has made due. */
  runDue(): void {
    for (const execution of this.executions.values()) {
      if (execution.work === null || execution.status !== 'Executing' || execution.doneAtMs > this.environment.clock.nowMs()) continue;
      const { work } = execution;
      execution.work = null;
      try {
        work();
      } catch (error) {
        if (!(error instanceof PackageError)) throw error;
        execution.status = 'Failed';
        execution.errors = [{ entity: '', line: 0, stage: 'staging', message: error.message, keys: {} }];
      }
    }
  }

  status(executionId: string): ExecutionStatus {
    return this.executions.get(executionId)?.status ?? 'Unknown';
  }

  errors(executionId: string): string {
    return JSON.stringify((this.executions.get(executionId)?.errors ?? []).map((error) => ({ RecordId: String(error.line), Field: '', EntityName: error.entity, ErrorMessage: error.message })));
  }

  /** Address of the rows that did not get past staging; '' when there are none. */
  stagingErrorFile(executionId: string, entity: string, origin: string): string {
    const errors = this.errorsOf(executionId, entity, 'staging');
    return errors.length === 0 ? '' : this.issue(origin, columns('LINE MESSAGE'), errors.map((error) => ({ LINE: String(error.line), MESSAGE: error.message })));
  }

  /** Whether there are keys to make a file of; it is ready `errorKeysDelayMs` later. */
  askForTargetKeys(executionId: string, entity: string): boolean {
    const any = this.errorsOf(executionId, entity, 'target').length > 0;
    if (any) this.executions.get(executionId)?.keysAskedMs.set(entity, this.environment.clock.nowMs());
    return any;
  }

  /** Address of the keys the target refused; '' when they were not asked for, are not ready, or there are none (reference 3.8). */
  targetKeysFile(executionId: string, entity: string, origin: string): string {
    const askedMs = this.executions.get(executionId)?.keysAskedMs.get(entity);
    if (askedMs === undefined || askedMs + this.environment.settings.errorKeysDelayMs > this.environment.clock.nowMs()) return '';
    const set = this.setOf(entity);
    return this.issue(origin, set.columns.filter((column) => set.key.includes(column.name)), this.errorsOf(executionId, entity, 'target').map((error) => error.keys));
  }

  /** Address of an exported package; '' until it is there. */
  exportedUrl(executionId: string, origin: string): string {
    const execution = this.executions.get(executionId);
    return execution === undefined || execution.blob === '' ? '' : this.blobs.urlOf(origin, execution.blob);
  }

  private errorsOf(executionId: string, entity: string, stage: RecordError['stage']): readonly RecordError[] {
    return (this.executions.get(executionId)?.errors ?? []).filter((error) => error.entity === entity && error.stage === stage);
  }

  private issue(origin: string, definition: ReturnType<typeof columns>, rows: readonly Row[]): string {
    return this.blobs.issue(origin, Buffer.from(csvOf(definition, rows))).url;
  }

  /** A whole project as a package. */
  exportPackage(project: DataProject, legalEntityId: string): Buffer {
    const files = project.entities.map((entity) => ({ entity, fileName: `${entity}.csv`, text: this.exported(this.setOf(entity), legalEntityId) }));
    return writePackage(project.name, files, this.environment.clock.now());
  }

  private exported(set: EntitySet, legalEntityId: string): string {
    const { companyColumn } = set;
    const company = legalEntityId.toLowerCase();
    const rows = set.view(this.environment).filter((each) => companyColumn === null || each.row[companyColumn] === company).map((each) => each.row);
    return csvOf(set.columns, rows);
  }

  private start(kind: Execution['kind'], executionId: string, execute: boolean): Execution {
    const id = executionId === '' ? randomUUID() : executionId;
    if (this.executions.has(id)) throw badRequest(`The execution ID ${id} already exists.`);
    const execution: Execution = { id, kind, doneAtMs: this.environment.clock.nowMs() + this.environment.settings.packageDurationMs, status: execute ? 'Executing' : 'NotRun', errors: [], blob: '', keysAskedMs: new Map(), work: null };
    this.executions.set(id, execution);
    return execution;
  }

  /** @throws ODataError for a project there is none of */
  project(name: string): DataProject {
    const project = this.projects.get(name);
    if (project === undefined) throw badRequest(`The data project '${name}' does not exist.`);
    return project;
  }

  /** @throws ODataError */
  setOf(entity: string): EntitySet {
    const set = ENTITY_SETS.find((each) => each.label === entity);
    if (set === undefined) throw badRequest(`The entity '${entity}' does not exist.`);
    return set;
  }
}
