import { type CurrencyCode, isCurrencyCode, type LocalDate, type StatementTransaction } from '#canonical';
import type { FindingList } from '../finding-list.js';
import { MEMO_LENGTH_MAX } from '../limits.js';
import { parseOfxAmount, parseOfxDay } from './ofx-values.js';
import type { OfxRecord } from './record.js';

const KINDS: Readonly<Partial<Record<string, StatementTransaction['kind']>>> = {
  INT: 'interest', FEE: 'fee', SRVCHG: 'fee', ATM: 'card', POS: 'card', XFER: 'transfer', REPEATPMT: 'transfer', CHECK: 'check', DIRECTDEP: 'ach', DIRECTDEBIT: 'ach',
};
/** Types that say the direction, which the sign of the amount says too. */
const DIRECTIONS: Readonly<Partial<Record<string, 1 | -1>>> = { CREDIT: 1, DEP: 1, DIRECTDEP: 1, DEBIT: -1, POS: -1, FEE: -1, SRVCHG: -1, DIRECTDEBIT: -1, CHECK: -1 };
/** Rows not booked yet (`BANKTRANLISTP`) have a name and a day of their own. */
export const PENDING_ROW = 'STMTTRNP';

/**
 * A `STMTTRN` as a transaction; null, with a finding that says why, when it is none. The amount is signed by the bank, and is in the
 * currency of a `CURRENCY` aggregate where the row has one; `ORIGCURRENCY` only tells what it was converted from.
 * @param currency of the account; null when the file names none
 */
export function readOfxTransaction(row: OfxRecord, currency: CurrencyCode | null, findings: FindingList): StatementTransaction | null {
  const symbol = row.text('CURSYM').toUpperCase();
  const own = symbol === '' ? currency : isCurrencyCode(symbol) ? symbol : null;
  if (own === null) return refuse(row, symbol === '' ? 'CURDEF' : 'CURSYM', symbol === '' ? 'the statement names no currency (CURDEF); give the currency of the source' : `"${symbol}" is no ISO 4217 currency code`, findings);
  if (row.text('TRNAMT') === '') return refuse(row, 'TRNAMT', 'there is no amount (TRNAMT)', findings);
  const amount = parseOfxAmount(row.text('TRNAMT'), own);
  if (typeof amount === 'string') return refuse(row, 'TRNAMT', `the amount cannot be read: ${amount}`, findings);
  const bookedOn = dayOf(row, findings);
  if (bookedOn === null) return refuse(row, 'DTPOSTED', 'the row has no day (DTPOSTED, YYYYMMDD)', findings);
  const action = row.text('CORRECTACTION').toUpperCase();
  if (action === 'DELETE') return refuse(row, 'CORRECTACTION', `the bank deletes the row ${row.text('CORRECTFITID')} it sent before; look whether that was applied`, findings);
  if (action !== '') findings.warning(row.whereOf('CORRECTACTION'), row.text('CORRECTFITID'), `this row replaces the row ${row.text('CORRECTFITID')} the bank sent before; both may be there now`);
  const type = row.text('TRNTYPE').toUpperCase();
  const direction = DIRECTIONS[type];
  if (direction !== undefined && amount.minor !== 0n && amount.minor > 0n !== (direction === 1)) {
    findings.warning(row.whereOf('TRNAMT'), row.text('TRNAMT'), `the type ${type} and the sign of the amount disagree; the sign was followed`);
  }
  const name = row.textOrNull('NAME');
  return {
    bookedOn,
    valueOn: parseOfxDay(row.text('DTAVAIL')),
    amount,
    code: type === '' ? null : type,
    kind: KINDS[type] ?? 'other',
    reversal: false,
    pending: row.name === PENDING_ROW || type === 'HOLD',
    bankReference: row.textOrNull('FITID'),
    customerReference: row.textOrNull('REFNUM'),
    endToEndId: null,
    checkNumber: checkNumberOf(row.text('CHECKNUM')),
    payer: amount.minor > 0n ? { name, account: null, id: row.textOrNull('PAYEEID') } : { name: null, account: null, id: null },
    memo: memoOf(row, name, findings),
    structuredReferences: [],
    lines: [],
    where: row.where,
  };
}

/** Banks write 0 where there is no cheque. */
function checkNumberOf(text: string): string | null {
  return text === '' || /^0+$/.test(text) ? null : text;
}

function dayOf(row: OfxRecord, findings: FindingList): LocalDate | null {
  const posted = parseOfxDay(row.text(row.name === PENDING_ROW ? 'DTTRAN' : 'DTPOSTED'));
  if (posted !== null) return posted;
  const initiated = parseOfxDay(row.text('DTUSER'));
  if (initiated !== null) findings.warning(row.whereOf('DTPOSTED'), row.text('DTPOSTED'), `DTPOSTED is no day; the day the transaction was initiated (DTUSER ${initiated}) was taken`);
  return initiated;
}

function refuse(row: OfxRecord, element: string, problem: string, findings: FindingList): null {
  const value = [row.text('FITID'), row.text('TRNAMT'), row.text('NAME')].filter((text) => text !== '').join(' ');
  findings.error(row.whereOf(element), value, `${problem}; the row was not taken`);
  return null;
}

/** Name and memo, one line each; many banks begin the memo with the name again. */
function memoOf(row: OfxRecord, name: string | null, findings: FindingList): string {
  const memo = row.text('MEMO');
  const extended = row.text('EXTDNAME');
  const first = name === null || memo.startsWith(name) ? '' : name;
  const full = extended === '' && first !== '' && memo !== '' ? `${first}\n${memo}` : [first, extended, memo].filter((part) => part !== '').join('\n');
  if (full.length <= MEMO_LENGTH_MAX) return full;
  findings.warning(row.where, full, `the text has ${full.length} characters; the first ${MEMO_LENGTH_MAX} were kept`);
  return full.slice(0, MEMO_LENGTH_MAX);
}
