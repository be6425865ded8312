/** Characters of a text that are read as sentences. A remittance letter is below 20,000. */
export const PROSE_LENGTH_MAX = 1_000_000;
/** Tokens of one sentence; what is longer is no sentence, and is read in pieces of this length. */
export const SENTENCE_TOKENS_MAX = 2_000;
/** Items and deductions of one text. */
export const PROSE_LINES_MAX = 20_000;
/** Characters of a reference. IBANs have 34, no invoice number of a house has more. */
export const REFERENCE_LENGTH_MAX = 40;
/** Characters of the reason a payer gives for a deduction; the rest is in the original. */
export const REASON_LENGTH_MAX = 200;
/** Characters of a line that is one entry of a list; a longer line that is followed by another is wrapped prose. */
export const LIST_LINE_LENGTH_MAX = 60;
/** Characters of a signature or disclaimer's opening line. */
export const CLOSING_LINE_LENGTH_MAX = 60;
