import { remittanceHeaderMeaning, type RemittanceWord } from './remittance-words.js';
import { cellsOf, type TableRow } from '../table/table-row.js';

/** What lines above a payer's table say of the payment: `Cheque number: 4711`, or label and value in two cells. */
export type PaymentFact = Extract<RemittanceWord, 'payment' | 'paidOn' | 'paymentAmount' | 'payerName' | 'currency' | 'customer'>;

const FACTS: ReadonlySet<string> = new Set<PaymentFact>(['payment', 'paidOn', 'paymentAmount', 'payerName', 'currency', 'customer']);
const LABELLED = /^([^:：]{2,40})[:：]\s*(.+)$/u;

/** Facts with the cell their value stands in. */
export function paymentFacts(row: TableRow): { readonly fact: PaymentFact; readonly value: string; readonly index: number }[] {
  const cells = cellsOf(row);
  return cells.flatMap((cell, index) => {
    const labelled = LABELLED.exec(cell);
    if (labelled !== null) {
      const fact = factOf(labelled[1] ?? '');
      return fact === null ? [] : [{ fact, value: labelled[2] ?? '', index }];
    }
    const fact = factOf(cell.replace(/[:：]$/u, ''));
    const next = cells.findIndex((value, position) => position > index && value !== '');
    return fact === null || next === -1 || factOf(cells[next] ?? '') !== null ? [] : [{ fact, value: cells[next] ?? '', index: next }];
  });
}

function factOf(label: string): PaymentFact | null {
  const { role } = remittanceHeaderMeaning(label);
  if (role === 'paid' || role === 'anyAmount') return 'paymentAmount';
  return role !== null && FACTS.has(role) ? role as PaymentFact : null;
}
