import { headerOf, preferenceOf, refusal, type Answer, type Call } from '../http/message.js';
import type { Environment } from '../environment.js';
import { BATCH_OPERATIONS_MAX } from '../settings.js';
import { newId } from './data-service.js';
import { badRequest, ODataError } from './odata-error.js';

/** A part of a multipart body: its headers (lower case) and what follows them. */
interface Part {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

interface Operation {
  readonly call: Call;
  readonly contentId: string | null;
}

/** Does one operation; a refusal is an answer. */
export type Perform = (call: Call) => Answer;

/** Carries the refusal of one operation out of its changeset, so that the book takes the whole of it back. */
class ChangesetRefused extends Error {
  constructor(readonly answer: Answer, readonly contentId: string | null) {
    super('changeset refused');
  }
}

/**
 * $batch as multipart/mixed: single operations and changesets; a changeset is all or nothing; the outer answer is 200 even when parts fail (reference 3.1).
 * @throws ODataError when the body is no batch
 */
export function answerBatch(environment: Environment, call: Call, perform: Perform): Answer {
  const parts = partsOf(call.body.toString('utf8'), boundaryOf(headerOf(call, 'content-type') ?? ''));
  const items = parts.map((part) => (isChangeset(part) ? partsOf(part.body, boundaryOf(part.headers['content-type'] ?? '')).map((each) => operationOf(each, call)) : operationOf(part, call)));
  if (items.flat().length > BATCH_OPERATIONS_MAX) throw badRequest(`The batch request exceeds the maximum of ${BATCH_OPERATIONS_MAX} operations.`);
  const goesOn = environment.settings.batchContinuesOnError || preferenceOf(call, 'odata.continue-on-error') !== null;
  const answers: string[] = [];
  for (const item of items) {
    const { text, failed } = Array.isArray(item) ? answerChangeset(environment, item, perform) : answerSingle(item, perform);
    answers.push(text);
    if (failed && !goesOn) break;
  }
  const boundary = `batchresponse_${newId()}`;
  return { status: 200, headers: { 'content-type': `multipart/mixed; boundary=${boundary}`, 'odata-version': '4.0' }, body: `${answers.map((text) => `--${boundary}\r\n${text}\r\n`).join('')}--${boundary}--\r\n` };
}

function isChangeset(part: Part): boolean {
  return (part.headers['content-type'] ?? '').toLowerCase().startsWith('multipart/mixed');
}

function boundaryOf(contentType: string): string {
  const match = /^multipart\/mixed\s*;.*boundary="?([^";]+)"?/i.exec(contentType);
  if (match === null) throw new ODataError(415, `The content type '${contentType}' is not multipart/mixed with a boundary.`);
  return match[1] ?? '';
}

function partsOf(body: string, boundary: string): Part[] {
  const pieces = body.split(new RegExp(`(?:^|\\r?\\n)--${boundary.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}`));
  if (pieces.length < 3 || !(pieces.at(-1) ?? '').startsWith('--')) throw badRequest('The batch request is not closed by its boundary.');
  return pieces.slice(1, -1).map((piece) => partOf(piece.replace(/^[ \t]*\r?\n/, '')));
}

function partOf(text: string): Part {
  const [, head = '', body = ''] = /^([\s\S]*?)(?:\r?\n\r?\n([\s\S]*))?$/.exec(text) ?? [];
  const headers: Record<string, string> = {};
  for (const line of head.split(/\r?\n/)) {
    const colon = line.indexOf(':');
    if (colon > 0) headers[line.slice(0, colon).trim().toLowerCase()] = line.slice(colon + 1).trim();
  }
  return { headers, body };
}

function operationOf(part: Part, outer: Call): Operation {
  const [, requestLine = '', rest = ''] = /^\s*([^\r\n]*)\r?\n?([\s\S]*)$/.exec(part.body) ?? [];
  const [, method = '', target = ''] = /^([A-Z]+) (\S+)(?: HTTP\/\d\.\d)?$/.exec(requestLine.trim()) ?? [];
  if (method === '') throw badRequest(`'${requestLine.slice(0, 80)}' is not a request line.`);
  const inner = partOf(rest);
  const base = new URL(`${outer.origin}/data/`);
  const url = target.startsWith('/') && !target.startsWith('/data') ? new URL(target.slice(1), base) : new URL(target, base);
  const body = Buffer.from(inner.body.replace(/\r?\n$/, ''), 'utf8');
  return {
    contentId: part.headers['content-id'] ?? inner.headers['content-id'] ?? null,
    call: { method, path: url.pathname, query: url.searchParams, headers: inner.headers, body, origin: outer.origin, inBatch: true },
  };
}

function answerSingle(operation: Operation, perform: Perform): { text: string; failed: boolean } {
  const answer = perform(operation.call);
  return { text: asPart(answer, operation.contentId), failed: answer.status >= 400 };
}

function answerChangeset(environment: Environment, operations: readonly Operation[], perform: Perform): { text: string; failed: boolean } {
  const boundary = `changesetresponse_${newId()}`;
  try {
    const parts = environment.book.write('service', () => operations.map(({ call, contentId }) => {
      if (call.method === 'GET') throw new ChangesetRefused(refusal(badRequest('A GET request is not allowed inside a changeset.')), contentId);
      const answer = perform(call);
      if (answer.status >= 400) throw new ChangesetRefused(answer, contentId);
      return asPart(answer, contentId);
    }));
    return { text: `Content-Type: multipart/mixed; boundary=${boundary}\r\n\r\n${parts.map((part) => `--${boundary}\r\n${part}\r\n`).join('')}--${boundary}--`, failed: false };
  } catch (error) {
    if (error instanceof ChangesetRefused) return { text: asPart(error.answer, error.contentId), failed: true };
    throw error;
  }
}

const REASONS: Readonly<Record<number, string>> = { 200: 'OK', 201: 'Created', 204: 'No Content', 400: 'Bad Request', 404: 'Not Found', 405: 'Method Not Allowed', 412: 'Precondition Failed', 500: 'Internal Server Error' };

function asPart(answer: Answer, contentId: string | null): string {
  const headers = Object.entries(answer.headers).map(([name, value]) => `${name}: ${value}`);
  const id = contentId === null ? '' : `Content-ID: ${contentId}\r\n`;
  return `Content-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n${id}\r\nHTTP/1.1 ${answer.status} ${REASONS[answer.status] ?? 'Status'}\r\n${headers.join('\r\n')}\r\n\r\n${String(answer.body)}`;
}
