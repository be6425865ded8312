/** A refusal of the token endpoint, in the shape of reference 1. `code` is the number after AADSTS. */
export class EntraError extends Error {
  override readonly name = 'EntraError';
  constructor(readonly status: number, readonly error: string, readonly code: number, readonly description: string) {
    super(description);
  }
}
