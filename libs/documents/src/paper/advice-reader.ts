import { formatMoney, isCurrencyCode, type Money, type Remittance, type RemittanceLine, type Where } from '#canonical';
import type { FindingList } from '../finding-list.js';
import { remittanceSums } from '../remittance-sums.js';
import { readMessage, sayOpenFigures } from '../text/message-reader.js';
import { readProseDate } from '../text/prose-dates.js';
import { type AmountStyle, currencyFinding, type KnownCurrency } from '../text/prose-amounts.js';
import { adviceAmount, adviceStyle, looksLikeAmount } from './advice-amounts.js';
import { type AdviceHeader, adviceHeader } from './advice-columns.js';
import { type AdviceFact, labelledValues, type LabelledValue } from './advice-labels.js';
import { readTable } from './advice-table.js';
import { type PageRow, rowLines, whereOf } from './page-rows.js';

/** A remittance read from paper, and whether its own arithmetic vouches for it. */
export interface ReadAdvice {
  readonly remittance: Remittance;
  /** A printed total is there, every line has an amount, and they come to it exactly. */
  readonly balanced: boolean;
}

/**
 * Rows of one or more printed remittance advices: labels (payment number, day, total, payer, payee) and a table of items. Without a table
 * the rows are read as sentences. A new payment number begins a new advice.
 */
export function readAdvices(rows: readonly PageRow[], known: KnownCurrency, findings: FindingList): ReadAdvice[] {
  return sectionsOf(rows).flatMap((section) => readAdvice(section, known, findings));
}

interface Section {
  readonly rows: readonly PageRow[];
  readonly values: readonly LabelledValue[];
}

/** Cuts the rows where another payment number stands. */
function sectionsOf(rows: readonly PageRow[]): Section[] {
  const sections: { rows: PageRow[]; values: LabelledValue[]; reference: string | null }[] = [{ rows: [], values: [], reference: null }];
  for (const [index, row] of rows.entries()) {
    const header = adviceHeader(row) !== null;
    const values = header ? [] : labelledValues(rows, index);
    const reference = values.find(({ fact }) => fact === 'reference')?.value ?? null;
    let open = sections.at(-1);
    if (open === undefined || (reference !== null && open.reference !== null && reference !== open.reference)) {
      open = { rows: [], values: [], reference };
      sections.push(open);
    }
    open.reference ??= reference;
    open.rows.push(row);
    open.values.push(...values);
  }
  return sections;
}

function readAdvice(section: Section, known: KnownCurrency, findings: FindingList): ReadAdvice[] {
  const headers = section.rows.flatMap((row, index) => (adviceHeader(row) === null ? [] : [{ index, header: adviceHeader(row) }]));
  if (headers.length === 0) return proseOf(section, known, findings);
  const style = styleOf(section, known);
  const facts = new Facts(section.values, style, findings);
  const lines: RemittanceLine[] = [];
  const totals = facts.totals();
  for (const [place, { index, header }] of headers.entries()) {
    if (header === null) continue;
    const read = readTable(header, rowsBelow(section.rows, index + 1, headers[place + 1]?.index ?? section.rows.length, header), style, findings);
    lines.push(...read.lines);
    totals.push(...read.totals);
  }
  if (lines.length === 0) return [];
  return [advice(section, facts, lines, totals, style, findings)];
}

/** Rows of a table; the top of a following page, up to a repeated header, is no part of it. */
function rowsBelow(rows: readonly PageRow[], from: number, to: number, { row }: AdviceHeader): PageRow[] {
  const below = rows.slice(from, to);
  const next = rows[to];
  return next === undefined ? below : below.filter(({ page }) => page === row.page || page !== next.page);
}

function styleOf({ rows, values }: Section, known: KnownCurrency): AmountStyle {
  const stated = values.find(({ fact, value }) => fact === 'currency' && isCurrencyCode(value.slice(0, 3)))?.value.slice(0, 3) ?? null;
  const named = stated ?? rows.flatMap(({ cells }) => cells).map(({ text }) => /(?:^|[\s(])(EUR|USD|GBP|CHF|CAD|AUD)(?:$|[\s)])/.exec(text)?.[1] ?? null).find((code) => code !== null) ?? null;
  return adviceStyle(rows.flatMap(({ cells }) => cells.map(({ text }) => text).filter(looksLikeAmount)), named, known);
}

/** Labelled values of an advice, read once each. */
class Facts {
  constructor(private readonly values: readonly LabelledValue[], private readonly style: AmountStyle, private readonly findings: FindingList) {}

  text(fact: AdviceFact): string | null {
    return this.values.find((value) => value.fact === fact)?.value ?? null;
  }

  day(): Remittance['paidOn'] {
    const found = this.values.find(({ fact, value }) => fact === 'paidOn' && /\d/.test(value));
    if (found === undefined) return null;
    const day = readProseDate(found.value);
    if (day === 'open' || day === null) {
      this.findings.warning(whereOf(found.row, found.cell), found.value, day === null ? 'no day; the day of the payment was left out' : 'day and month cannot be told apart; the day of the payment was left out');
      return null;
    }
    return day;
  }

  totals(): { money: Money; where: Where }[] {
    return this.values.flatMap(({ fact, value, row, cell }) => {
      if (fact !== 'total' || !/\d/.test(value)) return [];
      const money = adviceAmount(value, this.style);
      if (typeof money !== 'string') return [{ money, where: whereOf(row, cell) }];
      this.findings.error(whereOf(row, cell), value, `the total was not taken: ${money}`);
      return [];
    });
  }
}

function advice(section: Section, facts: Facts, lines: readonly RemittanceLine[], totals: readonly { money: Money; where: Where }[], style: AmountStyle, findings: FindingList): ReadAdvice {
  const fitting = totals.find(({ money }) => remittanceSums(lines, money, style.currency).difference?.minor === 0n);
  const chosen = fitting ?? totals[0] ?? null;
  const total = chosen?.money ?? null;
  const sums = remittanceSums(lines, total, style.currency);
  const where = lines[0]?.where ?? { line: null, column: null, record: null, page: null };
  if (style.assumed) findings.warning(where, '', currencyFinding('the advice', style.currency, style.because));
  if (chosen === null) findings.warning(where, '', 'no printed total was found: whether every item was read cannot be checked');
  if (chosen !== null && fitting === undefined && sums.difference !== null && total !== null) {
    findings.warning(chosen.where, formatMoney(total), `out of balance: the printed total is ${formatMoney(total)}, the items come to ${formatMoney({ ...total, minor: total.minor - sums.difference.minor })}, the gap is ${formatMoney(sums.difference)}`);
  }
  const remittance: Remittance = {
    payer: { name: facts.text('payer'), id: null }, payee: facts.text('payee'), reference: facts.text('reference'), method: methodOf(section, facts), total, currency: style.currency, paidOn: facts.day(), lines, sums, where,
  };
  return { remittance, balanced: fitting !== undefined && lines.every(({ paid }) => paid !== null) };
}

function methodOf({ values }: Section, facts: Facts): string | null {
  const words = `${facts.text('method') ?? ''} ${values.find(({ fact }) => fact === 'reference')?.cell.text ?? ''}`.toLowerCase();
  if (/ch(?:e|è)(?:que|ck)|scheck/.test(words)) return 'CHK';
  if (/\bach\b|\beft\b/.test(words)) return 'ACH';
  return /\bwire\b/.test(words) ? 'FWT' : null;
}

/** An advice without a table: a letter. */
function proseOf({ rows }: Section, known: KnownCurrency, findings: FindingList): ReadAdvice[] {
  return readMessage(rowLines(rows), { ...known, payer: null }, findings).map((remittance) => {
    sayOpenFigures(remittance, findings);
    return { remittance, balanced: remittance.lines.length > 0 && remittance.lines.every(({ paid }) => paid !== null) && remittance.sums.difference?.minor === 0n };
  });
}
