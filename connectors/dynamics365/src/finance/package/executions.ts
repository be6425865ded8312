import { ConnectorError, type Context } from '#connector-kit';
import { jsonOrNull, listOf, objectOf, textOf } from '../../odata/json.js';
import { noAnswer } from '../../odata/no-answer.js';
import { action } from '../service.js';
import { financeSettings } from '../settings.js';

const ACTIONS = 'DataManagementDefinitionGroups/Microsoft.Dynamics.DataEntities';
const STATED_LENGTH_MAX = 2_000;

export type ExecutionStatus = 'Unknown' | 'NotRun' | 'Executing' | 'Succeeded' | 'PartiallySucceeded' | 'Failed' | 'Canceled';
const STATUSES: readonly ExecutionStatus[] = ['Unknown', 'NotRun', 'Executing', 'Succeeded', 'PartiallySucceeded', 'Failed', 'Canceled'];

/** Where an import stands; `Unknown` for one that Finance never saw. */
export async function executionStatus(context: Context, executionId: string): Promise<ExecutionStatus> {
  try {
    const text = await action(context, `${ACTIONS}.GetExecutionSummaryStatus`, { executionId }, false);
    return STATUSES.find((status) => status === text) ?? 'Unknown';
  } catch (error) {
    // Some releases refuse an id they do not know instead of saying so.
    if (error instanceof ConnectorError && error.failure.kind === 'invalid') return 'Unknown';
    throw error;
  }
}

/** What Finance says went wrong, one text for each error. The answer is a JSON text, a plain text, or nothing. */
export async function executionErrors(context: Context, executionId: string): Promise<readonly string[]> {
  const text = await action(context, `${ACTIONS}.GetExecutionErrors`, { executionId }, false);
  const parsed = jsonOrNull(text);
  const entries = Array.isArray(parsed) ? listOf(parsed) : listOf(objectOf(parsed)['value']);
  const texts = entries.map((entry) => textOf(entry) ?? Object.values(objectOf(entry)).flatMap((value) => textOf(value) ?? []).join(': '));
  return (entries.length > 0 ? texts : [text]).filter((entry) => entry.trim() !== '').map((entry) => entry.slice(0, STATED_LENGTH_MAX));
}

/** A place to put a package; its address is a secret that ends soon. */
export async function uploadAddress(context: Context, fileName: string): Promise<string> {
  const stated = objectOf(jsonOrNull(await action(context, `${ACTIONS}.GetAzureWriteUrl`, { uniqueFileName: fileName }, false)));
  const url = textOf(stated['BlobUrl']) ?? '';
  if (URL.parse(url) !== null) return url;
  throw new ConnectorError('Finance GetAzureWriteUrl: the answer names no address', { kind: 'transient' });
}

/** Writes the whole package; nothing is imported yet, so whatever goes wrong may be done again. */
export async function upload(context: Context, url: string, bytes: Uint8Array): Promise<void> {
  let response: Response;
  try {
    const signal = AbortSignal.any([context.signal, AbortSignal.timeout(financeSettings(context).requestTimeoutMs)]);
    // The address carries its own permission; the token of Finance stays with Finance.
    response = await context.fetch(url, { method: 'PUT', headers: { 'x-ms-blob-type': 'BlockBlob', 'content-type': 'application/zip' }, body: Buffer.from(bytes), signal, redirect: 'error' });
    await response.arrayBuffer();
  } catch (error) {
    throw noAnswer('Finance package upload', error, false);
  }
  if (!response.ok) throw new ConnectorError(`Finance package upload: ${response.status}`, { kind: 'transient' });
}

/** Starts the import of an uploaded package, under an id of ours. One at a time for one data project (reference 3.8). */
export async function importPackage(context: Context, { packageUrl, dataProject, executionId, company }: {
  readonly packageUrl: string; readonly dataProject: string; readonly executionId: string; readonly company: string;
}): Promise<void> {
  await action(context, `${ACTIONS}.ImportFromPackage`, {
    packageUrl, definitionGroupId: dataProject, executionId, execute: true, overwrite: true, legalEntityId: company.toUpperCase(),
  }, true);
}
