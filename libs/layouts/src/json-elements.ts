import { RECORD_LENGTH_MAX } from './limits.js';

/** One element of a JSON array as it stands, or what is wrong with the array. */
export interface JsonElement {
  readonly line: number;
  readonly text: string;
  readonly problem: string | null;
}

type State = 'before' | 'between' | 'first' | 'inside' | 'after';

const WHITE = /\s/;

/** Finds the elements of one JSON array in a stream of text, without parsing them. */
export class JsonElements {
  #state: State = 'before';
  #carry = '';
  #depth = 0;
  #quoted = false;
  #escaped = false;
  #begun = 1;
  #line = 1;
  #stopped = false;
  /** A comma was seen since the last element. */
  #separated = false;

  get line(): number {
    return this.#line;
  }

  *take(piece: string): Generator<JsonElement> {
    let start = 0;
    for (let index = 0; index < piece.length && !this.#stopped; index += 1) {
      const character = piece[index] ?? '';
      if (character === '\n') this.#line += 1;
      if (this.#state === 'inside') {
        if (!this.#endsBehind(character)) continue;
        const text = this.#carry + piece.slice(start, index + 1);
        this.#carry = '';
        this.#state = 'between';
        this.#separated = false;
        yield { line: this.#begun, text, problem: null };
      } else if (!WHITE.test(character)) {
        const problem = this.#outside(character);
        if (problem !== null) { this.#stopped = true; yield { line: this.#line, text: piece.slice(index, index + 20), problem }; return; }
        if (character === '{') { start = index; this.#begun = this.#line; }
      }
    }
    if (this.#state !== 'inside') return;
    this.#carry += piece.slice(start);
    if (this.#carry.length <= RECORD_LENGTH_MAX) return;
    this.#stopped = true;
    yield { line: this.#begun, text: this.#carry, problem: `the element has more than ${RECORD_LENGTH_MAX} characters` };
  }

  /** What is missing at the end of the file, or null. */
  end(): JsonElement | null {
    if (this.#state === 'after') return null;
    if (this.#state === 'before') return { line: 1, text: '', problem: 'the file is empty: it has no JSON array' };
    return { line: this.#begun, text: this.#state === 'inside' ? this.#carry : '', problem: 'the file ends before its JSON array does: it is cut' };
  }

  /** A character between elements. The answer is what is wrong with it, or null. */
  #outside(character: string): string | null {
    if (this.#state === 'before') {
      if (character !== '[') return 'the file is no JSON array: it does not begin with [';
      this.#state = 'first';
      return null;
    }
    if (this.#state === 'after') return 'something stands behind the JSON array';
    if (character === ']') {
      if (this.#state === 'between' && this.#separated) return 'a comma stands before the end of the array';
      this.#state = 'after';
      return null;
    }
    if (character === ',') {
      if (this.#state === 'first' || this.#separated) return 'a comma stands without an element';
      this.#separated = true;
      return null;
    }
    if (this.#state === 'between' && !this.#separated) return 'a comma is missing between two elements';
    if (character !== '{') return 'an element is no JSON object';
    this.#state = 'inside';
    this.#depth = 1;
    this.#quoted = false;
    return null;
  }

  /** True behind the brace that closes the element. */
  #endsBehind(character: string): boolean {
    if (this.#quoted) {
      if (this.#escaped) this.#escaped = false;
      else if (character === '\\') this.#escaped = true;
      else if (character === '"') this.#quoted = false;
      return false;
    }
    if (character === '"') this.#quoted = true;
    else if (character === '{' || character === '[') this.#depth += 1;
    else if (character === '}' || character === ']') this.#depth -= 1;
    return this.#depth === 0;
  }
}
