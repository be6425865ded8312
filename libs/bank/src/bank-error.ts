/** One thing wrong with what was handed in. */
export interface BankProblem {
  /** Path of the field; empty for the request as a whole. */
  readonly field: string;
  readonly problem: string;
  readonly value?: string;
}

/**
 * Raised for a request that cannot be met. `missing`: the record named does not exist. `invalid`: the values make no sense, field by field.
 * `conflict`: they did when the caller looked, or would on another record; read it again.
 */
export class BankError extends Error {
  override readonly name = 'BankError';
  constructor(readonly kind: 'missing' | 'invalid' | 'conflict', readonly problems: readonly BankProblem[]) {
    super(problems.map(({ field, problem }) => (field === '' ? problem : `${field} ${problem}`)).join('; '));
  }
}

export function missing(what: string, id: string): BankError {
  return new BankError('missing', [{ field: '', problem: `there is no ${what} ${id}`, value: id }]);
}

export function conflicting(problem: string): BankError {
  return new BankError('conflict', [{ field: '', problem }]);
}

/** @throws BankError (conflict) when the record has moved on. */
export function assertVersion(what: string, id: string, current: number, expected: number): void {
  if (current !== expected) throw conflicting(`${what} ${id} has version ${current}, not ${expected}: somebody changed it; read it again and repeat the change`);
}

/** A bound of the text fields of this room: trimmed, not empty, not longer than allowed. Collects instead of throwing. */
export function checkText(field: string, value: string, lengthMax: number, problems: BankProblem[]): void {
  if (value.trim() === '') problems.push({ field, problem: 'must not be empty', value });
  else if (value.length > lengthMax) problems.push({ field, problem: `has ${value.length} characters, ${lengthMax} are allowed`, value: value.slice(0, 40) });
}

/** @throws BankError (invalid) when there is any problem. */
export function refuseIfAny(problems: readonly BankProblem[]): void {
  if (problems.length > 0) throw new BankError('invalid', problems);
}
