/** Bytes of a CSV file: nothing is kept of the rows handed on. */
export const CSV_BYTES_MAX = 512 * 1024 * 1024;
/** Bytes by which a layout is settled at the least, a file's all when it has fewer. */
export const SETTLE_BYTES = 8 * 1024 * 1024;
/** Bytes collected before they are decoded and scanned, once the layout is settled. */
export const FEED_BYTES = 64 * 1024;
