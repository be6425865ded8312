import { errorOf, isAlreadySubmitted, isDuplicateKey, isNotFound, noAnswer, problemsOf, rateLimitDelayMs, type FailedAnswer } from './errors.js';

const answer = (status: number, code = '', detail = '', path = ''): FailedAnswer => ({ status, problems: code === '' && detail === '' ? [] : [{ code, detail, path }], retryAfter: null });
const kindOf = (failed: FailedAnswer, writes: boolean): string => errorOf(failed, 'POST /x', { writes, delayMs: 1234 }).failure.kind;

describe('what an answer of NetSuite means', () => {
  it.each([
    ['login refused', answer(401, 'INVALID_LOGIN', 'Invalid login attempt.'), 'auth', 'auth'],
    ['permission, as 403', answer(403, 'INSUFFICIENT_PERMISSION', 'Permission Violation'), 'auth', 'auth'],
    ['permission, as 400', answer(400, 'USER_ERROR', 'Your current role does not have permission to perform this action.'), 'auth', 'auth'],
    ['table the role cannot see', answer(400, 'INVALID_PARAMETER', 'Invalid search query. Search error occurred: Record \'customer\' was not found.'), 'auth', 'auth'],
    ['too many at once', answer(429, 'CONCURRENCY_LIMIT_EXCEEDED', 'Concurrent request limit exceeded. Request blocked.'), 'rateLimited', 'rateLimited'],
    ['too many at once, as a RESTlet says it', answer(400, 'SSS_REQUEST_LIMIT_EXCEEDED', ''), 'rateLimited', 'rateLimited'],
    ['bad reference', answer(400, 'INVALID_CONTENT', 'You have entered an Invalid Field Value 9999 for the following field: item'), 'invalid', 'invalid'],
    ['locked record', answer(400, 'USER_ERROR', 'This record has been locked by a user defined workflow.'), 'invalid', 'invalid'],
    ['not there', answer(404, 'NONEXISTENT_ID', 'Record does not exist.'), 'invalid', 'invalid'],
    ['server error', answer(500, 'UNEXPECTED_ERROR', 'An unexpected error occurred. Error ID: 1'), 'transient', 'outcomeUnknown'],
    ['HTML page of a proxy', answer(503), 'transient', 'outcomeUnknown'],
    ['a status nobody foresaw', answer(599, 'ODD', 'odd'), 'transient', 'outcomeUnknown'],
  ])('%s', (_case, failed, read, write) => {
    expect([kindOf(failed, false), kindOf(failed, true)]).toEqual([read, write]);
  });

  it('says which field, which value and what is wrong', () => {
    const { failure } = errorOf(answer(400, 'USER_ERROR', 'You have entered an Invalid Field Value 9999 for the following field: item', 'item.items[0].item'), 'POST /x', { writes: true, delayMs: 0 });
    expect(failure).toMatchObject({ kind: 'invalid', issues: [{ path: 'item.items[0].item', value: '9999' }] });
  });

  it('puts a closed period down to the posting day', () => {
    const { failure } = errorOf(answer(400, 'USER_ERROR', 'The transaction date you specified is not within the date range of your accounting period.'), 'POST /x', { writes: true, delayMs: 0 });
    expect(failure).toMatchObject({ kind: 'invalid', issues: [{ path: 'tranDate' }] });
  });

  it('reads both forms of error body, and none in anything else', () => {
    expect(problemsOf({ status: 400, 'o:errorDetails': [{ detail: 'd', 'o:errorCode': 'C', 'o:errorPath': 'p' }] })).toEqual([{ code: 'C', detail: 'd', path: 'p' }]);
    expect(problemsOf({ title: 'Bad', detail: 'd', 'o:errorCode': 'C' })).toEqual([{ code: 'C', detail: 'd', path: '' }]);
    expect(problemsOf({ error: 'invalid_client' })).toEqual([{ code: 'invalid_client', detail: '', path: '' }]);
    expect([null, 'text', [], {}].flatMap(problemsOf)).toEqual([]);
  });

  it('tells a taken key, a submitted job and a missing record apart', () => {
    expect(isDuplicateKey(answer(400, 'USER_ERROR', 'This record already exists'))).toBe(true);
    expect(isDuplicateKey(answer(400, 'USER_ERROR', 'Enter an amount'))).toBe(false);
    expect(isDuplicateKey(answer(500, 'UNEXPECTED_ERROR', 'already exists'))).toBe(false);
    expect(isAlreadySubmitted(answer(400, 'IDEMPOTENCY_ERROR', 'Conflict'))).toBe(true);
    expect(isNotFound(answer(404))).toBe(true);
  });

  it('obeys a delay that is stated, unless it is nonsense', () => {
    const delay = (retryAfter: string): unknown => errorOf({ ...answer(429), retryAfter }, 'GET /x', { writes: false, delayMs: 1234 }).failure;
    expect(['7', '999999', 'soon', '0'].map(delay)).toEqual([7000, 1234, 1234, 1234].map((retryAfterMs) => ({ kind: 'rateLimited', retryAfterMs })));
  });

  it('waits longer after each refusal, never in step with others, and never beyond a minute', () => {
    expect([1, 2, 3, 10].map((refusals) => rateLimitDelayMs(refusals, () => 0))).toEqual([250, 500, 1000, 30_000]);
    for (let refusals = 0; refusals < 20; refusals += 1) expect(rateLimitDelayMs(refusals)).toBeLessThanOrEqual(60_000);
  });

  it('knows that a refused connection booked nothing and a broken one may have', () => {
    const fetchFailed = (code: string): Error => Object.assign(new TypeError('fetch failed'), { cause: Object.assign(new Error(code), { code }) });
    expect(noAnswer(fetchFailed('ECONNREFUSED'), 'POST /x', true).failure.kind).toBe('transient');
    expect(noAnswer(fetchFailed('ECONNRESET'), 'POST /x', true).failure.kind).toBe('outcomeUnknown');
    expect(noAnswer(new DOMException('late', 'TimeoutError'), 'POST /x', true).failure.kind).toBe('outcomeUnknown');
    expect(noAnswer(fetchFailed('ECONNRESET'), 'GET /x', false).failure.kind).toBe('transient');
  });
});
