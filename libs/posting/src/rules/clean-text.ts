/** U+0000, which Postgres refuses, and half a surrogate pair, which it refuses in `jsonb`. With the `u` flag whole pairs do not match. */
const UNSTORABLE = /[\0\p{Surrogate}]/gu;
const HALF_A_PAIR_AT_THE_END = /\p{Surrogate}$/u;

/**
 * Text as it can be stored, and so as it must be hashed: what Postgres refuses becomes U+FFFD. A move whose text the database
 * refused would leave its posting unable to move at all.
 */
export function cleanText(text: string): string {
  return text.replace(UNSTORABLE, '\uFFFD');
}

/** At most `lengthMax` UTF-16 units, clean, and never half a character. */
export function cutText(text: string, lengthMax: number): string {
  const cut = text.slice(0, lengthMax);
  return cleanText(text.length > lengthMax ? cut.replace(HALF_A_PAIR_AT_THE_END, '') : cut);
}

/** The same value with every text in it clean, property names too. Not for values with functions or class instances. */
export function clean<T>(value: T): T {
  return cleaned(value) as T;
}

function cleaned(value: unknown): unknown {
  if (typeof value === 'string') return cleanText(value);
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(cleaned);
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [cleanText(key), cleaned(entry)]));
}
