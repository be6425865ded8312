/** Bytes of one picture. */
export const IMAGE_BYTES_MAX = 32 * 1024 * 1024;
/** Pixels of one page: a letter at 600 dots per inch has 34 million. */
export const IMAGE_PIXELS_MAX = 40_000_000;
/** Pages of one scan. Each takes a second or two. */
export const SCAN_PAGES_MAX = 20;
/** Time one scan may take, its program's start included. */
export const SCAN_TIME_MS_MAX = 180_000;
/** JavaScript heap of the program that reads scans; the recogniser itself has memory of its own beside it. */
export const SCAN_HEAP_MEGABYTES_MAX = 512;
/** Dots per inch at which a page of a PDF is drawn: the recogniser's best range begins there. */
export const SCAN_DOTS_PER_INCH = 200;
/** Below this, of 100, a cell that was taken is pointed out to a person. */
export const CONFIDENCE_MIN = 75;
