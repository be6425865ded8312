/** What an X12 file may ask. Beyond a limit it is refused with a sentence. */

/** Bytes of one file. The reader keeps one transaction set at a time, so a whole year of a retailer may come at once. */
export const X12_FILE_BYTES_MAX = 1024 * 1024 * 1024;
/** Characters of one segment. The longest real ones, free text, stay below 1,000. */
export const SEGMENT_LENGTH_MAX = 100_000;
/** Characters of an ISA with blanks nobody asked for; padded as the standard has it, it is 106. */
export const INTERCHANGE_HEADER_LENGTH_MAX = 512;
/** Interchanges of one file; each is remembered, to say which one comes twice. */
export const INTERCHANGES_MAX = 10_000;
/** Items and adjustments of one payment, which is in memory whole. */
export const REMITTANCE_ITEMS_MAX = 250_000;
/** Bytes looked at in one go. */
export const PIECE_BYTES = 64 * 1024;
/** Characters an entity (ENT with its NM1, REF, DTM) adds to the memo of each of its items. */
export const ENTITY_MEMO_LENGTH_MAX = 500;
/** Segments that belong to no transaction set; with more of them a file is no X12. */
export const STRAY_SEGMENTS_MAX = 1_000;
