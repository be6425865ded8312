/** Bytes of one MT940 file. The reader keeps one statement at a time, so the bound is time, not memory. */
export const MT940_BYTES_MAX = 1024 * 1024 * 1024;
/** Physical lines of one field. SWIFT allows six in :86:; banks that ignore it stay far below this. */
export const FIELD_LINES_MAX = 2_000;
