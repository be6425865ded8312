import { isCurrencyCode } from '#canonical';
import { LOCKBOX_COLUMNS_MAX, LOCKBOX_DECIMALS_MAX, LOCKBOX_FIELDS_MAX } from './limits.js';
import { LOCKBOX_DATE_FORMATS, LOCKBOX_MEANINGS, LOCKBOX_RECORD_TYPES, type LockboxField, type LockboxMeaning, type LockboxProfile, type LockboxRecord, type LockboxRecordType } from './profile.js';

/** What is wrong with a profile, and where: `record 6, amount (columns 8-17)`. */
export interface LockboxProfileProblem {
  readonly place: string;
  readonly problem: string;
}

/** Without these no remittance can be made or nothing proves it. */
const REQUIRED: Readonly<Partial<Record<LockboxRecordType, readonly LockboxMeaning[]>>> = { '4': ['invoice'], '6': ['amount', 'checkNumber'], '7': ['total'], '8': ['total'], '9': ['records'] };
/** Meanings a record may have more than once. */
const REPEATED: ReadonlySet<LockboxMeaning> = new Set(['text', 'unused', 'memo']);
const TYPES: Readonly<Partial<Record<LockboxMeaning, LockboxField['type']>>> = {
  depositedOn: 'date', checkDate: 'date', amount: 'amount', invoiceAmount: 'amount', gross: 'amount', discount: 'amount', total: 'amount', count: 'number', batches: 'number', records: 'number',
};

/** Everything that is wrong with a profile, each with its place; empty when it can be used. */
export function checkLockboxProfile(profile: LockboxProfile): LockboxProfileProblem[] {
  const problems: LockboxProfileProblem[] = [];
  const say = (place: string, problem: string): void => { problems.push({ place, problem }); };
  if (!isCurrencyCode(profile.currency)) say('currency', `"${profile.currency}" is no ISO 4217 currency code`);
  if (!Number.isInteger(profile.width) || profile.width < 1 || profile.width > LOCKBOX_COLUMNS_MAX) say('width', `${profile.width} is no number of columns from 1 to ${LOCKBOX_COLUMNS_MAX}`);
  const seen = new Set<string>();
  for (const record of profile.records) {
    if (!LOCKBOX_RECORD_TYPES.includes(record.type)) say(`record ${record.type}`, `the record types are ${LOCKBOX_RECORD_TYPES.join(', ')}`);
    if (seen.has(record.type)) say(`record ${record.type}`, 'the record is described twice');
    seen.add(record.type);
    checkRecord(record, profile.width, say);
  }
  if (!seen.has('6')) say('record 6', 'the cheque record is missing: nothing could be read');
  if (!['7', '8'].some((type) => seen.has(type))) say('record 7', 'neither the batch total (7) nor the lockbox total (8) is described: nothing would prove what is read');
  return problems;
}

function checkRecord({ type, fields }: LockboxRecord, width: number, say: (place: string, problem: string) => void): void {
  if (fields.length > LOCKBOX_FIELDS_MAX) say(`record ${type}`, `it has ${fields.length} fields, ${LOCKBOX_FIELDS_MAX} are allowed`);
  for (const meaning of REQUIRED[type] ?? []) if (!fields.some((field) => field.meaning === meaning)) say(`record ${type}`, `the field ${meaning} is missing`);
  const sorted = fields.slice(0, LOCKBOX_FIELDS_MAX).toSorted((left, right) => left.from - right.from);
  const meanings = new Set<LockboxMeaning>();
  let before: LockboxField | null = null;
  for (const field of sorted) {
    const place = placeOf(type, field);
    checkField(field, width, (problem) => { say(place, problem); });
    if (meanings.has(field.meaning) && !REPEATED.has(field.meaning)) say(place, `the record has ${field.meaning} twice`);
    meanings.add(field.meaning);
    if (before !== null && (before.to ?? width) >= field.from) say(place, `it overlaps ${placeOf(type, before)}`);
    before = before === null || (field.to ?? width) >= (before.to ?? width) ? field : before;
  }
}

function checkField(field: LockboxField, width: number, say: (problem: string) => void): void {
  const { meaning, from, to } = field;
  if (!LOCKBOX_MEANINGS.includes(meaning)) say(`"${meaning}" is no meaning of a column: ${LOCKBOX_MEANINGS.join(', ')}`);
  if (!Number.isInteger(from) || from < 2) say('columns count from 1, and column 1 is the record type: the first column must be 2 or more');
  if (to !== null && (!Number.isInteger(to) || to < from)) say('the last column is before the first');
  if ((to ?? from) > width) say(`it ends behind the profile's width of ${width}`);
  checkType(field, say);
}

function checkType({ meaning, from, to, type, decimals, dateFormat }: LockboxField, say: (problem: string) => void): void {
  const wanted = TYPES[meaning];
  if (wanted !== undefined && type !== wanted) say(`${meaning} must be of type ${wanted}, not ${type}`);
  if (type === 'date' && (dateFormat === undefined || !LOCKBOX_DATE_FORMATS.includes(dateFormat))) say(`a date needs a format: ${LOCKBOX_DATE_FORMATS.join(', ')}`);
  else if (type === 'date' && to !== null && dateFormat !== undefined && to - from + 1 !== dateFormat.length) say(`${dateFormat} has ${dateFormat.length} columns, the field ${to - from + 1}`);
  if (type === 'amount' && (decimals === undefined || !Number.isInteger(decimals) || decimals < 0 || decimals > LOCKBOX_DECIMALS_MAX)) say(`an amount needs its implied decimals, 0 to ${LOCKBOX_DECIMALS_MAX}`);
}

function placeOf(type: string, { meaning, from, to }: LockboxField): string {
  return `record ${type}, ${meaning} (columns ${from}-${to ?? 'end'})`;
}
