import type { Finding, Where } from '#canonical';
import { IMPORT_FINDINGS_MAX } from './bank-limits.js';

export const NOWHERE: Where = { line: null, column: null, record: null, page: null };

/** What the import adds to the parser's findings; bounded, the rest is counted. */
export class ImportFindings {
  readonly #kept: Finding[] = [];
  #leftOut = 0;

  error(where: Where, value: string, problem: string): void {
    this.#add({ severity: 'error', where, value, problem });
  }

  warning(where: Where, value: string, problem: string): void {
    this.#add({ severity: 'warning', where, value, problem });
  }

  all(): readonly Finding[] {
    if (this.#leftOut === 0) return this.#kept;
    return [...this.#kept, { severity: 'error', where: NOWHERE, value: String(this.#leftOut), problem: `${this.#leftOut} further findings of the import are not listed` }];
  }

  #add(finding: Finding): void {
    if (this.#kept.length < IMPORT_FINDINGS_MAX) this.#kept.push(finding);
    else this.#leftOut += 1;
  }
}
