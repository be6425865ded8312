/** Every failure a connector may report. The engine decides what to do from `kind` alone. */
export type ConnectorFailure =
  | { readonly kind: 'auth'; readonly hint: string; readonly cure?: LoginCure }
  | { readonly kind: 'rateLimited'; readonly retryAfterMs: number }
  /** Nothing was booked; the same call may be made again. */
  | { readonly kind: 'transient' }
  | { readonly kind: 'invalid'; readonly issues: readonly [FieldIssue, ...FieldIssue[]] }
  | { readonly kind: 'conflict'; readonly externalId: string; readonly differsIn: readonly string[] }
  /** The request left us and no trustworthy answer came. Never repeat blindly: look the key up first. */
  | { readonly kind: 'outcomeUnknown' }
  | { readonly kind: 'notSupported'; readonly capability: string };

/**
 * Who mends a refused login. `signInAgain`: its owner, in the vendor's dialog; the login stays the same. `linkAnew`: it is gone for good,
 * a new one takes its place. `settings`: whoever keeps the connection's credentials, which is also meant where nothing is said.
 */
export type LoginCure = 'signInAgain' | 'linkAnew' | 'settings';

export interface FieldIssue {
  /** Where in our request, as a path: `apply.items[2].amount`. */
  readonly path: string;
  readonly value: string;
  readonly problem: string;
}

/** The only error a connector throws. Do not extend it: add a kind instead. The message never holds a secret. */
export class ConnectorError extends Error {
  override readonly name = 'ConnectorError';
  constructor(message: string, readonly failure: ConnectorFailure, options?: { cause?: unknown }) {
    super(message, options);
  }
}

export type Reaction = 'retry' | 'retryLater' | 'askPerson' | 'lookUpThenRetry' | 'stop';

/** The whole retry policy. */
export function reactionTo(failure: ConnectorFailure): Reaction {
  switch (failure.kind) {
    case 'transient': return 'retry';
    case 'rateLimited': return 'retryLater';
    case 'auth': return 'askPerson';
    case 'invalid': return 'askPerson';
    case 'conflict': return 'askPerson';
    case 'outcomeUnknown': return 'lookUpThenRetry';
    case 'notSupported': return 'stop';
  }
}
