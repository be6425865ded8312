import type { Json } from '#canonical';
import { QUOTED_VALUE_MAX } from './limits.js';

/** One value of one record that a mapping could not take. */
export interface MappingProblem {
  readonly file: string;
  /** 1-based line of the rule. */
  readonly line: number;
  /** Target field: `issuedOn`, `lines[1].amount`. */
  readonly field: string;
  /** Source path; several are joined by a comma, a constant is `(constant)`. */
  readonly from: string;
  /** The source value as JSON, shortened; null when there was none. */
  readonly value: string | null;
  readonly via: string;
  readonly problem: string;
}

/** Raised by a transform for a value it refuses. The message quotes the value and says what is wrong. */
export class ValueRefused extends Error {
  override readonly name = 'ValueRefused';
}

/** Raised when a write mapping meets a value it refuses: the plan is wrong, nothing has been sent. */
export class MappingProblemsError extends Error {
  override readonly name = 'MappingProblemsError';

  constructor(readonly problems: readonly MappingProblem[]) {
    super(problems.map(formatProblem).join('\n'));
  }
}

/** The value as JSON in at most {@link QUOTED_VALUE_MAX} characters; null for nothing. Bounded before it is serialized: values may be huge. */
export function quoteValue(value: Json | undefined): string | null {
  if (value === undefined) return null;
  if (typeof value === 'string') return JSON.stringify(shorten(value));
  if (Array.isArray(value)) return `[a list of ${value.length}]`;
  if (typeof value === 'object' && value !== null) return `{an object with ${shorten(Object.keys(value).slice(0, 8).join(', '))}}`;
  return String(value);
}

export function shorten(text: string): string {
  // A cut through an emoji leaves half of it, which `jsonb` refuses.
  return text.length > QUOTED_VALUE_MAX ? `${text.slice(0, QUOTED_VALUE_MAX).replace(/\p{Surrogate}$/u, '')}…` : text;
}

/** Five lines a person can act on: file and line, field, source, transform, problem. */
export function formatProblem(problem: MappingProblem): string {
  return [
    `${problem.file}:${problem.line}  ${problem.field}`,
    `  from    ${problem.from}${problem.value === null ? '' : ` = ${problem.value}`}`,
    `  via     ${problem.via}`,
    `  problem ${problem.problem}`,
  ].join('\n');
}
