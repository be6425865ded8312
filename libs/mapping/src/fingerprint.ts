import { createHash } from 'node:crypto';
import { canonicalJson } from '#canonical';
import type { CompiledMapping } from './compile.js';
import type { Mapping } from './mapping.js';
import type { CompiledWriteMapping } from './render-write.js';

/**
 * What a mapping and its overlay mean, as 64 hex digits: equal for equal rules, whatever their comments, order of lines or file name.
 * The code of custom transforms is not in it; that belongs to the connector's own version.
 */
export function mappingFingerprint(compiled: CompiledMapping | CompiledWriteMapping): string {
  const meaning = [meaningOf(compiled.mapping), compiled.overlay === null ? null : meaningOf(compiled.overlay)];
  return createHash('sha256').update(canonicalJson(meaning)).digest('hex');
}

/** Everything but where it stands and why: file, line and reasons explain a rule, they do not change it. */
function meaningOf(mapping: Mapping): unknown {
  const meaning = plain(mapping) as Record<string, unknown>;
  return { ...meaning, rules: sortedByField(meaning['rules']) };
}

const NOT_MEANING: ReadonlySet<string> = new Set(['file', 'line', 'because', 'target']);

function plain(value: unknown): unknown {
  if (value instanceof Map) return [...value].sort(([left], [right]) => (String(left) < String(right) ? -1 : 1));
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).filter(([key]) => !NOT_MEANING.has(key)).map(([key, entry]) => [key, key === 'rules' ? sortedByField(plain(entry)) : plain(entry)]));
}

function sortedByField(rules: unknown): unknown {
  if (!Array.isArray(rules)) return rules;
  const fieldOf = (rule: unknown): string => String((rule as { field?: unknown }).field);
  return [...rules as unknown[]].sort((left, right) => (fieldOf(left) < fieldOf(right) ? -1 : 1));
}
