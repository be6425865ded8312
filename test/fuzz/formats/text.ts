import type { FuzzFormat } from '../fuzz-format.js';
import { mutateFields } from '../line-mutants.js';

/** Words and figures that change what a sentence says. */
const VALUES = [
  'invoice', 'invoices', 'INV-7', '1001', 'not', 'less', 'short paid', 'and', 'Total', 'credit note', '(', ')', '4,000.00', '4.000,00', '1.234', '77 500,00', '$5.00', '5 EUR', '-5.00', '100,101', 'due to', 'on account', 'payment',
  'Skonto', '2%', '03/04/2026', '2026-03-14', 'DE89 3704 0044 0532 0130 00', '+49 30 1234567', '>', '-- ', 'On Monday Jo wrote:', 'From: Jo', '99999999999999999999999999999999999999.99', '.', '?', ':', '\t',
] as const;

const SEEDS: readonly string[] = [
  'Dear all,\npayment of $4,500.00 for INV-1001 (4,000.00) and INV-1002 (500.00) was made on 2026-03-14.\nRegards\nJo\n',
  'Wir haben Rechnung RE-2026/15 (1.234,56 €) und 4711 (65,44 €) überwiesen, Gesamtbetrag 1.300,00 €.\nRechnung 4711 wurde um 5,00 € wegen Beschädigung gekürzt.\n',
  'Payment EUR 700.00\nINV-1 500.00\nINV-2 300.00\nless freight -20.00\nless credit note CN-5 (80.00)\n\nOn Mon, 2 Mar 2026 Jo <jo@x.example> wrote:\n> please pay invoice 8\n',
];

/** Plain sentences: what they leave open is a finding, and what is taken comes to the stated total or says that it does not. */
export const fuzzFormat: FuzzFormat = {
  format: 'text',
  seeds: () => SEEDS.map((text) => Buffer.from(text)),
  mutate: (random, seed) => mutateFields(random, seed, /( )/, VALUES),
};
