/** One entry of the tests, with the payloads of its addenda of type 05 or its whole addenda record. */
export interface TestEntry {
  readonly code: string;
  readonly cents: number;
  readonly account?: string;
  readonly name?: string;
  readonly payloads?: readonly string[];
  /** Columns 2 to 79 of an addenda of another type. */
  readonly exception?: string;
}

const BANK = '12104288';

/** A complete, correct ACH file of one batch. */
export function achFile(entries: readonly TestEntry[], entryClass = 'CCD', description = 'PAYMENTS'): string {
  const records = entries.flatMap((entry, index) => entryRecords(entry, index + 1, entryClass));
  const sum = (digits: string): number => entries.filter(({ code }) => digits.includes(code.charAt(1))).reduce((total, { cents }) => total + cents, 0);
  const totals = `${String(BigInt(BANK) * BigInt(entries.length)).padStart(10, '0')}${digits(sum('6789'), 12)}${digits(sum('1234'), 12)}`;
  const lines = [
    '101 231380104 1210428822611010000A094101Federal Reserve Bank   My Bank Name           '.padEnd(94),
    `5200${'Acme Retail'.padEnd(36)}1234567890${entryClass}${description.padEnd(10)}${' '.repeat(6)}2611053091${BANK}0000001`,
    ...records,
    `8200${digits(records.length, 6)}${totals}1234567890${' '.repeat(25)}${BANK}0000001`,
    `9000001000001${digits(records.length, 8)}${totals}`.padEnd(94),
  ];
  while (lines.length % 10 > 0) lines.push('9'.repeat(94));
  return lines.join('\n');
}

function entryRecords({ code, cents, account = '987654321', name = 'Our House', payloads = [], exception }: TestEntry, sequence: number, entryClass: string): string[] {
  const addenda = exception === undefined ? payloads.length : 1;
  const party = entryClass === 'CTX' ? `${'ID-1'.padEnd(15)}${digits(addenda, 4)}${name.padEnd(16)}  ` : `${'ID-1'.padEnd(15)}${name.padEnd(22)}`;
  const trace = `${BANK}${digits(sequence, 7)}`;
  return [
    `6${code}${BANK}2${account.padEnd(17)}${digits(cents, 10)}${party}  ${addenda > 0 ? 1 : 0}${trace}`,
    ...(exception === undefined ? payloads.map((payload, index) => `705${payload.padEnd(80)}${digits(index + 1, 4)}${digits(sequence, 7)}`) : [`7${exception.padEnd(78)}${trace}`]),
  ];
}

function digits(value: number, width: number): string {
  return String(value).padStart(width, '0');
}
