/** Records of one page at most. */
export const PAGE_SIZE_MAX = 10_000;
