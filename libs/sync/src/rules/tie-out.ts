import type { EntityName } from '#canonical';

/** One side of a tie-out: open items of a company, currency and ageing bucket. */
export interface TotalLine {
  readonly entity: EntityName;
  readonly companyExternalId: string | null;
  readonly currency: string;
  readonly bucket: string;
  readonly count: number;
  readonly openMinor: bigint;
}

export interface ComparedLine {
  readonly entity: EntityName;
  readonly companyExternalId: string | null;
  readonly currency: string;
  readonly bucket: string;
  readonly sourceCount: number;
  readonly hubCount: number;
  readonly sourceOpenMinor: bigint;
  readonly hubOpenMinor: bigint;
}

/** Puts the source's totals beside the hub's; a line that only one side has counts as zero on the other. */
export function compareTotals(source: readonly TotalLine[], hub: readonly TotalLine[]): ComparedLine[] {
  const lines = new Map<string, ComparedLine>();
  const lineOf = (total: TotalLine): { key: string; line: ComparedLine } => {
    const key = JSON.stringify([total.entity, total.companyExternalId, total.currency, total.bucket]);
    const { entity, companyExternalId, currency, bucket } = total;
    return { key, line: lines.get(key) ?? { entity, companyExternalId, currency, bucket, sourceCount: 0, hubCount: 0, sourceOpenMinor: 0n, hubOpenMinor: 0n } };
  };
  for (const total of source) {
    const { key, line } = lineOf(total);
    lines.set(key, { ...line, sourceCount: line.sourceCount + total.count, sourceOpenMinor: line.sourceOpenMinor + total.openMinor });
  }
  for (const total of hub) {
    const { key, line } = lineOf(total);
    lines.set(key, { ...line, hubCount: line.hubCount + total.count, hubOpenMinor: line.hubOpenMinor + total.openMinor });
  }
  return [...lines.entries()].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, line]) => line);
}

export function isGap(line: ComparedLine): boolean {
  return line.sourceCount !== line.hubCount || line.sourceOpenMinor !== line.hubOpenMinor;
}

/** Kinds of bucket a line can be of; see the contract's ControlTotal. */
export type BucketKind = 'all' | 'open' | 'ageing';

function kindOf(bucket: string): BucketKind {
  return bucket === 'all' || bucket === 'open' ? bucket : 'ageing';
}

/**
 * Which kinds of bucket the hub must count of an entity to stand beside the source's. A source with nothing open reports no line:
 * then the hub's own open items are the gap.
 */
export function kindsToCompare(entity: EntityName, source: readonly TotalLine[]): BucketKind[] {
  const kinds = new Set(source.filter((line) => line.entity === entity).map((line) => kindOf(line.bucket)));
  return kinds.size > 0 ? [...kinds] : ['open'];
}
