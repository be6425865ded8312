/** A maximal run of letters and digits, upper case and without accents, with its place in the text it was found in. */
export interface TextPiece {
  readonly folded: string;
  readonly start: number;
  readonly end: number;
}

/** Longer texts are read up to here, and the proposal says so (`memoCut`). Far above a bank's longest field (9,999 in Fedwire). */
export const TEXT_LENGTH_MAX = 100_000;

const PIECE = /[\p{L}\p{N}\p{M}]+/gu;
const ONLY_ASCII = /^[\x20-\x7e]*$/;

/** Upper case without accents or ligatures: `Müller` and `MULLER` fold to the same text. */
export function foldText(text: string): string {
  if (ONLY_ASCII.test(text)) return text.toUpperCase();
  return text.normalize('NFKD').replace(/\p{M}/gu, '').replaceAll('ß', 'ss').toUpperCase();
}

export function textPieces(text: string): TextPiece[] {
  const pieces: TextPiece[] = [];
  for (const match of text.slice(0, TEXT_LENGTH_MAX).matchAll(PIECE)) {
    pieces.push({ folded: foldText(match[0]), start: match.index, end: match.index + match[0].length });
  }
  return pieces;
}

const PLAIN_PRINT = /^[\p{L}\p{N} .,&'()/#:+-]{1,80}$/u;

/** The text itself when it may stand in a sentence, null when it holds markup, control or direction characters, or is too long. */
export function quotable(text: string | null): string | null {
  return text !== null && PLAIN_PRINT.test(text) ? text : null;
}
