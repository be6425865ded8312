import type { FileAnswer } from '#connector-kit';
import { formatMoney, type Json, type PlannedStep } from '#canonical';
import { appendEvents, lockBatchPostings, readBatchContradictions, type PostingBatchRow, type PostingWithStep, type Transaction } from '#storage';
import { composeMove, eventOf, type StepChange, type Transition } from '../compose-move.js';
import { compareAnswer } from '../rules/compare-booking.js';
import { cutText } from '../rules/clean-text.js';
import { asPostingState, asStepState, moveStep, type StepState } from '../rules/posting-state.js';
import { movable, writeMoves } from '../write-moves.js';

const PROBLEM_LENGTH_MAX = 1_000;

/** What a batch says about itself in its postings' evidence. */
export function evidenceOf({ id, sequence, name, sha256 }: Pick<PostingBatchRow, 'id' | 'sequence' | 'name' | 'sha256'>): Json {
  return { id, sequence, name, sha256 };
}

/** A change of a posting's one step. */
export function changeOf({ step }: PostingWithStep, to: StepState, more: Partial<Omit<StepChange, 'position' | 'stepKey' | 'state'>> = {}): StepChange {
  const from = asStepState(step.state);
  return { position: step.position, stepKey: step.stepKey, attempts: step.attempts, lookUps: step.lookUps, ...more, state: from === to ? to : moveStep(from, to) };
}

/** Moves postings the caller has locked. */
export async function movePostings(transaction: Transaction, rows: readonly PostingWithStep[], transitionOf: (row: PostingWithStep) => Transition, byWhom: string, at: string): Promise<void> {
  await writeMoves(transaction, rows.map((row) => {
    const posting = { ...movable(row.posting), reversesPostingId: row.posting.reversesPostingId };
    return { posting, composed: composeMove(posting, transitionOf(row), byWhom, at, 0) };
  }));
}

/** The target has the file: what stands in it is exported. A posting a person settled meanwhile keeps its state. */
export async function exportPostings(transaction: Transaction, batch: PostingBatchRow, because: string, byWhom: string, at: string): Promise<void> {
  const { here } = await lockBatchPostings(transaction, batch.id, 'all');
  const moving = here.filter(({ posting, step }) => (step.state === 'inFile' && posting.state !== 'settledByPerson') || (step.state === 'exported' && posting.state === 'attention'));
  await movePostings(transaction, moving, (row) => ({
    to: 'exported', because, evidence: { batch: evidenceOf(batch) }, steps: [changeOf(row, 'exported', row.step.state === 'inFile' ? { sentNow: true } : {})],
  }), byWhom, at);
}

/** What stands in a file that is not going anywhere, or that nobody confirmed, is a person's business. Steps stay as they are. */
export async function handOver(transaction: Transaction, batch: PostingBatchRow, because: string, byWhom: string, at: string): Promise<number> {
  const { here } = await lockBatchPostings(transaction, batch.id, 'all');
  const open = here.filter(({ posting }) => posting.state === 'inBatch' || posting.state === 'exported');
  await movePostings(transaction, open, () => ({ to: 'attention', because, evidence: { batch: evidenceOf(batch) } }), byWhom, at);
  return open.length;
}

export interface Contradiction {
  readonly stepKey: string;
  readonly externalId: string;
}

export interface Applied {
  /** Postings that got their answer now. */
  readonly answered: number;
  /** Postings that still wait for one. */
  readonly open: number;
  /** Answers that contradict what is known, new ones: each became an event. To be kept in the evidence of the batch's move, so that they are told once. */
  readonly contradictions: readonly Contradiction[];
}

/**
 * Gives the postings of a batch their answers. Said twice is said once; what was answered otherwise before, or settled by hand, is not
 * changed but told: a person must see that the target books what the hub thought refused. Only what stands in this very batch now is
 * answered: an old file's refusal says nothing about a newer file.
 */
export async function applyAnswers(
  transaction: Transaction, batch: PostingBatchRow, answers: ReadonlyMap<string, FileAnswer>, source: string, byWhom: string, at: string,
): Promise<Applied> {
  const { here, elsewhere } = await lockBatchPostings(transaction, batch.id, 'all');
  const answerOf = ({ step }: PostingWithStep): FileAnswer | undefined => answers.get(step.stepKey);
  const waits = ({ posting, step }: PostingWithStep): boolean => step.state === 'exported' && (posting.state === 'exported' || posting.state === 'attention');
  const due = here.filter((row) => waits(row) && answerOf(row) !== undefined && answerOf(row)?.state !== 'inPart');
  const inPart = here.filter((row) => row.posting.state === 'exported' && row.step.state === 'exported' && answerOf(row)?.state === 'inPart');
  await movePostings(transaction, inPart, (row) => partly(batch, answerOf(row), source), byWhom, at);
  await movePostings(transaction, due, (row) => answered(batch, row, answerOf(row), source), byWhom, at);
  const answeredNow = new Set(due);
  const told = new Set(await readBatchContradictions(transaction, batch.id));
  const surprised = [...here, ...elsewhere].filter((row) => !answeredNow.has(row) && contradicts(row, answerOf(row)) && !told.has(row.step.stepKey));
  await noteContradictions(transaction, batch, surprised, answers, byWhom, at);
  return { answered: due.length, open: here.filter((row) => waits(row) && !answeredNow.has(row)).length, contradictions: surprised.map((row) => contradictionOf(row, answerOf(row))) };
}

/** A person's business at once, and open all the same: a late answer is still taken. */
function partly(batch: PostingBatchRow, answer: FileAnswer | undefined, source: string): Transition {
  const problem = answer?.state === 'inPart' ? answer.problem : '';
  return { to: 'attention', because: cutText(`${batch.name} is in the target in part: ${problem}`, PROBLEM_LENGTH_MAX), evidence: { batch: evidenceOf(batch), source, answer: (answer ?? null) as unknown as Json } };
}

function answered(batch: PostingBatchRow, row: PostingWithStep, answer: FileAnswer | undefined, source: string): Transition {
  if (answer === undefined || answer.state === 'inPart') throw new Error(`posting ${row.posting.id} has no answer`);
  const evidence: Json = { batch: evidenceOf(batch), source, answer: answer as unknown as Json };
  if (answer.state === 'refused') {
    const problem = cutText(answer.problem, PROBLEM_LENGTH_MAX);
    return { to: 'attention', because: cutText(`the target refused it in ${batch.name}: ${problem}`, PROBLEM_LENGTH_MAX), evidence, steps: [changeOf(row, 'refused', { answeredNow: true, problem })] };
  }
  const differences = compareAnswer(planned(row), answer);
  const verified = differences.length === 0;
  const said = Object.keys(answer.fields);
  return {
    to: verified ? 'verified' : 'differs', differences, evidence,
    because: verified
      ? `booked as ${answer.externalId} says ${source}${said.length === 0 ? '' : `, which repeats ${said.join(', ')} as planned`}`
      : `${source}: ${differences.map(({ field, expected, booked }) => `${field} is ${booked ?? 'missing'} instead of ${expected ?? 'nothing'}`).join('; ')}`,
    steps: [changeOf(row, 'booked', {
      answeredNow: true, externalId: answer.externalId, booked: { stepKey: row.step.stepKey, externalId: answer.externalId, fields: answer.fields, applications: answer.applications ?? [] },
    })],
  };
}

/** A payment's total is compared also where the connector planned no field of that name: it is what must never be wrong. */
function planned({ posting, step }: PostingWithStep): PlannedStep {
  const { expected } = step.step;
  if (posting.kind === 'reversal') return step.step;
  return { ...step.step, expected: { ...expected, fields: { total: formatMoney({ minor: BigInt(posting.amountMinor), currency: posting.currency }), ...expected.fields } } };
}

/** Booked, where the hub holds it for refused, given up or booked as something else. A refusal of what is booked since contradicts nothing: a later file may have brought it. */
function contradicts({ posting, step }: PostingWithStep, answer: FileAnswer | undefined): boolean {
  if (answer?.state !== 'booked') return false;
  if (step.externalId !== null) return step.externalId !== answer.externalId;
  return posting.state !== 'exported' || step.state !== 'exported';
}

function contradictionOf({ step }: PostingWithStep, answer: FileAnswer | undefined): Contradiction {
  return { stepKey: step.stepKey, externalId: answer?.state === 'booked' ? answer.externalId : '' };
}

/** A posting about to go into another file is held back at once; all are told of, once per batch and answer. */
async function noteContradictions(transaction: Transaction, batch: PostingBatchRow, rows: readonly PostingWithStep[], answers: ReadonlyMap<string, FileAnswer>, byWhom: string, at: string): Promise<void> {
  const textOf = (row: PostingWithStep): string => `${batch.name} is answered with "booked as ${contradictionOf(row, answers.get(row.step.stepKey)).externalId}": look into the ERP before anything else is sent`;
  const planned = rows.filter(({ posting }) => asPostingState(posting.state) === 'planned');
  await movePostings(transaction, planned, (row) => ({ to: 'attention', because: textOf(row), evidence: { batch: evidenceOf(batch) } }), byWhom, at);
  await appendEvents(transaction, rows.map((row) => eventOf({ ...movable(row.posting) }, 'posting.contradicted', textOf(row))));
}
