import { z } from 'zod';
import type { Context, Probe } from '#connector-kit';
import { CAPABILITIES } from './capabilities.js';
import type { MemoryClient } from './client.js';

const ACCOUNT = z.object({ timeZone: z.string(), mayWrite: z.boolean(), name: z.string() });

/** Asks the target who we are to it. A token that may only read is named as missing: writing is declared. */
export async function probeMemory(client: MemoryClient, context: Context): Promise<Probe> {
  const account = await client.call(context, { path: 'account', body: {}, answers: ACCOUNT });
  return {
    at: context.now().toISOString(),
    missing: account.mayWrite ? [] : ['The token may only read; use a token that may write, or switch postings off.'],
    timeZone: account.timeZone,
    features: { accountName: account.name, mayWrite: account.mayWrite },
    capabilities: CAPABILITIES,
  };
}
