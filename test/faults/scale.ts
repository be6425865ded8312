/** FAULTS_SCALE=1 runs the sizes of the reference (R1 to R3, R6, R15), 0.05 the twentieth that the CI runs; the default is a small fraction for every day. */
export const SCALE = Number(process.env['FAULTS_SCALE'] ?? '0.002');
export const TIMEOUT_MS = SCALE >= 0.1 ? 4 * 3_600_000 : 120_000;

/** A size of the reference at this scale, and not less than what shows anything. */
export function scaled(full: number, least: number): number {
  return Math.max(least, Math.round(full * SCALE));
}

/** What a run must leave behind, whatever happened to it. */
export const SOUND = { duplicates: 0, lost: 0, stuck: 0, withPerson: 0, centsApart: 0n, brokenChains: 0, wrongBankStatus: 0 };
