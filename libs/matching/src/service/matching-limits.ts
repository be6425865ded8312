/** Open documents of one connection held in memory; one takes about 1 KB with its index entries. */
export const OPEN_DOCUMENTS_MAX = 500_000;
/** Customers of one connection held in memory. */
export const CUSTOMERS_MAX = 200_000;
/** Advices looked at, newest first, and how old one may be. */
export const ADVICES_MAX = 20_000;
export const ADVICE_AGE_DAYS_MAX = 180;
/** Learned payers, latest first. */
export const ALIASES_MAX = 200_000;
/** Payers of marked lines, most marked first. */
export const MARKS_MAX = 20_000;
/** Settled payments remembered for duplicates and closed references, newest first. */
export const EARLIER_PAYMENTS_MAX = 100_000;
export const EARLIER_PAYMENT_AGE_DAYS_MAX = 180;
export const REFUSED_DOCUMENTS_MAX = 200_000;
/** Bank lines proposed together. What an earlier batch of a run promises is gone for the next one. */
export const TRANSACTIONS_PER_BATCH = 20_000;
/** Proposals handed to the database in one statement; all of a batch are in one transaction. */
export const PROPOSALS_PER_STATEMENT = 500;
/** Lines matched anew together with one that is asked for. Beyond it their promises stand and the line takes what is left. */
export const RIVALS_MAX = 200;
/** A batch is read, computed and saved under a lease that is renewed while it goes on. */
export const MATCH_LEASE_MS = 60_000;
/** Longest stretch of computing before others get their turn on the event loop; a single payment is never interrupted. */
export const SLICE_MS = 20;
/** Days in which what people said of a payer loses half its weight. */
export const MEMORY_HALF_LIFE_DAYS = 730;
/** Longer texts are no name, account or identifier, and are not learned. */
export const TRAIT_LENGTH_MAX = 200;
