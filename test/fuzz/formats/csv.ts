import type { ReadDocument } from '#documents';
import type { FuzzFormat } from '../fuzz-format.js';
import { mutateFields } from '../line-mutants.js';

const VALUES = [
  '', '0', '0,00', '-', '1', '-1', '(12.50)', '12.50-', '1,234.56', '1.234,56', '1 234,56', "1'234.56", '1.234', '12,3', '$5.00', 'USD 5.00', '5.00 CR', '5.00 DR', 'NaN', '1e5', '\u2212 5.00',
  '2026-03-01', '01/03/2026', '31.12.2026', '2026-02-30', '20260301', 'Mar 1, 2026', '"a ""quoted"" one"', '"open', 'USD', 'ZZZ', 'Date', 'Amount', 'Balance', '99999999999999999999999999999999999999.99',
] as const;

const SEEDS: readonly string[] = [
  'Date,Description,Amount,Balance,Currency,Account\n2026-03-20,ACME INV-7,125.50,1125.50,USD,991\n2026-03-21,"FEE, MONTHLY",-4.50,1121.00,USD,991\n2026-03-22,ACME INV-8,30.00,1151.00,USD,991\n',
  'Buchungstag;Verwendungszweck;Soll;Haben;Saldo;Währung\n13.03.2026;Rechnung 7;;1.250,50;2.250,50;EUR\n14.03.2026;Gebühr;200,25;;2.050,25;EUR\n',
  'Booking Date\tValue Date\tText\tAmount\tCurrency\n20.03.2026\t21.03.2026\tTwin\t5,00\tEUR\n20.03.2026\t21.03.2026\tTwin\t5,00\tEUR\n',
];

/** CSV has no totals; its promise is that each row is taken or reported. */
export const fuzzFormat: FuzzFormat = {
  format: 'csv',
  seeds: () => SEEDS.map((text) => Buffer.from(text)),
  mutate: (random, seed) => mutateFields(random, seed, /([,;\t])/, VALUES),
  checks: zeroFromGarbage,
};

/** An amount of zero is read only where zero is written. */
function zeroFromGarbage({ statements }: ReadDocument, source: Uint8Array): string[] {
  const zero = statements.flatMap(({ transactions }) => transactions).find(({ amount }) => amount.minor === 0n);
  if (zero === undefined || /0/.test(Buffer.from(source).toString('latin1').split(/\r\n?|\n/)[(zero.where.line ?? 1) - 1] ?? '0')) return [];
  return [`line ${String(zero.where.line)} was read as zero without a 0 in it`];
}
