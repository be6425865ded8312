/** Bytes of one PDF file. */
export const PDF_BYTES_MAX = 32 * 1024 * 1024;
/** Pages of one PDF file. A remittance advice of 10,000 invoices has about 250. */
export const PDF_PAGES_MAX = 500;
/** Pieces of text on one page. */
export const PAGE_RUNS_MAX = 50_000;
/** Time one PDF may take, its program's start included. */
export const PDF_TIME_MS_MAX = 60_000;
/** JavaScript heap of the program that reads a PDF. */
export const PDF_HEAP_MEGABYTES_MAX = 384;
