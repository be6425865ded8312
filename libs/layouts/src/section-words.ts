import type { Section } from '#mapping';

/** One of a closed list of words. A word that is not there is a mistake and gives `otherwise`. */
export function takeOneOf<const Word extends string>(section: Section, key: string, words: readonly Word[], otherwise: NoInfer<Word>): Word {
  const entry = section.take(key);
  if (entry === null) return otherwise;
  const word = entry.value.kind === 'text' ? words.find((known) => known === (entry.value as { readonly text: string }).text) : undefined;
  if (word === undefined) section.list.add(entry.line, section.at(key), `${entry.value.kind === 'text' ? `"${entry.value.text}"` : `a ${entry.value.kind}`} means nothing here`, `write ${words.join(' or ')}`);
  return word ?? otherwise;
}

/** A whole number above zero; null when the key is not there. */
export function takeCount(section: Section, key: string): number | null {
  const text = section.takeText(key, 'write a whole number');
  if (text === null) return null;
  if (!/^[1-9]\d{0,6}$/.test(text.text)) section.list.add(text.line, section.at(key), `"${text.text}" is not a whole number above zero`, 'write digits');
  return Number.isFinite(Number(text.text)) ? Number(text.text) : 1;
}

/** Texts by name; empty when the key is not there. */
export function takeTextMap(section: Section, key: string, cure: string): ReadonlyMap<string, string> {
  const inner = section.takeMap(key, cure);
  const table = new Map<string, string>();
  for (const [name, entry] of inner?.map.entries ?? []) {
    if (entry.value.kind === 'text') table.set(name, entry.value.text);
    else section.list.add(entry.line, `${section.at(key)}.${name}`, `is a ${entry.value.kind}, not a text`, cure);
  }
  return table;
}
