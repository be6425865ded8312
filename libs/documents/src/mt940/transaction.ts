import type { CurrencyCode, StatementTransaction } from '#canonical';
import { type FindingList, whereAt } from '../finding-list.js';
import { MEMO_LENGTH_MAX } from '../limits.js';
import { parseSwiftAmount } from './amounts.js';
import { readInformation, readNsInformation } from './information-dialects.js';
import { type Information, NO_INFORMATION } from './information.js';
import type { TaggedField } from './field-scanner.js';
import { readStatementLine, type StatementLine } from './statement-line.js';

/** SWIFT's transaction types, as far as they say more than "other". */
const KINDS: Readonly<Partial<Record<string, StatementTransaction['kind']>>> = {
  CHK: 'check', ECK: 'check', TCK: 'check', LBX: 'lockbox', CHG: 'fee', COM: 'fee', INT: 'interest', DDT: 'ach', DCR: 'ach', TRF: 'transfer', STO: 'transfer', BNK: 'transfer', CLR: 'transfer',
};
/** "Returned item". */
const RETURNED_TYPE = 'RTI';
/** Placeholders: there is no reference, or it stands in the :86:. */
const NO_REFERENCE: ReadonlySet<string> = new Set(['', 'NONREF', 'EREF', 'KREF', 'KREF+', 'EREF+', 'PREF', 'MARF', 'NOTPROVIDED', 'NOREF']);
const NO_LINES: readonly string[] = [];
const NO_PAYER = { name: null, account: null, id: null };
/** IBAN, or a Dutch giro number, on the supplementary line. */
const ACCOUNT_LINE = /^(?:[A-Z]{2}\d{2}[A-Z0-9]{10,30}|P\d{9})$/;

/**
 * A :61: with what belongs to it as a transaction; null, with a finding that says why, when it is none.
 * @param information the :86: or `:NS:` behind it; null when there is none
 */
export function readTransaction(field: TaggedField, information: TaggedField | null, currency: CurrencyCode | null, findings: FindingList): StatementTransaction | null {
  const written = field.lines[0] ?? '';
  const where = whereAt(field.line, 1, ':61:');
  const line = readStatementLine(written);
  if (typeof line === 'string') {
    findings.error(where, written, `${line}; the row was not taken`);
    return null;
  }
  if (currency === null) {
    findings.error(where, written, 'no balance before this row names its currency; the row was not taken: give the currency of the source');
    return null;
  }
  const magnitude = parseSwiftAmount(line.amount, currency);
  if (typeof magnitude === 'string') {
    findings.error(where, line.amount, `the amount cannot be read in ${currency}: ${magnitude}; the row was not taken`);
    return null;
  }
  if (line.entryDateUnread) findings.warning(where, written, 'the entry date (MMDD) is no day; the value date was taken for it');
  const supplementary = field.lines.length === 1 ? NO_LINES : field.lines.slice(1).map((text) => text.trim()).filter((text) => text !== '');
  const told = told86(information, findings);
  return makeTransaction(line, line.direction === 1 ? magnitude : -magnitude, currency, supplementary, told, where, findings);
}

function told86(field: TaggedField | null, findings: FindingList): Information {
  if (field === null) return NO_INFORMATION;
  if (field.linesLeftOut > 0) findings.warning(whereAt(field.line, 1, ':86:'), field.lines[0] ?? '', `the text has ${field.linesLeftOut} lines more than are kept`);
  return field.tag === 'NS' ? readNsInformation(field.lines) : readInformation(field.lines);
}

function makeTransaction(
  line: StatementLine, minor: bigint, currency: CurrencyCode, supplementary: readonly string[], told: Information, where: StatementTransaction['where'], findings: FindingList,
): StatementTransaction {
  const kind = KINDS[line.type] ?? 'other';
  const customerReference = reference(line.customerReference) ?? told.customerReference;
  const reversal = line.reversal || told.returned || line.type === RETURNED_TYPE;
  return {
    bookedOn: line.bookedOn,
    valueOn: line.valueOn,
    amount: { minor, currency },
    code: line.code,
    kind,
    reversal,
    pending: line.expected,
    bankReference: reference(line.bankReference),
    customerReference,
    endToEndId: told.endToEndId,
    checkNumber: kind === 'check' && customerReference !== null && /^\d+$/.test(customerReference) ? customerReference : null,
    // The other party of money out, and of what is taken back, is not who paid.
    payer: minor > 0n && !reversal ? { name: told.name, account: told.account ?? accountOf(supplementary), id: told.id } : NO_PAYER,
    memo: memoOf(told.memo, supplementary, where, findings),
    structuredReferences: told.structuredReference === null ? [] : [told.structuredReference],
    lines: [],
    where,
  };
}

/** The :86: first, then the supplementary line (`/OCMT/`, `/CHGS/`, a booking text), which explains a short payment. */
function memoOf(information: string, supplementary: readonly string[], where: StatementTransaction['where'], findings: FindingList): string {
  const memo = supplementary.length === 0 ? information : [information, ...supplementary].filter((part) => part !== '').join('\n');
  if (memo.length <= MEMO_LENGTH_MAX) return memo;
  findings.warning(where, memo, `the text has ${memo.length} characters; the first ${MEMO_LENGTH_MAX} were kept`);
  return memo.slice(0, MEMO_LENGTH_MAX);
}

function accountOf(supplementary: readonly string[]): string | null {
  return supplementary.find((text) => ACCOUNT_LINE.test(text)) ?? null;
}

function reference(text: string): string | null {
  return NO_REFERENCE.has(text) ? null : text;
}
