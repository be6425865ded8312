import type { Finding, Where } from '#canonical';
import { FINDING_VALUE_LENGTH_MAX, FINDINGS_MAX } from './limits.js';

/** A place in a text file. Lines and columns count from 1. */
export function whereAt(line: number | null, column: number | null, record: string | null): Where {
  return { line, column, record, page: null };
}

/** Collects findings up to {@link FINDINGS_MAX} and counts the rest, so that a hostile file cannot fill the memory with complaints. */
export class FindingList {
  readonly #kept: Finding[] = [];
  #leftOut = 0;
  #errorsLeftOut = 0;

  /** Something was not taken: money or a row is missing from the result. */
  error(where: Where, value: string, problem: string): void {
    this.#add('error', where, value, problem);
  }

  /** Everything was taken, but a person should know. */
  warning(where: Where, value: string, problem: string): void {
    this.#add('warning', where, value, problem);
  }

  all(): readonly Finding[] {
    if (this.#leftOut === 0) return this.#kept;
    const problem = `${this.#leftOut} further findings are not listed, ${this.#errorsLeftOut} of them errors; correct the listed ones and read the file again`;
    return [...this.#kept, { severity: this.#errorsLeftOut > 0 ? 'error' : 'warning', where: whereAt(null, null, null), value: String(this.#leftOut), problem }];
  }

  #add(severity: Finding['severity'], where: Where, value: string, problem: string): void {
    if (this.#kept.length >= FINDINGS_MAX) {
      this.#leftOut += 1;
      if (severity === 'error') this.#errorsLeftOut += 1;
      return;
    }
    const quoted = value.length > FINDING_VALUE_LENGTH_MAX ? `${value.slice(0, FINDING_VALUE_LENGTH_MAX)}...` : value;
    this.#kept.push({ severity, where, value: quoted, problem });
  }
}
