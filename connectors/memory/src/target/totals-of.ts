import { addMoney, daysBetween, formatMoney, isLocalDate, type Json, type LocalDate, type Money } from '#canonical';
import type { BookRecord } from './book.js';
import { openOf } from './bookkeeping.js';

interface Line {
  readonly entity: string;
  readonly company: string | null;
  readonly bucket: string;
  count: number;
  open: Money;
}

/** Open invoices per company, currency and days overdue on `asOf`; open credits without ageing. The target's own books, as a report. */
export function totalsOf(invoices: readonly BookRecord[], credits: readonly BookRecord[], asOf: string): Json {
  const lines = new Map<string, Line>();
  const add = (record: BookRecord, bucket: string): void => {
    const open = openOf(record);
    if (record.deleted || open.minor === 0n) return;
    const company = typeof record.fields['company'] === 'string' ? record.fields['company'] : null;
    const key = `${record.entity} ${company ?? ''} ${open.currency} ${bucket}`;
    const line = lines.get(key);
    if (line === undefined) lines.set(key, { entity: record.entity, company, bucket, count: 1, open });
    else {
      line.count += 1;
      line.open = addMoney(line.open, open);
    }
  };
  const today = isLocalDate(asOf) ? asOf : null;
  for (const invoice of invoices) add(invoice, bucketOf(invoice, today));
  for (const credit of credits) add(credit, 'open');
  return { lines: [...lines.values()].map(({ entity, company, bucket, count, open }) => ({ entity, company, bucket, count: String(count), currency: open.currency, open: formatMoney(open) })) };
}

function bucketOf(invoice: BookRecord, today: LocalDate | null): string {
  const due = invoice.fields['due'];
  if (today === null || typeof due !== 'string' || !isLocalDate(due)) return 'current';
  const days = daysBetween(due, today);
  if (days <= 0) return 'current';
  if (days <= 30) return '1-30';
  if (days <= 60) return '31-60';
  return days <= 90 ? '61-90' : 'over90';
}
