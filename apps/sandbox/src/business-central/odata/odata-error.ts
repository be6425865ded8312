import { randomUUID } from 'node:crypto';

/** A refusal as the product words it: HTTP status, code of the error table (2.2), message. */
export class ODataError extends Error {
  override readonly name = 'ODataError';

  constructor(readonly status: number, readonly code: string, message: string, readonly headers: Readonly<Record<string, string>> = {}) {
    super(message);
  }
}

/** The envelope; the correlation id follows the message after two blanks (2.2). */
export function errorBody(code: string, message: string, correlationId: string = randomUUID()): string {
  return JSON.stringify({ error: { code, message: `${message}  CorrelationId:  ${correlationId}.` } });
}

export const badRequest = (message: string, code = 'BadRequest'): ODataError => new ODataError(400, code, message);
export const notFound = (message = 'Not Found'): ODataError => new ODataError(404, 'BadRequest_ResourceNotFound', message);
/** An entity set or a route nobody knows (4: docs issue #1942). */
export const noSuchRoute = (uri: string): ODataError => new ODataError(400, 'BadRequest_NotFound', `No HTTP resource was found that matches the request URI '${uri}'.`);
export const recordNotFound = (table: string, id: string): ODataError => new ODataError(404, 'Internal_RecordNotFound', `The ${table} does not exist. Identification fields and values: SystemId='{${id.toUpperCase()}}'`);
/** Any AL `Error()`. */
export const dialog = (message: string): ODataError => new ODataError(400, 'Application_DialogException', message);
/** TestField and FieldError. */
export const fieldValidation = (message: string): ODataError => new ODataError(400, 'Application_FieldValidationException', message);
export const entityChanged = (): ODataError => new ODataError(409, 'Request_EntityChanged', 'Another user has already changed the record.');
export const sameKey = (message: string): ODataError => new ODataError(409, 'Internal_EntityWithSameKeyExists', message);
