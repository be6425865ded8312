import { ENTITY_NAMES, OPERATIONS } from '#canonical';
import { isOffered, type AnyConnector } from '../index.js';
import type { ConformanceResult } from './conformance.js';
import { FEEDS } from './sentences/feeds.js';
import { INVOICE_CHANGES } from './sentences/invoice-changes.js';

/** One line of the published matrix: what a connector does with an entity or an operation, and what that rests on. */
export interface CoverageRow {
  readonly connector: string;
  readonly subject: string;
  readonly ability: 'read' | 'delta' | 'delete' | 'operation';
  /** How it is done, in the capability's word: `updatedSince`, `tombstone`, `native`; `none` and the like when it is not. */
  readonly how: string;
  readonly offered: boolean;
  /** `proven`: every applicable sentence held. `partly`: some are skipped. `broken`: one did not hold. `unproven`: none ran. `absent`: not offered. */
  readonly state: 'proven' | 'partly' | 'broken' | 'unproven' | 'absent';
  readonly sentencesHeld: number;
  /** Why it is absent, skipped or broken; of what is offered, what an account needs for it. */
  readonly because: string | null;
}

/** Sentences that prove one ability of an entity; every other sentence about an entity proves its read. */
const DELTA_SENTENCES: ReadonlySet<number> = new Set([5, 7, 20, 21, 22, 23]);
const DELETE_SENTENCES: ReadonlySet<number> = new Set([8, 50]);
const CHANGE_SENTENCES: ReadonlySet<number> = new Set(INVOICE_CHANGES.map(({ number }) => number));
const FEED_SENTENCES: ReadonlySet<number> = new Set(FEEDS.map(({ number }) => number));
const CHANGES_UNKNOWN = 'every run is a full read';
const DELETIONS_INVISIBLE = 'the source does not show deletions';

/** The matrix of one connector from its capabilities and what its conformance run gave. Without results everything offered is unproven. */
export function coverageOf(connector: AnyConnector, results: readonly ConformanceResult[] = []): readonly CoverageRow[] {
  return [
    ...ENTITY_NAMES.flatMap((entity) => entityRows(connector, entity, results)), ...feedRows(connector, results),
    ...OPERATIONS.map((operation) => operationRow(connector, operation, results)), invoiceChangeRow(connector, results),
  ];
}

/** Nothing for a connector without a bank feed: most systems are no banks, and a gap would say that they should be. */
function feedRows(connector: AnyConnector, results: readonly ConformanceResult[]): CoverageRow[] {
  const { bankFeed } = connector.capabilities;
  if (bankFeed === undefined) return [];
  const proof = results.filter(({ number }) => FEED_SENTENCES.has(number));
  return [{ connector: connector.id, subject: 'bankFeed', ability: 'read', how: bankFeed, ...standing(null, proof) }];
}

function entityRows(connector: AnyConnector, entity: (typeof ENTITY_NAMES)[number], results: readonly ConformanceResult[]): CoverageRow[] {
  const read = connector.capabilities.read[entity];
  const about = results.filter((result) => result.subject === entity);
  const row = (ability: CoverageRow['ability'], how: string, absentBecause: string | null, proof: readonly ConformanceResult[]): CoverageRow => (
    { connector: connector.id, subject: entity, ability, how, ...standing(absentBecause, proof) });
  if (read === undefined) return [row('read', 'none', 'not declared', [])];
  return [
    row('read', 'pages', null, about.filter(({ number }) => !DELTA_SENTENCES.has(number) && !DELETE_SENTENCES.has(number))),
    row('delta', read.changes, read.changes === 'none' ? CHANGES_UNKNOWN : null, about.filter(({ number }) => DELTA_SENTENCES.has(number))),
    row('delete', read.deletions, read.deletions === 'invisible' ? DELETIONS_INVISIBLE : null, about.filter(({ number }) => DELETE_SENTENCES.has(number))),
  ];
}

function operationRow(connector: AnyConnector, operation: (typeof OPERATIONS)[number], results: readonly ConformanceResult[]): CoverageRow {
  const capability = connector.capabilities.operations[operation];
  const proof = results.filter((result) => result.subject === operation);
  const row = { connector: connector.id, subject: operation, ability: 'operation' as const, how: capability.by };
  if (!isOffered(capability)) return { ...row, ...standing(capability.because, proof) };
  const stands = standing(null, proof);
  return { ...row, ...stands, because: [capability.needs === undefined ? null : `needs ${capability.needs}`, stands.because].filter((text) => text !== null).join('; ') || null };
}

/** A line of its own, beside the operations: it moves no money. */
function invoiceChangeRow(connector: AnyConnector, results: readonly ConformanceResult[]): CoverageRow {
  const { invoiceChange } = connector.capabilities;
  const how = invoiceChange === undefined ? 'none' : invoiceChange.by === 'native' ? invoiceChange.terms.join(', ') : invoiceChange.by;
  const because = invoiceChange === undefined ? 'not declared' : invoiceChange.by === 'native' ? null : invoiceChange.because;
  return { connector: connector.id, subject: 'invoiceChange', ability: 'operation', how, ...standing(because, results.filter(({ number }) => CHANGE_SENTENCES.has(number))) };
}

function standing(absentBecause: string | null, proof: readonly ConformanceResult[]): Pick<CoverageRow, 'offered' | 'state' | 'sentencesHeld' | 'because'> {
  if (absentBecause !== null) return { offered: false, state: 'absent', sentencesHeld: 0, because: absentBecause };
  const held = proof.filter(({ verdict }) => verdict.state === 'holds').length;
  const broken = proof.flatMap(({ number, verdict }) => (verdict.state === 'broken' ? [`sentence ${number}: ${verdict.problem}`] : []));
  if (broken.length > 0) return { offered: true, state: 'broken', sentencesHeld: held, because: broken.join('; ') };
  const skipped = proof.flatMap(({ number, verdict }) => (verdict.state === 'skipped' ? [`sentence ${number}: ${verdict.because}`] : []));
  if (skipped.length > 0) return { offered: true, state: held > 0 ? 'partly' : 'unproven', sentencesHeld: held, because: skipped.join('; ') };
  return { offered: true, state: held > 0 ? 'proven' : 'unproven', sentencesHeld: held, because: held > 0 ? null : 'no conformance run' };
}

/** The matrix as a Markdown table, one line a row, byte-stable for equal rows. */
export function coverageMarkdown(rows: readonly CoverageRow[]): string {
  const lines = rows.map((row) => [row.connector, row.subject, row.ability, row.how, standingText(row), row.because ?? ''].map(cell).join(' | '));
  return ['| connector | entity or operation | ability | how | standing | reason |', '| --- | --- | --- | --- | --- | --- |', ...lines.map((line) => `| ${line} |`), ''].join('\n');
}

function standingText({ state, sentencesHeld }: CoverageRow): string {
  return sentencesHeld > 0 ? `${state}, ${sentencesHeld} ${sentencesHeld === 1 ? 'sentence' : 'sentences'}` : state;
}

function cell(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('|', '\\|').replaceAll(/\s*\n\s*/g, ' ');
}

/** The matrix as JSON, for the API and the console. */
export function coverageJson(rows: readonly CoverageRow[]): string {
  return `${JSON.stringify(rows, null, 2)}\n`;
}
