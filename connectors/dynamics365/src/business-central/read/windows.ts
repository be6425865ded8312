import type { JsonObject } from '#canonical';
import { ConnectorError, type Checkpoint, type Context, type Page } from '#connector-kit';
import { address } from '../../odata/literal.js';
import { pagesOf } from '../api.js';
import { businessCentralSettings } from '../settings.js';
import { checkpointOf, stateOf, type ReadState } from './checkpoint.js';

/** What rows become on their way into a page. */
export type PageContent = Pick<Page, 'records' | 'unreadable'>;
export type ToContent = (context: Context, rows: readonly JsonObject[]) => Promise<PageContent>;

/** One list that is walked within a window. */
export interface Phase {
  /** Path and query of the list, without the condition of time; null where this tenant or this window has none. */
  list(context: Context, since: string | null): Promise<string | null>;
  readonly toContent: ToContent;
}

/**
 * Windows of change over one list or several: an interrupted one is finished first, by the link the service gave. A window reaches back
 * by the overlap, so that a row which committed late with an old moment is still seen; the cursor moves only when every page of every
 * phase is read, because the order of rows is not guaranteed (reference, 2.7).
 */
export async function* changesIn(phases: readonly Phase[], context: Context, from: Checkpoint | null): AsyncGenerator<Page> {
  const state = from === null ? openWindow(null, context) : stateOf(from);
  if (state.at === 'rest') return yield* windowPages(phases, context, openWindow(state.cursor, context));
  yield* windowPages(phases, context, state);
  if (from !== null) yield* windowPages(phases, context, openWindow(state.until, context));
}

type Window = Extract<ReadState, { at: 'pages' }>;

async function* windowPages(phases: readonly Phase[], context: Context, window: Window): AsyncGenerator<Page> {
  const rest = checkpointOf({ at: 'rest', cursor: window.until });
  for (let phase = window.phase; phase < phases.length; phase += 1) {
    const list = await phases[phase]?.list(context, window.since) ?? null;
    const lastPhase = phase === phases.length - 1;
    const afterPhase = lastPhase ? rest : checkpointOf({ ...window, phase: phase + 1, link: null });
    if (list === null) {
      yield { records: [], checkpoint: afterPhase };
      continue;
    }
    const first = changedSince(list, window.since);
    const link = phase === window.phase ? window.link : null;
    for await (const page of phasePages(context, first, link)) {
      const content = await phases[phase]?.toContent(context, page.rows) ?? { records: [] };
      yield { ...content, checkpoint: page.nextLink === null ? afterPhase : checkpointOf({ ...window, phase, link: page.nextLink }) };
    }
  }
  if (window.phase >= phases.length) yield { records: [], checkpoint: rest };
}

/** Links do not live for ever: one the service no longer takes is left, and the phase read from its beginning. */
async function* phasePages(context: Context, first: string, link: string | null): ReturnType<typeof pagesOf> {
  if (link === null) return yield* pagesOf(context, first);
  let begun = false;
  try {
    for await (const page of pagesOf(context, link)) {
      begun = true;
      yield page;
    }
  } catch (error) {
    if (begun || !(error instanceof ConnectorError) || error.failure.kind !== 'invalid') throw error;
    yield* pagesOf(context, first);
  }
}

function changedSince(list: string, since: string | null): string {
  if (since === null) return list;
  const condition = `lastModifiedDateTime ge ${since}`;
  const [path = '', query = ''] = list.split('?');
  const options = Object.fromEntries(new URLSearchParams(query));
  return address(path, { ...options, $filter: options['$filter'] === undefined ? condition : `${options['$filter']} and ${condition}` });
}

/** A window ends, for the next cursor, at the moment it is opened: what changes while it is read belongs to the next one too. */
function openWindow(cursor: string | null, context: Context): Window {
  const nowMs = context.now().getTime();
  if (cursor === null) return { at: 'pages', phase: 0, since: null, until: new Date(nowMs).toISOString(), link: null };
  const cursorMs = Date.parse(cursor);
  const since = new Date(cursorMs - businessCentralSettings(context).config.overlapSeconds * 1000).toISOString();
  // Our clock may have been set back since: a window never ends before the cursor it started from.
  return { at: 'pages', phase: 0, since, until: new Date(Math.max(nowMs, cursorMs)).toISOString(), link: null };
}

/** Pages outside the change order: sweeps and re-reads. Their checkpoint starts nothing. */
export async function* plainPages(context: Context, first: string, toContent: ToContent): AsyncGenerator<Page> {
  const checkpoint = checkpointOf({ at: 'rest', cursor: context.now().toISOString() });
  for await (const { rows } of pagesOf(context, first)) {
    if (rows.length > 0) yield { ...await toContent(context, rows), checkpoint };
  }
}
