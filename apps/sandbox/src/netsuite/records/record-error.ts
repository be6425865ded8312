/** A refusal in NetSuite's own form (reference A2 "Error body"). `path` becomes `o:errorPath`. */
export class RecordError extends Error {
  override readonly name = 'RecordError';
  constructor(
    readonly status: number,
    readonly code: string,
    detail: string,
    readonly path?: string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(detail);
  }
}

const RESOURCE = 'Error while accessing a resource.';

/** `USER_ERROR` is NetSuite's catch-all: clients have to read the text. */
export function userError(detail: string, path?: string): RecordError {
  return new RecordError(400, 'USER_ERROR', `${RESOURCE} ${detail}`, path);
}

export function invalidValue(value: string, field: string, path: string): RecordError {
  return userError(`You have entered an Invalid Field Value ${value} for the following field: ${field}`, path);
}

export function valueMissing(label: string, path?: string): RecordError {
  return userError(`You must enter a value for ${label}.`, path);
}

export function notFound(): RecordError {
  return new RecordError(404, 'NONEXISTENT_ID', 'Record does not exist.');
}

export function invalidContent(detail: string, path?: string): RecordError {
  return new RecordError(400, 'INVALID_CONTENT', detail, path);
}

export function invalidRequest(detail: string): RecordError {
  return new RecordError(400, 'INVALID_REQUEST', detail);
}

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad Request', 401: 'Unauthorized', 403: 'Forbidden', 404: 'Not Found', 405: 'Method Not Allowed', 415: 'Unsupported Media Type', 429: 'Bad Request', 500: 'Internal Server Error', 503: 'Service Unavailable',
};
const SECTIONS: Readonly<Record<number, string>> = { 400: '15.5.1', 401: '15.5.2', 403: '15.5.4', 404: '15.5.5', 405: '15.5.6', 500: '15.6.1', 503: '15.6.4' };

/** The JSON body of a refusal; `o:errorQueryParam` for what is wrong with the query string. */
export function errorBody(status: number, code: string, detail: string, more: { path?: string; queryParameter?: string; title?: string } = {}): string {
  const section = SECTIONS[status] ?? '15.5';
  return JSON.stringify({
    type: `https://www.rfc-editor.org/rfc/rfc9110.html#section-${section}`,
    title: more.title ?? TITLES[status] ?? 'Error',
    status,
    ...(status === 429 ? { 'o:errorCode': 'USER_ERROR' } : {}),
    'o:errorDetails': [{
      detail,
      ...(more.path === undefined ? {} : { 'o:errorPath': more.path }),
      ...(more.queryParameter === undefined ? {} : { 'o:errorQueryParam': more.queryParameter }),
      'o:errorCode': code,
    }],
  });
}
