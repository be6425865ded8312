import type { BookedRecord, ExpectedBooking, PlannedStep } from '#canonical';

/** One field in which the target holds something else than was planned. Null: the side has no such field. */
export interface Difference {
  readonly stepKey: string;
  /** `amount`, `externalId`, `applications[4711]`. */
  readonly field: string;
  readonly expected: string | null;
  readonly booked: string | null;
}

type Application = ExpectedBooking['applications'][number];

/**
 * Field by field, text by text: both sides speak canonical words, amounts with their currency's decimals. Fields the plan
 * does not name are the target's own business; applications must be exactly the planned ones, as a multiset.
 */
export function compareBooking(step: Pick<PlannedStep, 'stepKey' | 'action' | 'expected'>, booked: BookedRecord): Difference[] {
  const { stepKey } = step;
  if (step.action === 'delete') {
    return booked.externalId === null ? [] : [{ stepKey, field: 'externalId', expected: null, booked: booked.externalId }];
  }
  if (booked.externalId === null) return [{ stepKey, field: 'externalId', expected: 'a record', booked: null }];
  const differences: Difference[] = [];
  for (const [field, expected] of Object.entries(step.expected.fields)) {
    const held = booked.fields[field] ?? null;
    if (held !== expected) differences.push({ stepKey, field, expected, booked: held });
  }
  const planned = amountsByDocument(step.expected.applications);
  const held = amountsByDocument(booked.applications);
  for (const externalId of new Set([...planned.keys(), ...held.keys()])) {
    const expected = planned.get(externalId) ?? null;
    const actual = held.get(externalId) ?? null;
    if (expected !== actual) differences.push({ stepKey, field: `applications[${externalId}]`, expected, booked: actual });
  }
  return differences;
}

/**
 * What an acknowledgement repeats of a booking, compared with the plan: a file target confirms in few words, and what it does not
 * repeat it does not contradict. `applications` null: it says nothing about them.
 */
export function compareAnswer(step: Pick<PlannedStep, 'stepKey' | 'expected'>, answer: Pick<BookedRecord, 'fields'> & { readonly applications: BookedRecord['applications'] | null }): Difference[] {
  const said = Object.fromEntries(Object.entries(step.expected.fields).filter(([field]) => answer.fields[field] !== undefined));
  return compareBooking(
    { stepKey: step.stepKey, action: 'create', expected: { fields: said, applications: answer.applications === null ? [] : step.expected.applications } },
    { stepKey: step.stepKey, externalId: 'acknowledged', fields: answer.fields, applications: answer.applications ?? [] },
  );
}

function amountsByDocument(applications: readonly Application[]): Map<string, string> {
  const amounts = new Map<string, string[]>();
  for (const { externalId, amount } of applications) amounts.set(externalId, [...amounts.get(externalId) ?? [], amount]);
  return new Map([...amounts].map(([externalId, list]) => [externalId, list.sort().join(' + ')]));
}
