import type { CurrencyCode } from '#canonical';

/** What a column of a lockbox file can mean. `text` and `unused` are shown in a preview and used for nothing. */
export const LOCKBOX_MEANINGS = [
  'batch', 'item', 'lockbox', 'depositedOn', 'amount', 'routingNumber', 'account', 'checkNumber', 'checkDate', 'payer', 'payee', 'sequence', 'last', 'invoice', 'invoiceAmount', 'gross', 'discount', 'memo',
  'count', 'total', 'batches', 'records', 'text', 'unused',
] as const;
export type LockboxMeaning = (typeof LOCKBOX_MEANINGS)[number];

export const LOCKBOX_DATE_FORMATS = ['YYMMDD', 'MMDDYY', 'DDMMYY', 'YYYYMMDD', 'MMDDYYYY'] as const;
export type LockboxDateFormat = (typeof LOCKBOX_DATE_FORMATS)[number];

/** One column: `from` and `to` count from 1 and are both inside; `to: null` runs to the end of the line. */
export interface LockboxField {
  readonly meaning: LockboxMeaning;
  readonly from: number;
  readonly to: number | null;
  readonly type: 'text' | 'number' | 'amount' | 'date';
  /** Decimal places an amount implies; wanted for amounts only. */
  readonly decimals?: number;
  /** Wanted for dates only. */
  readonly dateFormat?: LockboxDateFormat;
}

/** The records of the format: 1 file, 2 service, 4 invoices of the cheque above, 5 deposit, 6 cheque, 7 batch total, 8 lockbox total, 9 file total. */
export const LOCKBOX_RECORD_TYPES = ['1', '2', '4', '5', '6', '7', '8', '9'] as const;
export type LockboxRecordType = (typeof LOCKBOX_RECORD_TYPES)[number];

export interface LockboxRecord {
  readonly type: LockboxRecordType;
  readonly fields: readonly LockboxField[];
}

/**
 * How one bank fills the columns for one client. Data, no code: a tenant edits it, `checkLockboxProfile` says what is wrong with it and
 * `previewLockbox` what it makes of a file. Column 1 is the record type in every profile.
 */
export interface LockboxProfile {
  readonly name: string;
  readonly title: string;
  /** Where the columns are known from. */
  readonly source: string;
  /** True when no real file of this bank confirmed the columns: said in a warning at each reading. */
  readonly assumed: boolean;
  /** Longest line. */
  readonly width: number;
  readonly currency: CurrencyCode;
  readonly records: readonly LockboxRecord[];
}
