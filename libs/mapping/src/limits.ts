/** Characters of one mapping file. The largest known mapping has under 8,000; more is no mapping but an attack on the parser. */
export const MAPPING_TEXT_MAX = 262_144;
/** Steps of one source or output path. */
export const PATH_STEPS_MAX = 16;
/** Rows of one list of one record. NetSuite shows at most 10,000 lines of a transaction. */
export const LIST_ROWS_MAX = 10_000;
/** Problems reported for one record; the next one says how many more there are. */
export const PROBLEMS_MAX = 100;
/** Unclaimed fields kept of one record. The raw record keeps them all. */
export const EXTRAS_ENTRIES_MAX = 200;
/** Characters kept of one unclaimed field; a longer one is cut and ends in `…`. */
export const EXTRAS_TEXT_MAX = 2_000;
/** Depth to which unclaimed objects and lists are opened. */
export const EXTRAS_DEPTH_MAX = 8;
/** Largest amount, in the currency's smallest units, that the database's 64-bit integers hold. One record beyond it would stop its whole page. */
export const MINOR_UNITS_MAX = 2n ** 63n - 1n;
/** Characters of a value quoted in a problem. */
export const QUOTED_VALUE_MAX = 120;

/** Key under which `extras` says how many fields the limits left out. Never silent. */
export const EXTRAS_LEFT_OUT_KEY = '(left out)';
