import { stringifyKeepingNumberText, type Json } from '#canonical';
import { ConnectorError } from '#connector-kit';
import type { BatchAnswer, BatchOperation } from './json-batch.js';
import { jsonOrNull } from './json.js';
import { problemOf } from './problem.js';

const LINE_END = '\r\n';

/** A body of a multipart `$batch` and the content type that names its boundary. */
export interface MultipartBatch {
  readonly contentType: string;
  readonly body: string;
}

/**
 * One changeset: all of its operations are done, or none (OData 4.0, part 1, 11.7). `url`s are absolute or relative to the service root.
 * @param name unique text of letters and digits; it becomes the boundaries.
 */
export function changesetBatch(operations: readonly BatchOperation[], name: string): MultipartBatch {
  const [batch, changeset] = [`batch_${name}`, `changeset_${name}`];
  const parts = operations.map((operation, index) => [`--${changeset}`, ...partLines(operation, index + 1)].join(LINE_END));
  const lines = [`--${batch}`, `Content-Type: multipart/mixed; boundary=${changeset}`, '', ...parts, `--${changeset}--`, '', `--${batch}--`, ''];
  return { contentType: `multipart/mixed; boundary=${batch}`, body: lines.join(LINE_END) };
}

function partLines({ method, url, headers = {}, body }: BatchOperation, contentId: number): readonly string[] {
  const given = { ...(body === undefined ? {} : { 'Content-Type': 'application/json;type=entry' }), Accept: 'application/json', ...headers };
  return [
    'Content-Type: application/http', 'Content-Transfer-Encoding: binary', `Content-ID: ${contentId}`, '',
    `${method} ${url} HTTP/1.1`, ...Object.entries(given).map(([header, value]) => `${header}: ${value}`), '', body === undefined ? '' : stringifyKeepingNumberText(body),
  ];
}

/**
 * The answers of a multipart batch in their order. A changeset that failed has one answer for all of its operations.
 * @throws ConnectorError `outcomeUnknown` when the body is no batch answer: it may have been done.
 */
export function multipartAnswers(contentType: string, text: string): readonly BatchAnswer[] {
  const answers = partsOf(contentType, text).flatMap(({ headers, body }) => {
    const inner = headers.get('content-type') ?? '';
    if (/^multipart\/mixed/i.test(inner)) return multipartAnswers(inner, body);
    return [httpAnswer(body)];
  });
  if (answers.length === 0) throw unreadable('holds no answer');
  return answers;
}

function partsOf(contentType: string, text: string): readonly { readonly headers: ReadonlyMap<string, string>; readonly body: string }[] {
  const boundary = /boundary="?([^";]+)"?/i.exec(contentType)?.[1];
  if (boundary === undefined) throw unreadable('names no boundary');
  const pieces = text.split(`--${boundary}`);
  if (!pieces.some((piece, index) => index > 0 && piece.startsWith('--'))) throw unreadable('breaks off before its end');
  return pieces.slice(1).filter((piece) => !piece.startsWith('--')).map((piece) => {
    const [head, body] = headAndBody(piece.replace(/^\r?\n/, ''));
    return { headers: headersOf(head.split(/\r?\n/)), body };
  });
}

function httpAnswer(text: string): BatchAnswer {
  const [head, content] = headAndBody(text);
  const status = Number(/^HTTP\/\d\.\d (\d{3})/.exec(head)?.[1] ?? 'none');
  if (!Number.isInteger(status)) throw unreadable('has a part without a status');
  const body: Json = jsonOrNull(content);
  const failed = status < 200 || status >= 300;
  return { status, body, problem: failed ? problemOf(body) ?? { code: '', message: '', innerMessage: null, correlationId: null } : null };
}

function headAndBody(text: string): readonly [head: string, body: string] {
  const end = /\r?\n\r?\n/.exec(text);
  return end === null ? [text, ''] : [text.slice(0, end.index), text.slice(end.index + end[0].length)];
}

function headersOf(lines: readonly string[]): ReadonlyMap<string, string> {
  return new Map(lines.flatMap((line): [string, string][] => {
    const colon = line.indexOf(':');
    return colon < 0 ? [] : [[line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()]];
  }));
}

function unreadable(problem: string): ConnectorError {
  return new ConnectorError(`The answer to a batch ${problem}`, { kind: 'outcomeUnknown' });
}
