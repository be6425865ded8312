import { type BankStatement, type Finding, isCurrencyCode, MONEY_DIGITS_MAX, type Money, type Remittance, type Where } from '#canonical';
import { FINDING_VALUE_LENGTH_MAX, FINDINGS_MAX, type ReadDocument } from '#documents';

/** Of a file that no reader took there is no place to name: the problem is the file as a whole. */
const WHOLE_FILE = /^the file (is empty|is none of the formats known|has more than \d+ bytes)/;
/** What {@link ReadDocument.findings} ends with when there are too many. */
const FINDINGS_LEFT_OUT = /^\d+ further findings are not listed/;
/** A sentence that says what is wrong is longer than this. */
const PROBLEM_LENGTH_MIN = 12;
/** No currency's unit and no ledger needs an amount beyond it. */
const MINOR_MAX = 10n ** BigInt(MONEY_DIGITS_MAX + 4);

/** What a read file breaks of the promises every format makes, one sentence each. */
export function broken(document: ReadDocument): readonly string[] {
  return [
    ...pollution(),
    ...document.refused === null ? [] : saysWhere('the refusal', document.refused.where, document.refused.problem),
    ...document.findings.flatMap(findingProblems),
    ...document.findings.length > FINDINGS_MAX + 1 ? [`${document.findings.length} findings are listed, ${FINDINGS_MAX} are allowed`] : [],
    ...document.refused !== null && document.statements.length + document.remittances.length > 0 ? ['the file was refused and yet something was taken'] : [],
    ...moneyOf(document).flatMap(amountProblems),
    ...document.findings.length > 0 ? [] : [...document.statements.flatMap(footing), ...document.remittances.flatMap(balance)],
  ];
}

function pollution(): string[] {
  // Enumerable names of the mother of all objects: there is none unless content wrote one.
  const names: string[] = [];
  for (const name in {}) names.push(name);
  return names.map((name) => `Object.prototype got the name "${name}"`);
}

function findingProblems({ severity, where, value, problem }: Finding): string[] {
  const long = value.length > FINDING_VALUE_LENGTH_MAX + 3 ? [`a finding quotes ${value.length} characters`] : [];
  return severity === 'error' ? [...long, ...saysWhere('an error', where, problem)] : long;
}

function saysWhere(what: string, where: Where, problem: string): string[] {
  const said = problem.length >= PROBLEM_LENGTH_MIN ? [] : [`${what} says only "${problem}"`];
  const numbers = [where.line, where.column, where.page].filter((number) => number !== null && !(Number.isInteger(number) && number >= 1));
  if (numbers.length > 0) said.push(`${what} stands at ${numbers.join(', ')}, which is no place: ${problem}`);
  const placed = where.line !== null || where.record !== null || where.page !== null;
  return placed || WHOLE_FILE.test(problem) || FINDINGS_LEFT_OUT.test(problem) ? said : [...said, `${what} names no place: ${problem}`];
}

function moneyOf({ statements, remittances, entries }: ReadDocument): Money[] {
  return [
    ...statements.flatMap(({ balances, transactions }) => [...balances, ...transactions].map(({ amount }) => amount)),
    ...remittances.flatMap(({ total, lines, sums }) => [total, sums.lines, sums.adjustments, ...lines.flatMap(({ paid, gross, discount, adjustments }) => [paid, gross, discount, ...adjustments.map(({ amount }) => amount)])]),
    ...entries.map(({ amount }) => amount),
  ].filter((amount) => amount !== null);
}

function amountProblems({ minor, currency }: Money): string[] {
  if (typeof minor !== 'bigint' || !isCurrencyCode(currency)) return [`${String(minor)} ${currency} is no amount`];
  return minor > MINOR_MAX || minor < -MINOR_MAX ? [`${String(minor)} ${currency} is beyond every amount`] : [];
}

/** Opening, plus what was booked, is the closing balance; asked only where nothing was reported. */
function footing({ account, currency, status, balances, transactions }: BankStatement): string[] {
  const [opening, ...openings] = balances.filter(({ kind }) => kind === 'opening');
  const [closing, ...closings] = balances.filter(({ kind }) => kind === 'closing');
  if (status === 'interim' || opening === undefined || closing === undefined || openings.length + closings.length > 0) return [];
  const booked = transactions.filter(({ pending }) => !pending).reduce((sum, { amount }) => sum + amount.minor, 0n);
  const gap = closing.amount.minor - opening.amount.minor - booked;
  return gap === 0n ? [] : [`account ${account}: the closing balance is off by ${gap} units of ${currency} and no finding says so`];
}

function balance({ reference, sums }: Remittance): string[] {
  return sums.difference === null || sums.difference.minor === 0n ? [] : [`remittance ${reference ?? ''}: out of balance by ${sums.difference.minor} and no finding says so`];
}
