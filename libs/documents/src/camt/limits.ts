/** Bytes of one camt file: nothing of it is kept but the entry at hand. */
export const CAMT_BYTES_MAX = 1024 * 1024 * 1024;
/** Transactions one entry explodes to. A day of Swiss QR slips of a large biller is below 50,000. */
export const ENTRY_DETAILS_MAX = 100_000;
/** Elements directly in one statement or one entry, entries and their transactions not counted; banks send up to 30, balances among them. */
export const PARTS_MAX = 1_000;
/** Characters of one unstructured line (ISO 20022, Max140Text): a longer text is continued in the next. */
export const UNSTRUCTURED_LENGTH_MAX = 140;
