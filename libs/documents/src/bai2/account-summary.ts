import { type CurrencyCode, type LocalDate, type StatementBalance } from '#canonical';
import { type FindingList, whereAt } from '../finding-list.js';
import { parseShortDay } from '../short-day.js';
import { parseBaiInteger } from './bai2-values.js';
import type { ControlTotals } from './control-totals.js';
import { fundsFieldCount, type Segment } from './detail-fields.js';
import { balanceKindOf, typeCodeOf } from './type-codes.js';

interface Token {
  readonly text: string;
  readonly segment: Segment;
  readonly column: number;
  readonly startsRecord: boolean;
  readonly endsRecord: boolean;
}

/** Cuts a 03 record and its 88s into fields that know their place. */
export function tokensOf(segments: readonly Segment[]): Token[] {
  const tokens: Token[] = [];
  for (const segment of segments) {
    let from = segment.from;
    for (;;) {
      const comma = segment.text.indexOf(',', from);
      const end = comma === -1 || comma >= segment.to ? segment.to : comma;
      const column = segment.column + (from - segment.from);
      tokens.push({ text: segment.text.slice(from, end).trim(), segment, column, startsRecord: from === segment.from, endsRecord: end === segment.to });
      if (end === segment.to) break;
      from = end + 1;
    }
  }
  return tokens;
}

/** Reads the repeated groups of a 03 record: type, amount, item count, funds type. Balances are returned, totals only summed. */
export class AccountSummaryReader {
  readonly balances: StatementBalance[] = [];
  #index: number;

  constructor(
    readonly tokens: readonly Token[],
    first: number,
    readonly currency: CurrencyCode | null,
    readonly asOf: LocalDate | null,
    readonly totals: ControlTotals,
    readonly findings: FindingList,
  ) {
    this.#index = first;
  }

  read(): StatementBalance[] {
    while (this.#index < this.tokens.length) this.#readGroup();
    return this.balances;
  }

  /** The next field unless the records are used up or, with `own`, a new 88 begins that does not go on with this group. */
  #take(goesOn: (text: string) => boolean): Token | null {
    const token = this.tokens[this.#index];
    if (token === undefined || (token.startsRecord && !goesOn(token.text))) return null;
    this.#index += 1;
    return token;
  }

  #readGroup(): void {
    const type = this.tokens[this.#index];
    this.#index += 1;
    if (type === undefined) return;
    // Many banks write ",/" where the manual has "/": an empty last field is no group.
    if (type.text === '' && type.endsRecord) return;
    const amount = this.#take((text) => /^[+-]?\d*$/.test(text));
    this.#take((text) => !/^\d{3}$/.test(text));
    const funds = this.#take((text) => /^[012ZVSD]?$/i.test(text));
    this.#skipFunds(funds);
    if (amount === null || amount.text === '') return;
    this.#keep(type, amount);
  }

  #skipFunds(funds: Token | null): void {
    const letter = funds?.text.toUpperCase() ?? '';
    const where = whereAt(funds?.segment.line ?? null, funds?.column ?? null, '03');
    const count = letter === 'D' ? this.#take(() => true)?.text ?? '' : '';
    const fields = fundsFieldCount(letter, count);
    if (fields === null) this.findings.warning(where, letter, `"${letter}" is no funds type (0, 1, 2, S, V, D, Z); the fields after it may be shifted`);
    for (let left = (fields ?? 0) - (letter === 'D' ? 1 : 0); left > 0; left -= 1) {
      // The time of a value date is often left out at the end of a record.
      if (this.#take((text) => !/^\d{3}$/.test(text)) === null) break;
    }
  }

  #keep(type: Token, amount: Token): void {
    const minor = parseBaiInteger(amount.text);
    const where = whereAt(amount.segment.line, amount.column, '03');
    if (minor === null) {
      this.totals.complete = false;
      this.findings.error(where, amount.text, `the amount of type ${type.text} is no integer in the smallest unit of the currency; it was not taken`);
      return;
    }
    this.totals.amount += minor;
    const code = typeCodeOf(type.text);
    if (code === null) {
      this.findings.warning(whereAt(type.segment.line, type.column, '03'), type.text, 'this is no type code (three digits); its amount was not taken as a balance');
    } else if (code.level === 'status' && this.currency !== null) {
      this.balances.push({ kind: balanceKindOf(type.text), code: type.text, amount: { minor, currency: this.currency }, on: this.asOf });
    }
  }
}

/** The value day of a funds type V; null for every other type, and when the day is none. A day before the statement's is the statement's. */
export function valueDateOf(funds: string, fundsFields: readonly string[], asOf: LocalDate): LocalDate | null {
  if (funds === '0') return asOf;
  if (funds !== 'V') return null;
  const day = parseShortDay(fundsFields[0] ?? '');
  return day !== null && day < asOf ? asOf : day;
}
