/** Everything a file may ask of this room. Beyond a limit a file is refused with a sentence; it is never cut in silence. */

/** Bytes of one file. A day of a large lockbox is below 20 MB. */
export const FILE_BYTES_MAX = 64 * 1024 * 1024;
/** Bytes at the beginning of a file by which its format is recognised. */
export const DETECTION_BYTES = 64 * 1024;
/** Characters of one physical line. Some banks send a whole BAI2 file as one line. */
export const LINE_LENGTH_MAX = 4_000_000;
/** Rows of one table, records of one ACH file. */
export const RECORDS_MAX = 2_000_000;
/** Characters of one transaction's text. What is longer is cut and said. */
export const MEMO_LENGTH_MAX = 20_000;
/** Columns of one CSV row. */
export const COLUMNS_MAX = 200;
/** Characters of one quoted CSV cell; a quote that is not closed by then is taken as a plain character. */
export const QUOTED_CELL_LENGTH_MAX = 32_768;
/** Rows at the top of a CSV file searched for the header. */
export const HEADER_ROWS_MAX = 40;
/** Findings listed one by one; the rest is counted in a last one. */
export const FINDINGS_MAX = 1_000;
/** Characters of the original a finding quotes. */
export const FINDING_VALUE_LENGTH_MAX = 120;
