import { canonicalJson, formatMoney, type Money } from '#canonical';

/** U+0000, which Postgres refuses, and half a surrogate pair, which JSON escapes and `jsonb` refuses. With the `u` flag whole pairs do not match. */
const UNSTORABLE = /[\0\p{Surrogate}]/gu;

/** Text as Postgres can keep it: U+0000 and lone surrogates, which a payer's text may hold, become U+FFFD. Everything else stays. */
export function storableText(text: string): string {
  return text.replace(UNSTORABLE, '\uFFFD');
}

export function storableTextOrNull(text: string | null): string | null {
  return text === null ? null : storableText(text);
}

/** JSON as `jsonb` takes it; see {@link storableText}. Keys are sorted, so equal content is equal text. */
export function storableJson(value: unknown): string {
  return canonicalJson(withStorableText(value));
}

function withStorableText(value: unknown): unknown {
  if (typeof value === 'string') return storableText(value);
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(withStorableText);
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [storableText(key), withStorableText(entry)]));
}

/** An amount inside a stored JSON document: decimal text, as on the wire. */
export function amountJson(money: Money): { readonly amount: string; readonly currency: string } {
  return { amount: formatMoney(money), currency: money.currency };
}
