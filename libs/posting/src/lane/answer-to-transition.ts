import { ConnectorError, reactionTo, type ConnectorFailure, type FoundStep, type SendResult } from '#connector-kit';
import type { Json } from '#canonical';
import type { Transition } from '../compose-move.js';
import { backOffMs } from '../rules/back-off.js';
import { cutText } from '../rules/clean-text.js';
import type { CarriedPosting } from './carried-posting.js';

/** What to do beside the move: the lane stops, slows down, or neither. */
export interface AfterAnswer {
  readonly transition: Transition;
  readonly pauseLane?: string;
}

const PROBLEM_LENGTH_MAX = 1_000;

/** Text of a vendor on its way into the database: bounded and storable. */
export function vendorText(text: string): string {
  return cutText(text, PROBLEM_LENGTH_MAX);
}

/** Anything thrown by a connector that is no ConnectorError is a bug in it: the request may have left, so the outcome is unknown. */
export function failureOf(error: unknown): { readonly failure: ConnectorFailure; readonly message: string } {
  if (error instanceof ConnectorError) return { failure: error.failure, message: vendorText(error.message) };
  return { failure: { kind: 'outcomeUnknown' }, message: vendorText(error instanceof Error ? `${error.name}: ${error.message}` : String(error)) };
}

/** The move that a send's answer makes. */
export function afterSent(posting: CarriedPosting, position: number, result: SendResult): AfterAnswer {
  const { attempts } = posting.stepAt(position);
  const evidence: Json = { attempt: attempts, answer: { ...result } };
  if (result.state === 'pending') {
    return { transition: {
      to: posting.stateWith(position, 'accepted'), because: 'the target accepted it and decides later', evidence, dueInMs: backOffMs(1, Math.random()),
      steps: [posting.change(position, { state: 'accepted', answeredNow: true, lookUps: 0 })],
    } };
  }
  return { transition: booked(posting, position, result.externalId, result.alreadyThere ? 'the target had it already' : 'booked', evidence) };
}

/** The move that a look-up's answer makes; an absent key is not decided here, it is a question of time. */
export function afterFound(posting: CarriedPosting, position: number, found: FoundStep): AfterAnswer {
  const { lookUps } = posting.stepAt(position);
  const evidence: Json = { lookUp: { ...found } };
  switch (found.state) {
    case 'booked': return { transition: booked(posting, position, found.externalId, 'found in the target by its key', evidence) };
    case 'pending': return { transition: {
      to: posting.stateWith(position, 'accepted'), because: 'the target has it and has not decided', evidence, dueInMs: backOffMs(lookUps + 1, Math.random()),
      steps: [posting.change(position, { state: 'accepted', lookUps: lookUps + 1 })],
    } };
    case 'refused': return { transition: refused(posting, position, found.problem, evidence) };
  }
}

/** The whole reaction to a failed send, by kind alone. */
export function afterFailure(posting: CarriedPosting, position: number, failure: ConnectorFailure, message: string, processingMs: number): AfterAnswer {
  const { attempts } = posting.stepAt(position);
  const evidence: Json = { attempt: attempts, failure: failure as unknown as Json, message };
  const notBooked = (because: string, dueInMs: number, counted: boolean): Transition => ({
    to: posting.stateWith(position, 'planned'), because, evidence, dueInMs,
    steps: [posting.change(position, { state: 'planned', answeredNow: true, attempts: counted ? attempts : attempts - 1 })],
  });
  switch (reactionTo(failure)) {
    case 'retry': return { transition: notBooked(`nothing was booked: ${message}`, backOffMs(attempts, Math.random()), true) };
    case 'retryLater': return { transition: { ...notBooked('the target asked to slow down', 0, false), keepLease: true } };
    case 'lookUpThenRetry': return { transition: {
      to: 'unknown', because: `no trustworthy answer: ${message}`, evidence, dueInMs: backOffMs(1, Math.random()),
      steps: [posting.change(position, { state: 'unknown', answeredNow: true, lookUps: 0, resendAfterMs: processingMs })],
    } };
    case 'askPerson':
      if (failure.kind === 'auth') return { transition: notBooked(`the target does not let us in: ${message}`, 0, false), pauseLane: `${message} (${failure.hint})` };
      if (failure.kind === 'conflict') {
        const problem = `the target holds ${failure.externalId} under this key, different in ${failure.differsIn.join(', ')}`;
        return { transition: { to: 'attention', because: problem, evidence, steps: [posting.change(position, { state: 'conflict', answeredNow: true, problem })] } };
      }
      return { transition: refused(posting, position, failure.kind === 'invalid' ? issueText(failure.issues) : message, evidence) };
    case 'stop': return { transition: refused(posting, position, message, evidence) };
  }
}

function booked(posting: CarriedPosting, position: number, externalId: string, because: string, evidence: Json): Transition {
  return {
    to: posting.stateWith(position, 'booked'), because: `step ${position + 1} of ${posting.steps.length}: ${because} as ${externalId}`, evidence, keepLease: true,
    steps: [posting.change(position, { state: 'booked', answeredNow: true, externalId, lookUps: 0 })],
  };
}

function refused(posting: CarriedPosting, position: number, problem: string, evidence: Json): Transition {
  return {
    to: 'attention', because: vendorText(`step ${position + 1} of ${posting.steps.length} was refused: ${problem}`), evidence,
    steps: [posting.change(position, { state: 'refused', answeredNow: true, problem: vendorText(problem) })],
  };
}

function issueText(issues: readonly { readonly path: string; readonly value: string; readonly problem: string }[]): string {
  return issues.map(({ path, value, problem }) => `${path} "${value}": ${problem}`).join('; ');
}
