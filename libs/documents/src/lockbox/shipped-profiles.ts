import type { LockboxField, LockboxMeaning, LockboxProfile, LockboxRecord } from './profile.js';

function text(meaning: LockboxMeaning, from: number, to: number | null): LockboxField {
  return { meaning, from, to, type: 'text' };
}

function number(meaning: LockboxMeaning, from: number, to: number): LockboxField {
  return { meaning, from, to, type: 'number' };
}

function cents(meaning: LockboxMeaning, from: number, to: number): LockboxField {
  return { meaning, from, to, type: 'amount', decimals: 2 };
}

const BATCH_AND_ITEM = [text('batch', 2, 4), text('item', 5, 7)];
const DEPOSITED: LockboxField = { meaning: 'depositedOn', from: 15, to: 20, type: 'date', dateFormat: 'YYMMDD' };
const CHECK = [...BATCH_AND_ITEM, cents('amount', 8, 17), text('routingNumber', 18, 26), text('account', 27, 36), text('checkNumber', 37, 46)];
const OVERFLOW = [...BATCH_AND_ITEM, text('unused', 8, 8), text('sequence', 9, 10), text('last', 11, 11)];
const HEADERS: readonly LockboxRecord[] = [
  { type: '1', fields: [text('unused', 2, 3), text('text', 4, 13), text('text', 14, 23), text('text', 24, 33)] },
  { type: '2', fields: [text('text', 2, 21), text('text', 22, 31), text('unused', 32, 42), text('unused', 43, null)] },
];
const DEPOSIT = [text('lockbox', 8, 14), DEPOSITED, text('text', 21, 30), text('text', 31, 40)];
const BATCH_TOTAL: LockboxRecord = { type: '7', fields: [text('batch', 2, 4), text('item', 5, 7), text('lockbox', 8, 14), DEPOSITED, number('count', 21, 23), cents('total', 24, 33)] };
const FILE_TOTAL: LockboxRecord = { type: '9', fields: [number('records', 2, 7)] };
/** The count of four digits shifts the total by one column against the extended layout. */
const LOCKBOX_TOTAL_OF_FOUR: LockboxRecord = { type: '8', fields: [text('unused', 2, 7), text('lockbox', 8, 14), DEPOSITED, number('count', 21, 24), cents('total', 25, 34)] };
const DEPOSIT_OF_BATCH: LockboxRecord = { type: '5', fields: [...BATCH_AND_ITEM, ...DEPOSIT] };

const CLASSIC: readonly LockboxRecord[] = [
  ...HEADERS, DEPOSIT_OF_BATCH, { type: '6', fields: CHECK }, { type: '4', fields: [...OVERFLOW, text('invoice', 12, 26), cents('invoiceAmount', 27, 36), text('memo', 37, null)] }, BATCH_TOTAL, LOCKBOX_TOTAL_OF_FOUR, FILE_TOTAL,
];

/** Profiles known from public sources, and two of banks that publish none. */
export const LOCKBOX_PROFILES: readonly LockboxProfile[] = [
  {
    name: 'bai-80', title: 'BAI lockbox, 80 columns', assumed: false, width: 80, currency: 'USD', records: CLASSIC,
    source: 'records 1 and 2 of a published table of an ERP vendor, the others as the two layouts below agree; invoice and amount of record 4 as in the extended one',
  },
  {
    name: 'bai-104', title: 'BAI lockbox, 104 columns, remitter and payee in the cheque record', assumed: false, width: 112, currency: 'USD', source: 'a real file of a US bank',
    records: [
      ...HEADERS, DEPOSIT_OF_BATCH,
      { type: '6', fields: [...CHECK, { meaning: 'checkDate', from: 47, to: 52, type: 'date', dateFormat: 'MMDDYY' }, text('payer', 53, 82), text('payee', 83, null)] },
      { type: '4', fields: [...OVERFLOW, text('invoice', 12, 41)] }, BATCH_TOTAL, LOCKBOX_TOTAL_OF_FOUR, FILE_TOTAL,
    ],
  },
  {
    name: 'bai-300', title: 'BAI lockbox, 300 columns, extended', assumed: false, width: 300, currency: 'USD', source: 'a published viewer of the extended layout',
    records: [
      ...HEADERS, { type: '5', fields: [text('unused', 2, 7), ...DEPOSIT] },
      {
        type: '6', fields: [
          ...CHECK, text('text', 47, 76), text('text', 81, 87), { meaning: 'checkDate', from: 88, to: 93, type: 'date', dateFormat: 'YYMMDD' }, text('payer', 94, 123), text('text', 124, 153), text('text', 154, 159), text('text', 160, 168),
          text('text', 172, 231), text('unused', 232, 242),
        ],
      },
      {
        type: '4', fields: [
          ...OVERFLOW, text('invoice', 12, 26), cents('invoiceAmount', 27, 36), text('memo', 37, 66), text('text', 81, 86), cents('gross', 87, 97), cents('discount', 98, 108), text('text', 109, 138), text('text', 142, 152),
          text('text', 153, 242), text('unused', 243, 286),
        ],
      },
      BATCH_TOTAL, { type: '8', fields: [text('unused', 2, 7), text('lockbox', 8, 14), DEPOSITED, number('count', 21, 23), cents('total', 24, 33), number('batches', 35, 37)] }, FILE_TOTAL,
    ],
  },
  assumedProfile('bank-of-america', 'Bank of America'),
  assumedProfile('jpmorgan-chase', 'JPMorgan Chase'),
];

/** Both banks agree the columns with each client and publish none; the 80-column layout is where a client's file is likeliest to begin. */
function assumedProfile(name: string, bank: string): LockboxProfile {
  return { name, title: `${bank} lockbox (assumed)`, source: `no public layout: ${bank} agrees the columns with each client; taken over from the 80-column layout until a file of the client confirms it`, assumed: true, width: 80, currency: 'USD', records: CLASSIC };
}
