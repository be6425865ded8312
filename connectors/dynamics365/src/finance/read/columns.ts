import type { Context } from '#connector-kit';
import { financeSettings } from '../settings.js';

/** What is asked for of an entity: what the connector reads, and what the connection's settings add for its mapping overlays. */
export function columnsOf(context: Context, collection: string, read: readonly string[]): readonly string[] {
  const { moreColumns } = financeSettings(context);
  const more = (Object.entries(moreColumns).find(([name]) => name === collection)?.[1] ?? []).filter((column) => !read.includes(column));
  return more.length === 0 ? read : [...read, ...more];
}
