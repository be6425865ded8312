/** Columns of a profile: the widest known has 300. */
export const LOCKBOX_COLUMNS_MAX = 1_000;
/** Fields of one record of a profile. */
export const LOCKBOX_FIELDS_MAX = 100;
/** Implied decimals of an amount: no currency has more. */
export const LOCKBOX_DECIMALS_MAX = 4;
/** Records of one file. */
export const LOCKBOX_RECORDS_MAX = 2_000_000;
/** Invoices of one cheque. */
export const LOCKBOX_LINES_MAX = 20_000;
/** Records a preview shows field by field; the totals are of the whole file. */
export const LOCKBOX_PREVIEW_RECORDS_MAX = 500;
/** Lines by which the profile of a file is chosen; as many more each time they leave a choice. */
export const LOCKBOX_FIT_LINES_MAX = 10_000;
/** Characters kept where the profiles stay equal, which often only the total at the end decides: beyond, the first is taken and the draw is said. */
export const LOCKBOX_HELD_LENGTH_MAX = 64 * 1024 * 1024;
/** Bytes of one file. Cheques are handed on as they are complete, so the bound is time, not memory. */
export const LOCKBOX_BYTES_MAX = 512 * 1024 * 1024;
