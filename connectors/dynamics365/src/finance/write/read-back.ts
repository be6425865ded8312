import type { BookedRecord } from '#canonical';
import type { Context, SentStep } from '#connector-kit';
import { openOf, transactionsByIds } from '../read/ledger.js';
import { settlementsOf, type SettlementsOf } from '../read/settlements.js';
import { companyOf, dayOf, externalIdOf, field, negated, type Row } from '../words.js';
import { amountText } from './words.js';

/** What Finance's ledger holds for posted payments: two lists, whatever the number of steps. */
export async function readBack(context: Context, steps: readonly SentStep[]): Promise<readonly BookedRecord[]> {
  const rows = await transactionsByIds(context, steps.map(({ externalId }) => externalId), null);
  const settlements = rows.length === 0 ? new Map<string, SettlementsOf>() : await settlementsOf(context, rows.map((row) => field(row, 'SysRecId')));
  const byId = new Map(rows.map((row) => [externalIdOf(companyOf(row), field(row, 'SysRecId')), row]));
  return steps.map(({ step, externalId }) => {
    const row = byId.get(externalId);
    if (row === undefined) return { stepKey: step.stepKey, externalId: null, fields: {}, applications: [] };
    return { stepKey: step.stepKey, externalId, ...bookedPayment(row, settlements.get(field(row, 'SysRecId'))) };
  });
}

/** A posted payment in the words of `expected`. Money in is negative in the ledger. */
function bookedPayment(row: Row, settled: SettlementsOf | undefined): Pick<BookedRecord, 'fields' | 'applications'> {
  const currency = field(row, 'CurrencyCode');
  const reference = field(row, 'PaymReference');
  return {
    fields: {
      customer: externalIdOf(companyOf(row), field(row, 'AccountNum')), currency, postedOn: dayOf(row['TransDate']) ?? '',
      amount: amountText(negated(field(row, 'AmountCur')), currency), unapplied: amountText(negated(openOf(row)), currency), ...(reference === '' ? {} : { reference }),
    },
    applications: (settled?.allocations ?? []).map(({ invoice, amount }) => ({ externalId: invoice, amount: amountText(amount, currency) })),
  };
}
