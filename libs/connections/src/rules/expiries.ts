/** Something of a connection that ends: a certificate, a secret, a consent. */
export interface Expiry {
  readonly what: string;
  /** Instant. */
  readonly at: string;
  readonly cure: string;
}

/** How long before its end an expiry is told. */
export const EXPIRY_TOLD_DAYS = 30;
const DAY_MS = 86_400_000;

/** Those that end within {@link EXPIRY_TOLD_DAYS} days, or have ended. What is no instant cannot be told in time, and is left out. */
export function expiriesSoon(expiries: readonly Expiry[], now: Date): readonly Expiry[] {
  const until = now.getTime() + EXPIRY_TOLD_DAYS * DAY_MS;
  return expiries.filter(({ at }) => Date.parse(at) <= until);
}
