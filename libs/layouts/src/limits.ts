/** Characters of one record. The longest known (an extended lockbox row) has 300; a longer one is a file of another kind, or a quote that never closes. */
export const RECORD_LENGTH_MAX = 65_536;
/** Columns of one row of a delimited file. */
export const COLUMNS_MAX = 1_000;
/** Rows of one file. Larger ledgers are sent in several. */
export const ROWS_MAX = 100_000_000;
/** Bytes of one file that is read. */
export const FILE_BYTES_MAX = 16 * 2 ** 30;
/** Bytes of one file that is rendered: it is kept whole, because the engine stores it before it leaves. */
export const RENDERED_BYTES_MAX = 256 * 2 ** 20;
/** Characters of a value or a row quoted in a problem. */
export const QUOTED_VALUE_MAX = 120;
/** Decimal places a total is kept with; no currency of ISO 4217 has more than four. */
export const TOTAL_DECIMALS = 4;
/** Kinds of record of one layout, and fields of one record. */
export const RECORDS_MAX = 40;
export const FIELDS_MAX = 300;
/** How deep record groups nest: file, batch, check, overflow line. */
export const NESTING_MAX = 4;
