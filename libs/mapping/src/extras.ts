import type { Json, JsonObject } from '#canonical';
import { EXTRAS_DEPTH_MAX, EXTRAS_ENTRIES_MAX, EXTRAS_LEFT_OUT_KEY, EXTRAS_TEXT_MAX } from './limits.js';
import { childPathText, stepInto, type Path } from './path.js';

/** Paths the rules already took, as a tree. A claimed list is claimed with its rows: the rows' own rest stays in the raw record. */
export interface ClaimedTree {
  claimed: boolean;
  readonly inside: Map<string | number, ClaimedTree>;
}

export function claimTree(paths: Iterable<Path>): ClaimedTree {
  const root: ClaimedTree = { claimed: false, inside: new Map() };
  for (const path of paths) {
    let node = root;
    for (const step of path.steps) {
      const next: ClaimedTree = node.inside.get(step) ?? { claimed: false, inside: new Map() };
      node.inside.set(step, next);
      node = next;
    }
    node.claimed = true;
  }
  return root;
}

/**
 * Every scalar of the record that no rule claims, as text under its path: `custbody_region`, `entity.refName`.
 * Keys are what one would write in `from` to claim them. Nulls and empty texts say nothing and are left out.
 * What the limits leave out is counted under {@link EXTRAS_LEFT_OUT_KEY}.
 */
export function collectExtras(record: JsonObject, claimed: ClaimedTree): Record<string, string> {
  const gathered: Gathered = { extras: {}, entries: 0, leftOut: 0 };
  gather(record, claimed, '', 0, gathered);
  if (gathered.leftOut > 0) gathered.extras[EXTRAS_LEFT_OUT_KEY] = String(gathered.leftOut);
  return gathered.extras;
}

interface Gathered {
  readonly extras: Record<string, string>;
  entries: number;
  leftOut: number;
}

function gather(value: Json, claimed: ClaimedTree | undefined, path: string, depth: number, into: Gathered): void {
  if (value === null || typeof value !== 'object') return keep(path, String(value), into);
  if (depth >= EXTRAS_DEPTH_MAX) { into.leftOut += 1; return; }
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index += 1) gatherStep(value, index, claimed, path, depth, into);
    return;
  }
  for (const key of Object.keys(value)) gatherStep(value, key, claimed, path, depth, into);
}

function gatherStep(parent: Json, step: string | number, claimed: ClaimedTree | undefined, path: string, depth: number, into: Gathered): void {
  const inside = claimed?.inside.get(step);
  if (inside?.claimed === true) return;
  const value = stepInto(parent, step);
  if (value === undefined || value === null || value === '') return;
  if (into.entries >= EXTRAS_ENTRIES_MAX) { into.leftOut += 1; return; }
  gather(value, inside, childPathText(path, step), depth + 1, into);
}

/** A path is never exactly an inherited name: {@link childPathText} writes those in brackets, so this assignment is safe. */
function keep(path: string, text: string, into: Gathered): void {
  const cut = text.length > EXTRAS_TEXT_MAX ? `${text.slice(0, EXTRAS_TEXT_MAX - 1)}…` : text;
  into.extras[storableExtra(path)] = storableExtra(cut);
  into.entries += 1;
}

const UNSTORABLE = /[\0\p{Surrogate}]/gu;

/** U+0000 and half a surrogate pair, as a cut makes of an emoji, become U+FFFD: `jsonb` refuses both, and with them the whole page. The raw record keeps the text as sent. */
export function storableExtra(text: string): string {
  return text.replace(UNSTORABLE, '\uFFFD');
}
