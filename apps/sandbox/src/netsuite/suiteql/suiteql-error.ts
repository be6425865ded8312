/** A query NetSuite would refuse. `message` is the text after "Search error occurred:" in the 400 answer (reference A3 "Errors"). */
export class SuiteQlError extends Error {
  override readonly name = 'SuiteQlError';
}

/** Constructs the sandbox knows to be unsupported are refused with NetSuite's own catch-all text, followed by what was met. */
export function unsupported(what: string): SuiteQlError {
  return new SuiteQlError(`Invalid or unsupported search. (${what})`);
}
