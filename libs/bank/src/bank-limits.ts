/** Everything this room bounds, by name. What a file may be in size and rows is bounded by the documents room. */

/** Characters of a file's name. */
export const FILE_NAME_LENGTH_MAX = 255;
/** Characters of a source label. */
export const SOURCE_LENGTH_MAX = 100;
/** Characters of a bank's account number; an IBAN has at most 34. */
export const ACCOUNT_NUMBER_LENGTH_MAX = 64;
/** Characters of a name or an id of another system. */
export const NAME_LENGTH_MAX = 200;
/** Characters of a reason. */
export const REASON_LENGTH_MAX = 500;
/** Rules of one tenant: each is tried on every new line. */
export const NON_PAYMENT_RULES_MAX = 500;
/** Characters of a rule's value. */
export const RULE_VALUE_LENGTH_MAX = 200;
/** Characters a `contains` value needs at least: one letter would take every line away. */
export const RULE_CONTAINS_LENGTH_MIN = 3;
/** Lines a rule looks at per query when it is applied to what is already here. */
export const RULE_BATCH_LINES = 5_000;
/** Findings of one kind this room adds to a file; the rest is counted in a last one. */
export const IMPORT_FINDINGS_MAX = 200;
/** Lines of one remittance. The largest advices of retailers have some thousands. */
export const REMITTANCE_LINES_MAX = 10_000;
/** Characters of a remittance's body. */
export const REMITTANCE_BODY_LENGTH_MAX = 200_000;
/** Adjustments of one line of a remittance. */
export const ADJUSTMENTS_MAX = 100;
/** A document whose reader has been silent for so long is taken up by another: longer than the slowest reading. */
export const READING_SILENCE_MS = 600_000;
/** How long a kept document waits for the wake-up that was sent for it before it is looked for. */
export const UNBEGUN_MS = 15_000;
/** How often a document is begun to be read by itself; a reader that ends its process would end every other. */
export const READING_ATTEMPTS_MAX = 3;
/** Waiting documents of a tenant for which workers are woken at a time. */
export const WAITING_DOCUMENTS_MAX = 20;
/** Characters of a sender's address (RFC 5321, section 4.5.3.1.3). */
export const SENDER_LENGTH_MAX = 256;
/** Lockbox profiles of one tenant. */
export const LOCKBOX_PROFILES_MAX = 100;
