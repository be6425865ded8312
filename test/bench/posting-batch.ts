import { parseLocalDate, type Money, type PlannedStep, type PostingIntent } from '#canonical';
import type { FileBatch, FileDoor } from '#connector-kit';
import { WrongResult } from './figure.js';

export const POSTING_LINES = 100_000;
const INVOICES_PER_POSTING = 3;
const CURRENCY = 'USD';
const SHARE_MINOR = 2_050n;
const DAY = parseLocalDate('2026-03-01');

/** A closed batch whose file has {@link POSTING_LINES} lines, planned by the door itself: a posting and a line for each of its invoices. */
export function postingBatch(door: FileDoor, config: object): FileBatch {
  const postings = POSTING_LINES / (INVOICES_PER_POSTING + 1);
  const steps = Array.from({ length: postings }, (_, index) => planned(door, config, index));
  const [first, ...rest] = steps;
  if (first === undefined) throw new WrongResult('no posting was planned');
  return {
    sequence: 1, key: door.batchKeyOf(first, { config, layout: () => { throw new WrongResult('a batch key needs no layout'); } }), closedAt: '2026-03-01T12:00:00Z', closedOn: DAY, steps: [first, ...rest],
    control: { postings, total: money(SHARE_MINOR * BigInt(INVOICES_PER_POSTING * postings)) },
  };
}

function planned(door: FileDoor, config: object, index: number): PlannedStep {
  const plan = door.plan(intentOf(index), { probe: null, config, today: DAY, render: () => { throw new WrongResult('a file needs no write mapping'); } });
  if ('refusals' in plan) throw new WrongResult(`posting ${index} was refused: ${plan.refusals[0].problem}`);
  return plan.steps[0];
}

function intentOf(index: number): PostingIntent {
  const amount = money(SHARE_MINOR * BigInt(INVOICES_PER_POSTING));
  return {
    idempotencyKey: `trb-${String(index).padStart(32, '0')}`, customerExternalId: `C${index % 5_000}`, companyExternalId: '1', postedOn: DAY, amount, bankAccountExternalId: null,
    receivablesAccountExternalId: null, reference: `CHK${index}`, memo: 'Cheque, several invoices', credits: [], writeOffs: [], onAccount: money(0n),
    invoices: Array.from({ length: INVOICES_PER_POSTING }, (_, number) => ({ externalId: `${index}-${number}`, number: `INV${index}-${number}`, lineExternalId: null, amount: money(SHARE_MINOR), openBefore: money(SHARE_MINOR) })),
  };
}

function money(minor: bigint): Money {
  return { minor, currency: CURRENCY };
}
