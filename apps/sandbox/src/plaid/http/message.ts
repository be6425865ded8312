import { headerOf, type Answer, type Call as AnyCall } from '../../simulation/message.js';
import { errorView, statusOf, type PlaidError } from '../errors.js';

export { headerOf, type Answer };

/** A request as it came in. */
export type Call = Omit<AnyCall<Buffer>, 'origin'>;

export const REQUEST_BYTES_MAX = 10 * 1024 * 1024;

export function json(status: number, value: unknown): Answer {
  return { status, headers: { 'content-type': 'application/json; charset=utf-8' }, body: JSON.stringify(value) };
}

/** The error envelope with its request id (reference "Errors"). */
export function refusal(error: PlaidError, requestId: string, internalErrorStatus: number): Answer {
  return json(statusOf(error, internalErrorStatus), { ...errorView(error), request_id: requestId });
}

/** A gateway's page: no envelope at all. */
export function gatewayPage(status: number): Answer {
  return { status, headers: { 'content-type': 'text/html; charset=utf-8' }, body: `<html><head><title>${status}</title></head><body><center><h1>${status} Bad Gateway</h1></center></body></html>` };
}
