import { badRequest, notFound, ODataError } from '../odata/odata-error.js';
import type { Environment } from '../environment.js';
import type { BlobStore } from '../packages/blob-store.js';
import type { Executions } from '../packages/executions.js';
import type { RecurringJobs } from '../packages/recurring-jobs.js';
import { odata, textOf, type Answer, type Call } from './message.js';
import { PACKAGE_PATH } from './routes.js';

type Input = Readonly<Record<string, unknown>>;

/** What the actions work on. */
export interface PackageDoor {
  readonly environment: Environment;
  readonly blobs: BlobStore;
  readonly executions: Executions;
  readonly recurring: RecurringJobs;
}

function text(input: Input, name: string): string {
  const value = input[name];
  if (typeof value !== 'string') throw badRequest(`The parameter '${name}' of the action is missing or is not of type 'Edm.String'.`);
  return value;
}

function flag(input: Input, name: string): boolean {
  const value = input[name];
  if (typeof value !== 'boolean') throw badRequest(`The parameter '${name}' of the action is missing or is not of type 'Edm.Boolean'.`);
  return value;
}

const ACTIONS: Readonly<Record<string, (door: PackageDoor, input: Input, origin: string) => unknown>> = {
  GetAzureWriteUrl: ({ blobs }, input, origin) => {
    text(input, 'uniqueFileName');
    const { id, url } = blobs.issue(origin);
    return JSON.stringify({ BlobId: id, BlobUrl: url });
  },
  ImportFromPackage: ({ executions }, input) => {
    flag(input, 'overwrite');
    return executions.startImport({ packageUrl: text(input, 'packageUrl'), definitionGroupId: text(input, 'definitionGroupId'), executionId: text(input, 'executionId'), execute: flag(input, 'execute'), legalEntityId: text(input, 'legalEntityId') });
  },
  GetExecutionSummaryStatus: ({ executions }, input) => executions.status(text(input, 'executionId')),
  GetMessageStatus: ({ recurring }, input) => recurring.status(text(input, 'messageId')),
  GetExecutionErrors: ({ executions }, input) => executions.errors(text(input, 'executionId')),
  GetImportStagingErrorFileUrl: ({ executions }, input, origin) => executions.stagingErrorFile(text(input, 'executionId'), text(input, 'entityName'), origin),
  GenerateImportTargetErrorKeysFile: ({ executions }, input) => executions.askForTargetKeys(text(input, 'executionId'), text(input, 'entityName')),
  GetImportTargetErrorKeysFileUrl: ({ executions }, input, origin) => executions.targetKeysFile(text(input, 'executionId'), text(input, 'entityName'), origin),
  ExportToPackage: ({ executions, environment }, input) => {
    text(input, 'packageName');
    return wrapped(environment, executions.startExport(text(input, 'definitionGroupId'), text(input, 'executionId'), text(input, 'legalEntityId')));
  },
  GetExportedPackageUrl: ({ executions, environment }, input, origin) => wrapped(environment, executions.exportedUrl(text(input, 'executionId'), origin)),
};

function wrapped({ settings }: Environment, value: string): unknown {
  return settings.exportValueWrapped ? { value } : value;
}

/** The actions of DataManagementDefinitionGroups (reference 3.8). @throws ODataError */
export function answerPackageAction(door: PackageDoor, call: Call): Answer {
  const name = call.path.slice(PACKAGE_PATH.length);
  const action = ACTIONS[name];
  if (action === undefined) throw notFound(`${call.origin}${call.path}`);
  if (call.method !== 'POST') throw new ODataError(405, `The requested resource does not support http method '${call.method}'.`);
  const value = action(door, inputOf(call), call.origin);
  return odata(200, JSON.stringify({ '@odata.context': `${call.origin}/data/$metadata#Edm.${typeof value === 'boolean' ? 'Boolean' : 'String'}`, value }));
}

function inputOf(call: Call): Input {
  try {
    const value: unknown = JSON.parse(textOf(call));
    if (typeof value === 'object' && value !== null) return value as Input;
  } catch {
    throw badRequest('The request body is not valid JSON.');
  }
  throw badRequest('The request body must be a JSON object.');
}
