import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, visit, type Document, type Node } from 'yaml';
import { MAPPING_TEXT_MAX } from './limits.js';
import type { MistakeList } from './mistakes.js';

/** YAML as a mapping sees it: text, lists and maps, each with its line. Nothing is a number, a date or a boolean here. */
export type YamlTree = YamlText | YamlList | YamlMap;
export interface YamlText { readonly kind: 'text'; readonly text: string; readonly line: number }
export interface YamlList { readonly kind: 'list'; readonly items: readonly YamlTree[]; readonly line: number }
export interface YamlMap { readonly kind: 'map'; readonly entries: ReadonlyMap<string, YamlEntry>; readonly line: number }
/** `line` is that of the key, which is where a person looks. */
export interface YamlEntry { readonly line: number; readonly value: YamlTree }

/**
 * Parses with the failsafe schema: the default one turns `1.10` into 1.1, `012` into 12 and `1e3` into 1000.
 * Syntax errors, duplicate keys, tags and anchors are mistakes; the answer is null when there is no map to go on with.
 */
export function parseYamlTree(text: string, list: MistakeList): YamlMap | null {
  if (text.length > MAPPING_TEXT_MAX) {
    list.add(1, '', `the file has ${text.length} characters, more than ${MAPPING_TEXT_MAX}`, 'split it by record type');
    return null;
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { schema: 'failsafe', lineCounter: lines, uniqueKeys: true, prettyErrors: false });
  for (const error of [...document.errors, ...document.warnings]) {
    const duplicate = error.code === 'DUPLICATE_KEY';
    list.add(lines.linePos(error.pos[0]).line, '', duplicate ? 'the key stands here a second time' : error.message,
      duplicate ? 'keep one of the two' : 'correct the YAML');
  }
  refuseTagsAndAnchors(document, lines, list);
  if (list.mistakes.length > 0) return null;
  const tree = treeOf(document.contents, lines);
  if (tree.kind === 'map') return tree;
  list.add(1, '', 'the file is not a map of keys', 'start with "mapping: <connector>.<record>.read"');
  return null;
}

/** An alias can blow a small file up, and a tag can change what a text means; a mapping needs neither. */
function refuseTagsAndAnchors(document: Document, lines: LineCounter, list: MistakeList): void {
  visit(document, (_key, node) => {
    if (!isAlias(node) && !isScalar(node) && !isMap(node) && !isSeq(node)) return;
    const line = lineOf(node, lines);
    if (isAlias(node) || node.anchor !== undefined) list.add(line, '', 'anchors and aliases are not part of the format', 'write the value out');
    else if (node.tag !== undefined) list.add(line, '', `the tag ${node.tag} is not part of the format`, 'quote the text instead');
  });
}

function lineOf(node: Node, lines: LineCounter): number {
  return Math.max(1, lines.linePos(node.range?.[0] ?? 0).line);
}

function treeOf(node: unknown, lines: LineCounter): YamlTree {
  if (isMap(node)) {
    const entries = new Map<string, YamlEntry>();
    for (const pair of node.items) {
      const key = isScalar(pair.key) ? pair.key : null;
      const line = key === null ? lineOf(node, lines) : lineOf(key, lines);
      const value = pair.value === null ? { kind: 'text' as const, text: '', line } : treeOf(pair.value, lines);
      entries.set(String(key?.value ?? ''), { line, value });
    }
    return { kind: 'map', entries, line: lineOf(node, lines) };
  }
  if (isSeq(node)) return { kind: 'list', items: node.items.map((item) => treeOf(item, lines)), line: lineOf(node, lines) };
  if (isScalar(node)) return { kind: 'text', text: typeof node.value === 'string' ? node.value : '', line: lineOf(node, lines) };
  return { kind: 'text', text: '', line: 1 };
}
