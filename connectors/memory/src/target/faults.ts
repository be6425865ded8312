/** How the target can be told to go wrong. The same words as the conformance kit's, which this room cannot see outside its tests. */
export type TargetFault =
  | { readonly kind: 'loseNextAnswerAfterCommit' }
  | { readonly kind: 'lateCommit'; readonly afterMs: number }
  | { readonly kind: 'failNext'; readonly status: 500 | 502 | 503 | 'reset'; readonly afterRequests?: number }
  | { readonly kind: 'throttleNext'; readonly retryAfterMs: number | null }
  | { readonly kind: 'duplicatePage' }
  | { readonly kind: 'slow'; readonly answerMs: number }
  | { readonly kind: 'garbleNext' };

/** Faults that wait for their request. Each `Next` fault is taken once. */
export class FaultPlan {
  private readonly waiting: TargetFault[] = [];
  /** Real time every answer takes. */
  answerMs = 0;

  add(fault: TargetFault): void {
    if (fault.kind === 'slow') this.answerMs = fault.answerMs;
    else this.waiting.push(fault);
  }

  /** Takes the first waiting fault of a kind. */
  take<K extends TargetFault['kind']>(kind: K): Extract<TargetFault, { kind: K }> | null {
    const index = this.waiting.findIndex((fault) => fault.kind === kind);
    if (index < 0) return null;
    const [fault] = this.waiting.splice(index, 1);
    return fault as Extract<TargetFault, { kind: K }>;
  }

  /** Takes the failure whose turn it is; one that lets requests pass first counts this one. */
  takeFailure(): Extract<TargetFault, { kind: 'failNext' }> | null {
    const failure = this.take('failNext');
    if (failure === null || (failure.afterRequests ?? 0) === 0) return failure;
    this.waiting.unshift({ ...failure, afterRequests: (failure.afterRequests ?? 0) - 1 });
    return null;
  }
}
