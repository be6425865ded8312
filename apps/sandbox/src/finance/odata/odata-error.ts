/** A refusal in the product's envelope. `inner` is the text a client must read: message and status say nothing (reference 3.1). */
export class ODataError extends Error {
  override readonly name = 'ODataError';
  constructor(readonly status: number, message: string, readonly inner: string | null = null, readonly type = 'Microsoft.OData.Core.ODataException', readonly headers: Readonly<Record<string, string>> = {}) {
    super(message);
  }
}

const WRITE_TYPE = 'Microsoft.Dynamics.Platform.Integration.Services.OData.AxODataWriteException';
const DELETE_TYPE = 'Microsoft.Dynamics.Platform.Integration.Services.OData.AxODataDeleteException';
const GENERIC = 'An error has occurred.';

/** What a rule of the business refused: the infolog's lines, joined as the product joins them. */
export function writeFailed(entity: string, ...infolog: readonly string[]): ODataError {
  return new ODataError(400, GENERIC, `Write failed for table row of type '${entity}'. Infolog: ${infolog.map((line) => `Warning: ${line}`).join('; ')}.`, WRITE_TYPE);
}

export function deleteFailed(entity: string, ...infolog: readonly string[]): ODataError {
  return new ODataError(400, GENERIC, `Delete failed for table row of type '${entity}'. Infolog: ${infolog.map((line) => `Warning: ${line}`).join('; ')}.`, DELETE_TYPE);
}

/** The key is taken. Its status depends on the door: 400, and 500 inside a $batch (reference 3.1). */
export class DuplicateRecordError extends ODataError {
  constructor(entity: string, fields: string) {
    super(400, GENERIC, `Write failed for table row of type '${entity}'. Infolog: Error: Cannot create a record in ${fields}. The record already exists..`, WRITE_TYPE);
  }
}

export function badRequest(message: string): ODataError {
  return new ODataError(400, GENERIC, message);
}

export function notFound(uri: string): ODataError {
  return new ODataError(404, `No HTTP resource was found that matches the request URI '${uri}'.`);
}

const FRAMES = [
  '   at Microsoft.Dynamics.Platform.Integration.Services.OData.Update.UpdateProcessor.CreateEntity_Save(ChangeOperationContext context, ChangeInfo changeInfo)',
  '   at Microsoft.Dynamics.Platform.Integration.Services.OData.Update.ChangeInfo.ExecuteActionsInCompanyContext(IEnumerable`1 actionList, ChangeOperationContext operationContext)',
  '   at Microsoft.Dynamics.Platform.Integration.Services.OData.AxODataController.ProcessRequest()',
];

/** The body of a refusal: with `innererror` and its stack trace, unless the refusal has no inside. */
export function errorBody(error: ODataError): string {
  if (error.inner === null) return JSON.stringify({ error: { code: '', message: error.message } });
  return JSON.stringify({ error: { code: '', message: error.message, innererror: { message: error.inner, type: error.type, stacktrace: FRAMES.join('\r\n') } } });
}
