import { EXIT, type ExitCode } from './exit-codes.js';

/** A problem as the hub writes it (RFC 9457), and as this program writes its own. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status?: number;
  readonly detail: string;
  readonly errors?: readonly { readonly field: string; readonly problem: string; readonly value?: string }[];
}

/** Ends the command with a problem that is printed and an exit code that says whose it is. */
export class CliError extends Error {
  override readonly name = 'CliError';
  constructor(readonly problem: Problem, readonly exitCode: ExitCode) {
    super(problem.detail);
  }
}

export function usage(detail: string): CliError {
  return new CliError({ type: '/problems/usage', title: 'Cannot do that', detail }, EXIT.usage);
}

/** For people: what, where, what value, what is wrong. One line per field. */
export function problemText(problem: Problem): string {
  const fields = (problem.errors ?? []).filter((error) => error.field !== '' || error.problem !== problem.detail)
    .map(({ field, problem: wrong, value }) => `  ${field === '' ? '-' : field}${value === undefined ? '' : ` = ${JSON.stringify(value)}`}  ${wrong}`);
  const head = fields.length > 0 ? `${problem.title}:` : `${problem.title}: ${problem.detail}`;
  return [head, ...fields].join('\n');
}
