import { invalid } from './problem.js';

/** U+0000, which Postgres refuses in text, and half a surrogate pair, which it refuses in `jsonb`. */
const UNSTORABLE = /[\0\p{Surrogate}]/u;
/** Depth to which a body is looked into; none of this API's is a tenth as deep. */
const DEPTH_MAX = 64;

/** @throws ProblemError 422 for the first text or property name below `path` that the database cannot keep, and for a body too deep to look at. */
export function assertStorable(value: unknown, path: string, depth = 0): void {
  if (typeof value === 'string') assertText(value, path);
  if (typeof value !== 'object' || value === null || Buffer.isBuffer(value)) return;
  if (depth >= DEPTH_MAX) throw invalid([{ field: '', problem: `is nested more than ${DEPTH_MAX} levels deep` }]);
  for (const [key, entry] of Object.entries(value)) {
    const inner = Array.isArray(value) ? `${path}[${key}]` : `${path === '' ? '' : `${path}.`}${key.replace(UNSTORABLE, '\uFFFD')}`;
    assertText(key, inner);
    assertStorable(entry, inner, depth + 1);
  }
}

function assertText(text: string, path: string): void {
  if (UNSTORABLE.test(text)) throw invalid([{ field: path, problem: 'holds U+0000 or half a surrogate pair, which the database cannot keep: take it out' }]);
}
