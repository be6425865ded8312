import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { catchError, type Observable, throwError } from 'rxjs';
import { MatchingError } from '#matching';
import { conflict, invalid, ProblemError } from '../http/problem.js';

/** Turns the matching room's errors into problems of the API: 404, 409, 422. */
@Injectable()
export class MatchingErrorInterceptor implements NestInterceptor {
  intercept(_: ExecutionContext, next: CallHandler<unknown>): Observable<unknown> {
    return next.handle().pipe(catchError((error: unknown) => throwError(() => (error instanceof MatchingError ? problemOf(error) : error))));
  }
}

function problemOf(error: MatchingError): ProblemError {
  switch (error.code) {
    case 'notFound': return new ProblemError({ type: '/problems/not-found', title: 'Not found', status: 404, detail: error.message });
    case 'busy':
    case 'notNow': return conflict(error.message);
    case 'invalid':
    case 'settings':
    case 'tooLarge': return invalid([{ field: '', problem: error.message }]);
  }
}
