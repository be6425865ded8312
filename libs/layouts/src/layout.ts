import type { Layout, LayoutContent, LayoutPart } from '#connector-kit';
import { LayoutError } from '#connector-kit';
import type { LayoutTable } from './layout-table.js';
import { loadLayoutTable, loadOverlaidTable, overlaid, type LayoutSource } from './load-layout.js';
import { LayoutFileError } from './layout-file-error.js';
import { readDelimited } from './read-delimited.js';
import { readFixed } from './read-fixed.js';
import { readJson } from './read-json.js';
import { renderFile } from './render-file.js';

/** A layout that was loaded and checked: ready to read and write, and to be shown. */
export interface LoadedLayout extends Layout {
  readonly version: number;
  /** As a person would open it. */
  readonly file: string;
  readonly direction: LayoutTable['direction'];
  /** Which parts nobody has confirmed yet, in sentences; empty for a layout whose rule is documented. */
  readonly assumed: readonly string[];
  /** What overlays are laid over. */
  readonly source: LayoutSource;
}

/** Reads and checks a layout. `file` is only used in messages. @throws LayoutFileError with every mistake at once. */
export function loadLayout(text: string, file: string): LoadedLayout {
  return layoutOf(loadLayoutTable(text, file));
}

/**
 * A connection's own layout: a whole one, or `overlays: <name>` and the words that differ from a layout there is.
 * Maps are merged by key; texts and lists are replaced. @throws LayoutFileError with every mistake at once.
 */
export function loadConnectionLayout(text: string, file: string, known: ReadonlyMap<string, LoadedLayout>): LoadedLayout {
  const base = overlaid(text, file);
  if (base === null) return loadLayout(text, file);
  const layout = known.get(base);
  if (layout === undefined) throw new LayoutFileError([{ file, line: 1, path: 'overlays', problem: `there is no layout "${base}"`, cure: `there are ${[...known.keys()].join(', ')}` }]);
  return layoutOf(loadOverlaidTable(layout.source, text, file));
}

function layoutOf(source: LayoutSource): LoadedLayout {
  const { table } = source;
  const { name, version, file, direction, assumed, detailsMax } = table;
  return {
    name, version, file, direction, assumed, detailsMax, source,
    read: (bytes, options) => {
      if (direction === 'write') throw new LayoutError(`layout ${name} is for writing (${file}): it cannot read a file`);
      return readWith(table, bytes, options?.skipRows ?? 0);
    },
    render: (content: LayoutContent) => {
      if (direction === 'read') throw new LayoutError(`layout ${name} is for reading (${file}): it cannot write a file`);
      return renderFile(table, content);
    },
  };
}

function readWith(table: LayoutTable, bytes: AsyncIterable<Uint8Array>, skipRows: number): AsyncIterable<LayoutPart> {
  if (table.kind === 'delimited') return readDelimited(table, bytes, skipRows);
  return table.kind === 'fixed' ? readFixed(table, bytes, skipRows) : readJson(table, bytes, skipRows);
}
