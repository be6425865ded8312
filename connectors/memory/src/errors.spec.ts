import { failureOfAnswer, failureOfGarble, failureOfSilence, RETRY_AFTER_MS_DEFAULT } from './errors.js';
import { TargetUnreachable } from './target/answer.js';

const refused = { code: 'overApplied', field: 'applications[0].amount', value: '9.00', problem: 'too much' };

describe('what an answer of the memory target means', () => {
  it.each([
    ['read', 401, 'auth'], ['write', 403, 'auth'], ['read', 500, 'transient'], ['read', 503, 'transient'],
    ['write', 503, 'transient'], ['write', 500, 'outcomeUnknown'], ['write', 502, 'outcomeUnknown'], ['write', 400, 'invalid'], ['write', 409, 'conflict'],
  ] as const)('%s with status %i is %s', (kind, status, expected) => {
    expect(failureOfAnswer(kind, 'it', { status, body: refused, retryAfterMs: null }).failure.kind).toBe(expected);
  });

  it('keeps the delay of the target, and has one of its own when there is none', () => {
    const throttled = { status: 429, body: '', retryAfterMs: 7_000 };
    expect(failureOfAnswer('read', 'it', throttled).failure).toEqual({ kind: 'rateLimited', retryAfterMs: 7_000 });
    expect(failureOfAnswer('read', 'it', { ...throttled, retryAfterMs: null }).failure).toEqual({ kind: 'rateLimited', retryAfterMs: RETRY_AFTER_MS_DEFAULT });
  });

  it('is unknown for a write that may have arrived, and transient for one that cannot have', () => {
    expect(failureOfSilence('write', 'it', new TargetUnreachable(true)).failure.kind).toBe('outcomeUnknown');
    expect(failureOfSilence('write', 'it', new TargetUnreachable(false)).failure.kind).toBe('transient');
    expect(failureOfSilence('write', 'it', new Error('aborted')).failure.kind).toBe('outcomeUnknown');
    expect(failureOfSilence('read', 'it', new TargetUnreachable(true)).failure.kind).toBe('transient');
    expect(failureOfGarble('write', 'it').failure.kind).toBe('outcomeUnknown');
  });
});
