/** Amount columns tried against each other. */
export const AMOUNT_COLUMNS_MAX = 6;
/** Lines of one payment kept before payments that ended are handed on. */
export const LINES_HELD_MAX = 20_000;
/** Payments remembered, to see one that comes back further down. */
export const PAYMENTS_REMEMBERED_MAX = 200_000;
/** Lines of a mail looked at for a pasted table. */
export const PASTED_LINES_MAX = 5_000;
