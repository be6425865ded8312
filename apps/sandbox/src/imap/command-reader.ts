/** An argument of a command (RFC 3501, 4): an atom, a string (quoted or literal), or a list in parentheses. */
export type Word =
  | { readonly kind: 'atom'; readonly text: string }
  | { readonly kind: 'string'; readonly bytes: Buffer }
  | { readonly kind: 'list'; readonly words: readonly Word[] };

export const LITERAL_BYTES_MAX = 50_000_000;
const LINE_BYTES_MAX = 65_536;
const LITERAL = /\{(\d{1,10})(\+?)\}$/;

/** What a client sent is no command of the protocol. */
export class SyntaxProblem extends Error {}

/**
 * Puts commands together from what arrives. A line that ends in `{n}` goes on after n bytes of literal, which the client sends once it is
 * told to go ahead; `{n+}` (RFC 7888) does not wait.
 */
export class CommandReader {
  #held: Buffer = Buffer.alloc(0);
  #parts: (string | Buffer)[] = [];
  #literalLeft: number | null = null;

  /** @param goAhead tells the client to send its literal */
  constructor(private readonly goAhead: () => void) {}

  /** @returns whole commands, each as text and literals in turn. @throws SyntaxProblem for what is larger than any command may be. */
  take(bytes: Buffer): readonly (readonly (string | Buffer)[])[] {
    this.#held = Buffer.concat([this.#held, bytes]);
    const commands: (string | Buffer)[][] = [];
    for (;;) {
      if (this.#literalLeft !== null) {
        if (this.#held.length < this.#literalLeft) return commands;
        this.#parts.push(this.#cut(this.#literalLeft));
        this.#literalLeft = null;
      }
      const end = this.#held.indexOf('\r\n');
      if (end < 0 && this.#held.length > LINE_BYTES_MAX) throw new SyntaxProblem('the line is too long');
      if (end < 0) return commands;
      const line = this.#cut(end + 2).toString('utf8').slice(0, -2);
      const [marker, length, plus] = LITERAL.exec(line) ?? [];
      if (marker === undefined) {
        commands.push([...this.#parts, line]);
        this.#parts = [];
        continue;
      }
      this.#literalLeft = Number(length);
      if (this.#literalLeft > LITERAL_BYTES_MAX) throw new SyntaxProblem('the literal is too long');
      this.#parts.push(line.slice(0, -marker.length));
      if (plus === '') this.goAhead();
    }
  }

  #cut(length: number): Buffer {
    const piece = this.#held.subarray(0, length);
    this.#held = this.#held.subarray(length);
    return piece;
  }
}

/** The words of a command. @throws SyntaxProblem */
export function wordsOf(parts: readonly (string | Buffer)[]): readonly Word[] {
  const open: Word[][] = [[]];
  const add = (word: Word): void => { open.at(-1)?.push(word); };
  for (const part of parts) {
    if (Buffer.isBuffer(part)) add({ kind: 'string', bytes: part });
    else readText(part, open, add);
  }
  if (open.length !== 1) throw new SyntaxProblem('a parenthesis is not closed');
  return open[0] ?? [];
}

const TOKEN = /\s+|"(?:[^"\\]|\\["\\])*"|\(|\)|(?:[^\s()"[]|\[[^\]]*\])+/gy;

function readText(text: string, open: Word[][], add: (word: Word) => void): void {
  let at = 0;
  for (const [token] of text.matchAll(TOKEN)) {
    at += token.length;
    if (token === '(') open.push([]);
    else if (token === ')') {
      const words = open.pop() ?? [];
      if (open.length === 0) throw new SyntaxProblem('a parenthesis is not opened');
      add({ kind: 'list', words });
    } else if (token.startsWith('"')) add({ kind: 'string', bytes: Buffer.from(token.slice(1, -1).replace(/\\(["\\])/g, '$1')) });
    else if (token.trim() !== '') add({ kind: 'atom', text: token });
  }
  if (at !== text.length) throw new SyntaxProblem(`unexpected "${text.slice(at, at + 10)}"`);
}

/** An atom's or a string's text. @throws SyntaxProblem for a list and for nothing */
export function textOf(word: Word | undefined): string {
  if (word === undefined || word.kind === 'list') throw new SyntaxProblem('a word is missing');
  return word.kind === 'atom' ? word.text : word.bytes.toString('utf8');
}

/** The words of a list; a word alone is a list of it. */
export function listOf(word: Word | undefined): readonly Word[] {
  if (word === undefined) throw new SyntaxProblem('a list is missing');
  return word.kind === 'list' ? word.words : [word];
}
