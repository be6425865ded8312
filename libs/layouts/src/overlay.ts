import type { YamlEntry, YamlMap, YamlTree } from '#mapping';

/**
 * Lines of an overlay are counted from here on, so that a mistake found in the merged tree still knows its file.
 * Far above the lines a layout may have (its characters are bounded).
 */
const OVERLAY_LINES = 10_000_000;

/** The base with what the overlay says instead: maps are merged by key, in the base's order; texts and lists are replaced. */
export function mergeOverlay(base: YamlMap, overlay: YamlMap): YamlMap {
  return mergeMaps(base, shifted(overlay) as YamlMap);
}

/** To which of the two files a line of a merged tree belongs, and where. */
export function lineOfMerged(line: number): { readonly overlay: boolean; readonly line: number } {
  return line > OVERLAY_LINES ? { overlay: true, line: line - OVERLAY_LINES } : { overlay: false, line };
}

function mergeMaps(base: YamlMap, overlay: YamlMap): YamlMap {
  const entries = new Map(base.entries);
  for (const [key, entry] of overlay.entries) {
    const known = entries.get(key);
    const merged = known?.value.kind === 'map' && entry.value.kind === 'map' ? { line: entry.line, value: mergeMaps(known.value, entry.value) } : entry;
    entries.set(key, merged);
  }
  return { ...base, entries };
}

function shifted(tree: YamlTree): YamlTree {
  const line = tree.line + OVERLAY_LINES;
  if (tree.kind === 'text') return { ...tree, line };
  if (tree.kind === 'list') return { ...tree, line, items: tree.items.map(shifted) };
  const entries = [...tree.entries].map(([key, entry]): [string, YamlEntry] => [key, { line: entry.line + OVERLAY_LINES, value: shifted(entry.value) }]);
  return { ...tree, line, entries: new Map(entries) };
}
