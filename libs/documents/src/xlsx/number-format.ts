/** What a number format shows of a number. */
export interface NumberFormat {
  readonly kind: 'number' | 'day';
  /** Decimals shown; null where the format shows as many as there is room for (`General`) or says nothing of them. */
  readonly decimals: number | null;
  /** Digits shown at least, with zeros in front: 8 for `00000000`. */
  readonly digitsMin: number;
}

export const GENERAL: NumberFormat = { kind: 'number', decimals: null, digitsMin: 0 };

// Formats that files name by number only (ECMA-376 part 1, 18.8.30); 27 to 36 and 50 to 58 are East Asian days.
const BUILT_IN_DAYS: readonly (readonly [number, number])[] = [[14, 22], [27, 36], [45, 47], [50, 58]];
const BUILT_IN_DECIMALS: Readonly<Record<number, number>> = { 1: 0, 2: 2, 3: 0, 4: 2, 37: 0, 38: 0, 39: 2, 40: 2, 41: 0, 42: 0, 43: 2, 44: 2 };

/** @param code the format's own text; null for one of the formats every program knows */
export function numberFormat(id: number, code: string | null): NumberFormat {
  if (code !== null) return ofCode(code);
  if (BUILT_IN_DAYS.some(([first, last]) => id >= first && id <= last)) return { ...GENERAL, kind: 'day' };
  return { ...GENERAL, decimals: BUILT_IN_DECIMALS[id] ?? null };
}

function ofCode(code: string): NumberFormat {
  const [positive = ''] = bare(code).split(';');
  if (/general|standard/i.test(positive)) return GENERAL;
  if (/[ymd]|[hs]/i.test(positive)) return { ...GENERAL, kind: 'day' };
  if (/^0+$/.test(positive)) return { kind: 'number', decimals: 0, digitsMin: positive.length };
  if (/[%E]/i.test(positive) || !/[0#?]/.test(positive)) return GENERAL;
  return { kind: 'number', decimals: /\.([0#?]*)/.exec(positive)?.[1]?.length ?? 0, digitsMin: 0 };
}

/** Without quoted texts, escaped characters, fillers, colours and locales, whose letters mean nothing; `[h]` counts hours. */
function bare(code: string): string {
  return code.replace(/"[^"]*"|\\.|_.|\*./g, '').replace(/\[(?!h+\]|m+\]|s+\])[^\]]*\]/gi, '').trim();
}
