import { QUOTED_VALUE_MAX } from './limits.js';

/** A value that does not fit its field. The sentence starts after the field's name: `is not a whole number`. */
export class ValueProblem extends Error {
  override readonly name = 'ValueProblem';
}

/** A value as problems show it: quoted, cut, control characters visible. */
export function shown(text: string): string {
  const cut = text.length > QUOTED_VALUE_MAX ? `${text.slice(0, QUOTED_VALUE_MAX)}…` : text;
  return JSON.stringify(cut);
}
