/** Bytes of a workbook, packed. A sheet of a million rows is below it. */
export const XLSX_BYTES_MAX = 64 * 1024 * 1024;
/** Files packed in one workbook; a large one has some hundred. */
export const ZIP_ENTRIES_MAX = 2_000;
/** Bytes of all parts that are read, unpacked. */
export const ZIP_UNPACKED_BYTES_MAX = 256 * 1024 * 1024;
/** Unpacked bytes for one packed byte. Sheets have 5 to 20; a bomb has 400 to 1,000. */
export const ZIP_RATIO_MAX = 150;
/** Below so many unpacked bytes the ratio says nothing. */
export const ZIP_RATIO_FROM_BYTES = 1024 * 1024;
export const SHARED_STRINGS_MAX = 1_000_000;
/** Characters of all shared strings together. */
export const SHARED_STRING_CHARACTERS_MAX = 64_000_000;
/** Characters of one row's XML. */
export const SHEET_ROW_LENGTH_MAX = 1_000_000;
/** Characters before the rows and behind them: columns, merged cells, validations. */
export const SHEET_MARGIN_LENGTH_MAX = 16_000_000;
export const SHEETS_MAX = 200;
/** Filled cells of one sheet, which is in memory whole. */
export const SHEET_CELLS_MAX = 5_000_000;
/** Merged regions looked at. */
export const MERGED_REGIONS_MAX = 10_000;
/** Cell styles and number formats. */
export const CELL_STYLES_MAX = 70_000;
/** Powers of ten a number is written out to. */
export const EXPONENT_MAX = 40;
