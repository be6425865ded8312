import { LIST_LINE_LENGTH_MAX, PROSE_LINES_MAX, SENTENCE_TOKENS_MAX } from './limits.js';
import { scanTokens, type Token, type TokenKind } from './tokens.js';

/** Kinds that begin an entry of a list when a line begins with them. */
const ENTRY_STARTS: ReadonlySet<TokenKind> = new Set(['invoice', 'credit', 'debit', 'order', 'code', 'amount', 'less', 'deducted', 'total', 'discount', 'cheque', 'trace', 'stranger', 'number', 'onAccount', 'payment']);
/** Kinds after which a line goes on in the next. */
const GOES_ON: ReadonlySet<TokenKind> = new Set(['list', 'link', 'range', 'less', 'invoice', 'credit', 'debit', 'number', 'because']);

/** A sentence, or an entry of a list. */
export interface Sentence {
  readonly tokens: readonly Token[];
  /** It ends in a question mark. */
  readonly question: boolean;
}

/** Cuts a text into sentences: at full stops, blank lines, list marks, and between lines that are entries of a list. */
export function* sentencesOf(text: string): Generator<Sentence> {
  let open: Token[] = [];
  let lineLength = 0;
  let newlines = 0;
  let count = 0;
  const take = (question: boolean): Sentence => {
    const sentence = { tokens: open, question };
    open = [];
    return sentence;
  };
  for (const token of scanTokens(text)) {
    if (token.kind === 'newline') {
      newlines += 1;
      continue;
    }
    if (newlines > 0) {
      if (open.length > 0 && breaksHere(newlines, lineLength, open.at(-1), token)) yield take(false);
      newlines = 0;
      lineLength = 0;
    }
    lineLength += token.text.length + 1;
    const end = token.kind === 'mark' && /[.!?;]/.test(token.text) && !/[\p{L}\d]/u.test(text[token.at + 1] ?? ' ');
    if (!end) open.push(token);
    if ((end || open.length >= SENTENCE_TOKENS_MAX) && open.length > 0) yield take(token.text === '?');
    count += 1;
    if (count > PROSE_LINES_MAX * 10) return;
  }
  if (open.length > 0) yield take(false);
}

function breaksHere(newlines: number, lineLength: number, last: Token | undefined, next: Token): boolean {
  if (newlines > 1) return true;
  if (/^[•*·‣▪–-]$/.test(next.text)) return true;
  if (last !== undefined && (GOES_ON.has(last.kind) || last.text === ',' || last.text === '(' || last.text === '&')) return false;
  return lineLength < LIST_LINE_LENGTH_MAX && ENTRY_STARTS.has(next.kind);
}
