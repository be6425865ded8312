/** The types of the wire that the simulated entities use. */
export type ColumnType = 'string' | 'int32' | 'int64' | 'decimal' | 'date' | 'instant' | 'enum';

export interface Column {
  readonly name: string;
  readonly type: ColumnType;
  /** Of an enum: its name in `Microsoft.Dynamics.DataEntities`. */
  readonly enumeration: string;
}

/**
 * A value of a column. Decimals are integers of 10^-6 (see decimals.ts), days are `YYYY-MM-DD` with '' for the empty date, instants are ISO texts,
 * enums are their member names. Nothing is ever null (reference 3.1).
 */
export type Cell = string | bigint;
export type Row = Readonly<Record<string, Cell>>;

/** `AccountNum TransType:enum.LedgerTransType AmountCur:decimal`: names with types, `string` where none is given. */
export function columns(catalogue: string): readonly Column[] {
  return catalogue.trim().split(/\s+/).map((entry) => {
    const [name = '', typeText = 'string'] = entry.split(':');
    const [type = 'string', enumeration = ''] = typeText.split('.');
    return { name, type: type as ColumnType, enumeration };
  });
}

const EMPTY: Readonly<Record<ColumnType, Cell>> = { string: '', int32: 0n, int64: 0n, decimal: 0n, date: '', instant: '', enum: '' };

/** What stands where nothing was given: '' and 0, and of an enum its first member. */
export function emptyCell(column: Column): Cell {
  return column.type === 'enum' ? ENUMS[column.enumeration]?.[0] ?? '' : EMPTY[column.type];
}

/** A whole row from some of its cells. */
export function fullRow(definition: readonly Column[], cells: Row): Row {
  return Object.fromEntries(definition.map((column) => [column.name, cells[column.name] ?? emptyCell(column)]));
}

/** Members by name of the enum (specs fno-ar-entities.json and fno-receivable-openapi.json). LedgerTransType: its first members, as far as that source goes. */
export const ENUMS: Readonly<Record<string, readonly string[]>> = {
  NoYes: ['No', 'Yes'],
  SettlementType: ['None', 'OpenTransact', 'SelectedTransact'],
  LedgerJournalACType: ['Ledger', 'Cust', 'Vend', 'Project', 'FixedAssets', 'Bank', 'FixedAssets_RU', 'Employee_RU', 'RDeferrals', 'RCash'],
  LedgerTransType: ['None', 'Transfer', 'Sales', 'Purch', 'Invent', 'Production', 'Project', 'Interest', 'Cust', 'ExchAdjustment', 'SummedUp', 'Payroll', 'FixedAssets', 'CollectionLetter', 'Vend', 'Payment', 'Tax'],
  LedgerJournalType: ['Daily', 'Periodic', 'PurchaseLedger', 'Approval', 'Payment', 'CustPayment'],
  CustVendorBlocked: ['No', 'Invoice', 'All', 'Payment', 'Requisition', 'Never', 'PurchOrder'],
  LogisticsElectronicAddressMethodType: ['None', 'Phone', 'Email', 'URL', 'Telex', 'Fax', 'Facebook', 'Twitter', 'LinkedIn'],
  UseCashDisc: ['Normal', 'Always', 'Never'],
  NetCurrent: ['Net', 'CurrentMth', 'CurrentQuart', 'CurrentYear', 'CurrentWeek', 'COD', 'CutOffDate'],
  ExchangeRateDisplayFactor: ['One', 'Ten', 'Hundred', 'Thousand', 'TenThousand'],
  CustPaymentType: ['Other', 'ElectronicPayment', 'Check', 'BillOfExchange', 'CreditCard'],
  CustCollectionLetterCode: ['None', 'CollectionLetter1', 'CollectionLetter2', 'CollectionLetter3', 'CollectionLetter4', 'Collection', 'All', 'CollectionPerCust'],
};

export const ENUM_NAMESPACE = 'Microsoft.Dynamics.DataEntities';

/** The type as the metadata and the error texts name it. */
export function edmType(column: Column): string {
  switch (column.type) {
    case 'string': return 'Edm.String';
    case 'int32': return 'Edm.Int32';
    case 'int64': return 'Edm.Int64';
    case 'decimal': return 'Edm.Decimal';
    case 'date': case 'instant': return 'Edm.DateTimeOffset';
    case 'enum': return `${ENUM_NAMESPACE}.${column.enumeration}`;
  }
}
