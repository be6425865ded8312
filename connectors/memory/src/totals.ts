import { z } from 'zod';
import { localDateOfInstant } from '#canonical';
import { AGEING_BUCKETS, type Context, type ControlTotal } from '#connector-kit';
import type { MemoryClient } from './client.js';

const TOTALS = z.object({
  lines: z.array(z.object({
    entity: z.enum(['invoice', 'creditMemo']), company: z.string().nullable(), bucket: z.enum(AGEING_BUCKETS),
    count: z.string().regex(/^\d+$/), currency: z.string(), open: z.string(),
  })),
});

/** The target's own report of what is open, aged on its day. */
export async function readTotals(client: MemoryClient, context: Context): Promise<readonly ControlTotal[]> {
  const asOf = localDateOfInstant(context.now(), context.probe?.timeZone ?? 'UTC');
  const { lines } = await client.call(context, { path: 'totals', body: { asOf }, answers: TOTALS });
  return lines.map(({ entity, company, bucket, count, currency, open }) => ({ entity, companyExternalId: company, currency, bucket, count: Number(count), open }));
}
