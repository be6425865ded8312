import type { Context, Page, SourceRecord } from '#connector-kit';
import { wallStart } from '../account-clock.js';
import { netsuiteSettings } from '../settings.js';
import { asPayload, idLiteral, momentLiteral, query, quoted, type Row } from '../suiteql.js';
import { checkpointOf } from './checkpoint.js';
import type { Source } from './sources.js';
import { accountZone } from './time-zone.js';

/** Deletions of a window, by record id. Read only where the probe saw that `deletedrecord` tells this type. */
export async function* deletedPages(
  context: Context, source: Source, window: { readonly since: string; readonly until: string; readonly lastId: string },
): AsyncGenerator<Page> {
  const { since, until } = window;
  const { pageSize } = netsuiteSettings(context);
  const start = wallStart(new Date(since), await accountZone(context));
  const conditions = [
    `d.type IN (${source.deletedAs.map(quoted).join(', ')})`,
    `d.deleteddate >= ${momentLiteral(start)}`,
  ];
  for (let lastId = window.lastId; ;) {
    const bound = lastId === '' ? [] : [`d.recordid > ${idLiteral(lastId)}`];
    const sql = `SELECT d.recordid, d.type, TO_CHAR(d.deleteddate,'YYYY-MM-DD HH24:MI:SS') AS deleted FROM deletedrecord d `
      + `WHERE ${[...conditions, ...bound].join(' AND ')} ORDER BY d.recordid`;
    const page = await query(context, sql, pageSize);
    const rows = page.rows.filter((row) => lastId === '' || BigInt(row['recordid'] ?? '0') > BigInt(lastId));
    lastId = rows.at(-1)?.['recordid'] ?? lastId;
    const done = rows.length === 0 || (!page.hasMore && page.rows.length < pageSize);
    yield { records: rows.map(tombstoneOf), checkpoint: checkpointOf(done ? { at: 'rest', cursor: until } : { at: 'deletions', since, until, lastId }) };
    if (done) return;
  }
}

function tombstoneOf(row: Row): SourceRecord {
  return { externalId: row['recordid'] ?? '', revision: row['deleted'] ?? '', deleted: true, payload: asPayload(row) };
}
