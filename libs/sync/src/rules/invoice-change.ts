/** Terms by name, as the contract's `InvoiceTerms`; absent and null are both "none". */
export type Terms = Readonly<Record<string, string | null | undefined>>;

export interface TermDifference {
  readonly name: string;
  /** What the hub had read. */
  readonly seen: string | null;
  /** What the source holds. */
  readonly found: string | null;
}

/** `made`: the source holds what is wanted. `send`: it holds what the hub had read, or may be changed all the same. `conflict`: somebody else changed these terms. */
export type ChangeStep = { readonly do: 'made' } | { readonly do: 'send' } | { readonly do: 'conflict'; readonly differences: readonly [TermDifference, ...TermDifference[]] };

/**
 * What is next of a change, by what the source holds now. It answers a first look, a lost answer, somebody else's edit and the read-back
 * alike, because it asks for nothing but states. Only the terms the change names count: a payment in between is no conflict.
 */
export function nextStep(wanted: Terms, seen: Terms, found: Terms): ChangeStep {
  const names = Object.keys(wanted);
  const of = (terms: Terms, name: string): string | null => terms[name] ?? null;
  if (names.every((name) => of(found, name) === of(wanted, name))) return { do: 'made' };
  const differing = names.filter((name) => of(found, name) !== of(seen, name) && of(found, name) !== of(wanted, name));
  const [first, ...rest] = differing.map((name): TermDifference => ({ name, seen: of(seen, name), found: of(found, name) }));
  return first === undefined ? { do: 'send' } : { do: 'conflict', differences: [first, ...rest] };
}

export function saidOf(differences: readonly TermDifference[]): string {
  return differences.map(({ name, seen, found }) => `${name} is ${found ?? 'none'} there, and was ${seen ?? 'none'} when the hub last read it`).join('; ');
}
