import { z } from 'zod';
import { LAYOUTS, OUTBOUND, PAGE_SIZE, ROWS, TIME_ZONE } from '../flat-file-settings.js';

const ENTITIES_MAX = 20;

export const CSV_SETTINGS = z.strictObject({
  books: z.string().min(1).max(200).describe('Name of the books the files come from and go to, as people call them.'),
  reads: z.array(z.strictObject(ROWS)).max(ENTITIES_MAX).default([]).describe('Master data and open items that people hand in.'),
  outbound: z.strictObject(OUTBOUND).nullable().default(null).describe('Posting files that people download and take to the target; null for a connection that only reads.'),
  pageSize: PAGE_SIZE,
  timeZone: TIME_ZONE,
  layouts: LAYOUTS,
});

/** Nothing is logged into. */
export const CSV_SECRETS = z.strictObject({});

export type CsvSettings = z.infer<typeof CSV_SETTINGS>;
