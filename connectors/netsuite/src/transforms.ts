import type { Transform } from '#connector-kit';

/**
 * NetSuite states some totals with the sign of the ledger: a credit memo's is negative in some accounts and positive in others.
 * Canonically a payment, a credit and what they settle are positive.
 */
export const magnitude: Transform = (value) => value.replace(/^-/, '');

/** What this connector's mappings may name as `via: custom.<name>`. */
export const TRANSFORMS = { magnitude } as const;
