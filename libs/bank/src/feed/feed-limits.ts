/** Changes one update may hold. They are kept in memory until the last page is there, because they are stored in one transaction. */
export const FEED_UPDATE_ROWS_MAX = 300_000;
/** Rows without a line that one answer lists. */
export const UNPLACED_ROWS_LISTED_MAX = 200;
