import type { CurrencyCode, LocalDate, StatementTransaction, Where } from '#canonical';
import { type FindingList, whereAt } from '../finding-list.js';
import { MEMO_LENGTH_MAX } from '../limits.js';
import { valueDateOf } from './account-summary.js';
import { parseBaiInteger } from './bai2-values.js';
import type { ControlTotals } from './control-totals.js';
import { type DetailFields, readDetailFields, type Segment } from './detail-fields.js';
import { readRemittanceText } from '../x12/remittance-text.js';
import { readTextTags } from './text-tags.js';
import { type TypeCode, typeCodeOf } from './type-codes.js';

/**
 * One 16 record and its 88s as a transaction; null, with a finding that says why, when it is none.
 * @param context null when the account, its currency or its day are unknown: the row is then counted, reported and not taken.
 */
export function readTransaction(
  segments: readonly Segment[], where: Where, context: { readonly asOf: LocalDate; readonly currency: CurrencyCode } | null,
  totals: ControlTotals, findings: FindingList,
): StatementTransaction | null {
  const fields = readDetailFields(segments);
  const written = parseBaiInteger(fields.amount);
  if (written === null && fields.amount !== '') totals.complete = false;
  totals.amount += written ?? 0n;
  const code = typeCodeOf(fields.type);
  const problem = rowProblem(fields, code, written, context !== null);
  if (problem !== null || code === null || written === null || context === null) {
    const [first] = segments;
    const line = first === undefined ? '' : first.text.slice(first.from, first.to);
    if (code?.level === 'text') findings.warning(where, line, 'type 890 carries text, no money: it is no transaction');
    else findings.error(where, line, `${problem ?? 'the row cannot be read'}; the row was not taken`);
    return null;
  }
  if (fields.problem !== null) findings.warning(where, fields.funds, `${fields.problem}: references and text may be shifted`);
  if (written < 0n) findings.warning(where, fields.amount, 'the amount is signed although the type code gives the direction; both were applied');
  return makeTransaction(fields, code, written, context, where, findings);
}

function rowProblem(fields: DetailFields, code: TypeCode | null, written: bigint | null, placed: boolean): string | null {
  if (code === null) return `"${fields.type}" is no type code (three digits)`;
  if (code.level === 'status' || code.level === 'summary') return `type ${fields.type} is a ${code.level} code, which in a 16 record would count money twice`;
  if (code.direction === 0) return `type ${fields.type} says neither money in nor money out`;
  if (fields.amount === '') return 'there is no amount';
  if (written === null) return `the amount "${fields.amount}" is no integer in the smallest unit of the currency`;
  return placed ? null : 'the account, its currency or its day is unknown';
}

function makeTransaction(
  fields: DetailFields, code: TypeCode, written: bigint, context: { readonly asOf: LocalDate; readonly currency: CurrencyCode }, where: Where, findings: FindingList,
): StatementTransaction {
  const { asOf, currency } = context;
  const minor = code.direction === 1 ? written : -written;
  const memo = memoOf(fields.text, where, findings);
  const facts = readTextTags(memo);
  const remittance = readRemittanceText(memo, currency, where);
  for (const { severity, where: place, value, problem } of remittance.findings) findings[severity](place, value, problem);
  const valueOn = valueDateOf(fields.funds, fields.fundsFields, asOf);
  if (fields.funds === 'V' && valueOn === null && fields.fundsFields[0] !== '') {
    findings.warning(whereAt(where.line, where.column, '16'), fields.fundsFields[0] ?? '', 'the value date is no day (YYMMDD); it was left out');
  }
  return {
    bookedOn: asOf,
    valueOn,
    amount: { minor, currency },
    code: fields.type,
    kind: code.kind,
    reversal: code.reversal,
    pending: false,
    bankReference: textOrNull(fields.bankReference),
    customerReference: textOrNull(fields.customerReference),
    endToEndId: facts.endToEndId,
    checkNumber: code.kind === 'check' || code.kind === 'lockbox' ? facts.checkNumber : null,
    // The tags name who paid; of money out that is ourselves, and on a reversal the parties change places.
    payer: code.direction === 1 && !code.reversal ? facts.payer : { name: null, account: null, id: null },
    memo,
    structuredReferences: [],
    lines: remittance.lines,
    where,
  };
}

/** The text, one line per physical record, blanks at the ends dropped. */
function memoOf(parts: readonly string[], where: Where, findings: FindingList): string {
  const memo = parts.length === 1 ? (parts[0] ?? '').trim() : parts.map((part) => part.trim()).filter((part) => part !== '').join('\n');
  if (memo.length <= MEMO_LENGTH_MAX) return memo;
  findings.warning(where, memo, `the text has ${memo.length} characters; the first ${MEMO_LENGTH_MAX} were kept`);
  return memo.slice(0, MEMO_LENGTH_MAX);
}

function textOrNull(text: string): string | null {
  return text === '' ? null : text;
}
