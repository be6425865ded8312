import { type Where } from '#canonical';
import { whereAt } from '../finding-list.js';

/** A value with its place. */
export interface PlacedValue {
  readonly text: string;
  readonly line: number;
  readonly column: number;
}

/** One aggregate with its values: a row, a balance, an account. The first value of a name counts. */
export class OfxRecord {
  readonly #values = new Map<string, PlacedValue>();

  constructor(readonly name: string, readonly line: number, readonly column: number) {}

  get where(): Where {
    return whereAt(this.line, this.column, this.name);
  }

  take(name: string, value: PlacedValue): void {
    if (!this.#values.has(name)) this.#values.set(name, value);
  }

  /** The value of an element; empty when there is none. */
  text(name: string): string {
    return this.#values.get(name)?.text ?? '';
  }

  textOrNull(name: string): string | null {
    const text = this.text(name);
    return text === '' ? null : text;
  }

  /** Where an element's value stands; the record itself when there is none. */
  whereOf(name: string): Where {
    const value = this.#values.get(name);
    return value === undefined ? this.where : whereAt(value.line, value.column, `${this.name}/${name}`);
  }
}
