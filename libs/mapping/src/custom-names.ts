import type { Mapping, Rule } from './mapping.js';
import { CUSTOM_PREFIX } from './transform.js';

/** Names of the connector's transforms a mapping needs, each once: checked at boot against what the connector exports. */
export function customTransformNames(mapping: Mapping): readonly string[] {
  return [...new Set(mapping.rules.flatMap(namesOf))].sort();
}

function namesOf(rule: Rule): readonly string[] {
  if (rule.kind === 'field') return rule.via.startsWith(CUSTOM_PREFIX) ? [rule.via.slice(CUSTOM_PREFIX.length)] : [];
  return 'rules' in rule.rows ? rule.rows.rules.flatMap(namesOf) : namesOf(rule.rows.text);
}
