import { Directory } from '../entra/directory.js';
import { DATA_PATH } from '../odata/data-service.js';
import { BLOB_PATH } from '../packages/blob-store.js';
import type { RequestClass } from '../settings.js';

export const BATCH_PATH = `${DATA_PATH}/$batch`;
export const METADATA_PATH = '/metadata';
export const PACKAGE_PATH = `${DATA_PATH}/DataManagementDefinitionGroups/Microsoft.Dynamics.DataEntities.`;

export const RECURRING_PATH = '/api/connector/';

/** Which class a request belongs to, for faults, latency and counting. */
export function classOf(method: string, path: string): RequestClass {
  if (Directory.isTokenPath(path)) return 'token';
  if (path === BATCH_PATH) return 'batch';
  if (path.startsWith(PACKAGE_PATH) || path.startsWith(RECURRING_PATH)) return 'package';
  if (path.startsWith(BLOB_PATH)) return 'blob';
  if (path.toLowerCase().startsWith(METADATA_PATH) || path === `${DATA_PATH}/$metadata`) return 'metadata';
  switch (method) {
    case 'POST': return 'create';
    case 'PATCH': case 'PUT': return 'update';
    case 'DELETE': return 'delete';
    default: return 'read';
  }
}

/** Data management is exempt from throttling (reference 3.2). */
export function isExemptFromThrottling(path: string): boolean {
  return path.startsWith(PACKAGE_PATH) || path.startsWith(RECURRING_PATH) || path.startsWith(BLOB_PATH);
}
