/** Bytes of one BAI2 file. The reader keeps one record at a time, so the bound is time, not memory. */
export const BAI2_BYTES_MAX = 512 * 1024 * 1024;
/** Physical records of one file. */
export const BAI2_RECORDS_MAX = 10_000_000;
/** 88 records that may continue one record. */
export const CONTINUATIONS_MAX = 5_000;
/** Characters of the lines on which one record and its 88s stand: all of it is in memory until the next record begins. */
export const RECORD_LENGTH_MAX = 8_000_000;
/** Pairs of days and amounts of a funds type D. */
export const DISTRIBUTIONS_MAX = 99;
