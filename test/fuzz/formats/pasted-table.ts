import { decodeText, type ReadDocument, readPastedTable } from '#documents';
import type { FuzzFormat } from '../fuzz-format.js';
import { mutateFields } from '../line-mutants.js';

const VALUES = [
  '', '-', '0', '98.00', '1,234.56', '1.234,56', '(12.50)', '12.50-', '5.00 CR', 'USD 5.00', 'NaN', 'Invoice', 'Amount paid', 'Total', 'Subtotal', 'Credit memos', 'INV-1', '00012', '2026-03-01', '|', '\t', '    ', '> ', '----', 'Best regards',
] as const;

const SEEDS: readonly string[] = [
  'Hello,\nwe paid:\n\nInvoice\tGross\tDiscount\tPaid USD\nA-1\t100.00\t2.00\t98.00\nA-2\t50.00\t0.00\t50.00\nTotal\t\t\t148.00\n\nBest regards\n',
  '> | Invoice | Paid EUR | Reason |\n> |---|---|---|\n> | R-1 | 1.250,50 | |\n> | R-2 | (50,00) | Freight |\n',
  'Please apply:\nINV1001    USD 98.00\nINV1002    USD 50.00\nThanks\n',
  'Invoice\n\nAmount paid USD\n\nA-1\n\n98.00\n\nA-2\n\n50.00\n',
];

/** A payer's table among lines of prose, as mails hold it. */
export const fuzzFormat: FuzzFormat = {
  format: null,
  seeds: () => SEEDS.map((text) => Buffer.from(text)),
  mutate: (random, seed) => mutateFields(random, seed, /(\t|\||\s{2,})/, VALUES),
  read: (pieces): ReadDocument => {
    const table = readPastedTable(decodeText(Buffer.concat(pieces)).text.split('\n').map((text, index) => ({ text, line: index + 1 })));
    return { format: 'text', version: null, refused: null, statements: [], remittances: table?.remittances ?? [], entries: [], findings: table?.findings ?? [], layout: null };
  },
};
