/**
 * Raised for a request that makes no sense now; `code` is for programs, the message for people.
 * `busy`: a run of this tenant is under way. `notNow`: the line or proposal is decided already. `invalid`: it cannot become a posting as
 * it stands. `settings`: the stored settings make no sense. `tooLarge`: a named limit is reached.
 */
export class MatchingError extends Error {
  override readonly name = 'MatchingError';
  constructor(readonly code: 'notFound' | 'busy' | 'notNow' | 'invalid' | 'settings' | 'tooLarge', message: string) {
    super(message);
  }
}
