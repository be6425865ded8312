import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import type { Response } from 'express';
import { BankError } from '#bank';
import { ConnectionError } from '#connections';
import { ConnectorError } from '#connector-kit';
import { MappingFileError } from '#mapping';
import { MatchingError } from '#matching';
import { DecisionError, PostingError } from '#posting';
import { ListError } from '#storage';
import { InvoiceChangeError } from '#sync';

/** One thing wrong with a request: where, what value, what is wrong, what to do. */
export interface FieldProblem {
  /** Path of the field or name of the query parameter; empty for the request as a whole. */
  readonly field: string;
  readonly problem: string;
  readonly value?: string;
}

/** RFC 9457 problem details. `type` is a relative reference into the API's own documentation. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly errors?: readonly FieldProblem[];
}

/** The error controllers throw. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  constructor(readonly problem: Problem) {
    super(problem.detail);
  }
}

export function notFound(what: string, id: string): ProblemError {
  return new ProblemError({ type: '/problems/not-found', title: 'Not found', status: 404, detail: `there is no ${what} ${id}` });
}

export function conflict(detail: string): ProblemError {
  return new ProblemError({ type: '/problems/conflict', title: 'Conflict', status: 409, detail });
}

export function invalid(errors: readonly FieldProblem[]): ProblemError {
  const detail = errors.map((error) => (error.field === '' ? error.problem : `${error.field} ${error.problem}`)).join('; ');
  return new ProblemError({ type: '/problems/invalid', title: 'Invalid request', status: 422, detail, errors });
}

/** Turns every error into problem+json. What nobody foresaw is logged whole and answered without its details. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly log: (error: unknown, reference: string) => void) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const response = host.switchToHttp().getResponse<Response>();
    if (response.headersSent) {
      response.destroy();
      return;
    }
    const problem = problemOf(error) ?? this.#unforeseen(error);
    response.status(problem.status).type('application/problem+json').send(JSON.stringify(problem));
  }

  #unforeseen(error: unknown): Problem {
    const reference = crypto.randomUUID();
    this.log(error, reference);
    return { type: '/problems/internal', title: 'Internal error', status: 500, detail: `something went wrong on our side; its log line has the reference ${reference}` };
  }
}

function problemOf(error: unknown): Problem | null {
  if (error instanceof ProblemError) return error.problem;
  if (error instanceof ListError) return invalid([{ field: error.field, value: error.value, problem: error.message }]).problem;
  if (error instanceof ConnectionError || error instanceof MappingFileError) {
    return invalid(error.message.split('\n').map((problem) => ({ field: '', problem }))).problem;
  }
  if (error instanceof DecisionError) return invalid(error.problems).problem;
  if (error instanceof BankError) return bankProblem(error);
  if (error instanceof PostingError || error instanceof MatchingError) return roomProblem(error);
  if (error instanceof InvoiceChangeError) return changeProblem(error);
  if (error instanceof ConnectorError) {
    return { type: `/problems/source-${error.failure.kind}`, title: 'The connected system refused', status: 502, detail: error.message };
  }
  if (error instanceof HttpException) return { type: '/problems/http', title: error.name, status: error.getStatus(), detail: error.message };
  // Body parsers fail with plain errors that carry their status.
  const { status, message } = error as { status?: unknown; message?: unknown };
  if (typeof status === 'number' && status >= 400 && status < 500) return { type: '/problems/http', title: 'Bad request', status, detail: String(message) };
  return null;
}

/** `busy` is the source's doing: the change is stored and open. */
function changeProblem({ code, message, issues }: InvoiceChangeError): Problem {
  switch (code) {
    case 'notFound': return { type: '/problems/not-found', title: 'Not found', status: 404, detail: message };
    case 'notOffered':
    case 'notNow': return conflict(message).problem;
    case 'changed': return { type: '/problems/changed', title: 'Changed meanwhile', status: 412, detail: message };
    case 'refused': return { ...invalid(issues.length === 0 ? [{ field: '', problem: message }] : issues.map(({ path, value, problem }) => ({ field: path, value, problem }))).problem, title: 'The connected system refused' };
    case 'keyUsed': return invalid([{ field: 'Idempotency-Key', problem: message }]).problem;
    case 'busy': return { type: '/problems/source-busy', title: 'The connected system gave no answer', status: 502, detail: message };
  }
}

function bankProblem(error: BankError): Problem {
  switch (error.kind) {
    case 'missing': return { type: '/problems/not-found', title: 'Not found', status: 404, detail: error.message };
    case 'conflict': return conflict(error.message).problem;
    case 'invalid': return invalid(error.problems).problem;
  }
}

function roomProblem(error: PostingError | MatchingError): Problem {
  switch (error.code) {
    case 'notFound': return { type: '/problems/not-found', title: 'Not found', status: 404, detail: error.message };
    case 'invalid':
    case 'settings':
    case 'tooLarge': return invalid([{ field: '', problem: error.message }]).problem;
    case 'notNow':
    case 'busy':
    case 'notOffered': return conflict(error.message).problem;
  }
}
