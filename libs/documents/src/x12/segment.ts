import type { Where } from '#canonical';
import { decodeValue } from './byte-text.js';

/**
 * One segment. The scanner fills the same object again for the next one, so that 1.5 million segments a second need no objects; whoever
 * keeps something takes it out with {@link at}.
 */
export class Segment {
  id = '';
  /** Of the file, counted from 1. */
  number = 0;
  line = 1;
  column = 1;
  /** As written, the id first. */
  elements: readonly string[] = [];
  /** False when values may need decoding. */
  plain = true;
  /** Characters of the separator. */
  separatorLength = 1;

  /** An element as its sender meant it, blanks around it dropped; empty when it is not there. */
  at(index: number): string {
    const written = this.elements[index];
    if (written === undefined || written === '') return '';
    const value = this.plain ? written : decodeValue(written);
    return value.charCodeAt(0) <= 32 || value.charCodeAt(value.length - 1) <= 32 ? value.trim() : value;
  }

  /** Place of the segment, or of one of its elements: `segment 17 RMR04`. */
  where(element = 0): Where {
    if (element === 0) return { line: this.line, column: this.column, record: `segment ${this.number} ${this.id}`, page: null };
    let column = this.column;
    for (let index = 0; index < element; index += 1) column += (this.elements[index]?.length ?? 0) + this.separatorLength;
    return { line: this.line, column, record: `segment ${this.number} ${this.id}${String(element).padStart(2, '0')}`, page: null };
  }

  /** The whole, with `*` between the elements whatever the file uses. */
  text(): string {
    const { elements } = this;
    return (this.plain ? elements.join('*') : decodeValue(elements.join('*'))).trim();
  }
}
