import { signal } from './hypothesis.js';
import type { MatchingIndex, ReferenceTarget } from './facts-index.js';
import { findReferences, type ReferenceHit } from './references.js';
import { TEXT_LENGTH_MAX } from './text.js';
import type { MatchTransaction, RemittanceAdvice, Signal } from './types.js';

/** Every number of a payment's texts that names something known. */
export interface ReferenceEvidence {
  readonly hits: readonly ReferenceHit<ReferenceTarget>[];
  readonly signals: readonly Signal[];
  /** The memo names a document that an earlier payment has closed, and nothing that is open. */
  readonly namesOnlyClosed: boolean;
  /** The payer itself names an open document. */
  readonly namesDocuments: boolean;
}

/** Reads memo, bank references and the advice's free text. The advice's lines are read by {@link readAdvice}. */
export function readReferences(index: MatchingIndex, transaction: MatchTransaction, advice: RemittanceAdvice | null): ReferenceEvidence {
  const texts = [transaction.memo, ...transaction.references, ...(advice?.text === null || advice === null ? [] : [advice.text])];
  const byKey = new Map<string, ReferenceHit<ReferenceTarget>>();
  for (const text of texts) {
    for (const hit of findReferences(text, (key) => index.references.get(key))) if (!byKey.has(hit.key)) byKey.set(hit.key, hit);
  }
  const hits = [...byKey.values()];
  const kinds = hits.flatMap((hit) => hit.targets.map((target) => target.kind));
  const closed = hits.find((hit) => hit.targets.every((target) => target.kind === 'closed'));
  const signals: Signal[] = [];
  if (closed !== undefined) signals.push(signal('closedReference', -0.6, 'it names a document that an earlier payment has settled', closed.quote));
  if (texts.some((text) => text.length > TEXT_LENGTH_MAX)) {
    signals.push(signal('memoCut', -0.5, `its text is longer than ${TEXT_LENGTH_MAX} characters and was read up to there`));
  }
  return { hits, signals, namesDocuments: kinds.includes('document') || kinds.includes('purchaseOrder'), namesOnlyClosed: closed !== undefined && !kinds.includes('document') && !kinds.includes('purchaseOrder') };
}
