import { tokenize } from './tokens.js';

export interface LiftedKeyset {
  readonly query: string;
  readonly parameter: string;
}

/**
 * A walk that writes its last id into the text (`t.id > 4711`) as the one that binds it (`t.id > ?`): one plan for all its pages,
 * and one total that is carried on instead of counted anew. Null where there is nothing to lift, or parameters are bound already.
 */
export function liftKeyset(query: string): LiftedKeyset | null {
  const tokens = tokenize(query);
  if (tokens.some((token) => token.kind === 'symbol' && token.text === '?')) return null;
  const at = tokens.findIndex((token, index) => token.kind === 'symbol' && token.text === '>'
    && tokens[index - 1]?.text === 'id' && tokens[index - 1]?.kind === 'word' && tokens[index + 1]?.kind === 'number');
  const bound = tokens[at + 1];
  if (at < 0 || bound === undefined || !/^\d{1,15}$/.test(bound.text)) return null;
  return { query: `${query.slice(0, bound.at)}?${query.slice(bound.at + bound.raw.length)}`, parameter: bound.text };
}
