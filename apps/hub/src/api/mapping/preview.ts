import { canonicalJson, type JsonObject } from '#canonical';
import { explain, type CompiledMapping, type Mapped } from '#mapping';
import { moneyBody } from '../wire/money.js';
import { lineageRowBody, mappingProblemBody } from '../wire/mapping-body.js';
import { RESULTS_SHOWN_MAX, type PreviewAnswerBody, type PreviewOutcome, type PreviewResultBody } from './mapping-body.js';

/** A record to try: one that was stored, or one that was read just now. */
export interface TriedRecord {
  readonly id: string | null;
  readonly externalId: string;
  readonly payload: JsonObject;
}

/** What a person wants to see first. */
const SHOWN_FIRST: Readonly<Record<PreviewOutcome, number>> = { nowRefused: 0, changed: 1, nowMapped: 2, refused: 3, unchanged: 4 };

/** Maps records with the mapping in use and with the proposed one, and compares. Pure. */
export function previewMapping(records: readonly TriedRecord[], inUse: CompiledMapping, proposed: CompiledMapping): PreviewAnswerBody {
  const tried = records.map((record) => {
    const after = proposed.apply(record.payload);
    return { record, after, outcome: outcomeOf(inUse.apply(record.payload), after) };
  });
  const count = (test: (outcome: PreviewOutcome) => boolean): number => tried.filter(({ outcome }) => test(outcome)).length;
  const refused = count((outcome) => outcome === 'refused' || outcome === 'nowRefused');
  const shown = tried.toSorted((left, right) => SHOWN_FIRST[left.outcome] - SHOWN_FIRST[right.outcome]).slice(0, RESULTS_SHOWN_MAX);
  return {
    mappingName: proposed.mapping.name, sampled: records.length, mapped: records.length - refused, refused,
    wouldChange: count((outcome) => outcome === 'changed' || outcome === 'nowMapped' || outcome === 'nowRefused'),
    results: shown.map(({ record, after, outcome }) => resultBody(record, after, outcome, proposed)),
  };
}

function outcomeOf(before: Mapped, after: Mapped): PreviewOutcome {
  if (!after.ok) return before.ok ? 'nowRefused' : 'refused';
  if (!before.ok) return 'nowMapped';
  return canonicalJson(before.value) === canonicalJson(after.value) ? 'unchanged' : 'changed';
}

function resultBody({ id, externalId, payload }: TriedRecord, mapped: Mapped, outcome: PreviewOutcome, proposed: CompiledMapping): PreviewResultBody {
  const seen = { rawRecordId: id, externalId, payload, outcome, lineage: explain(proposed, payload).map(lineageRowBody) };
  return mapped.ok ? { ...seen, record: onTheWire(mapped.value) as JsonObject, problems: [] } : { ...seen, record: null, problems: mapped.problems.map(mappingProblemBody) };
}

/** A canonical record as the API writes it: every amount as `{amount, currency}`, the rest as it is. */
function onTheWire(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(onTheWire);
  if (typeof value !== 'object' || value === null) return value;
  const { minor, currency } = value as { minor?: unknown; currency?: unknown };
  if (typeof minor === 'bigint' && typeof currency === 'string') return moneyBody(minor, currency);
  return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, onTheWire(entry)]));
}
