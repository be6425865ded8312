import { promisedByOthers, rivalsFor, saveProposals, undecidedOfConnection, type RuleRow, type SavedProposals, type Transaction, type UndecidedRow } from '#storage';
import { proposeInSteps } from '../rules/batch.js';
import { buildIndex, type MatchingIndex } from '../rules/facts-index.js';
import { propose } from '../rules/propose.js';
import type { MatchProposal, MatchTransaction } from '../rules/types.js';
import { codeRuleFor, ruledOut } from './code-rules.js';
import { documentKey } from './document-ids.js';
import { loadFacts, toMatchTransaction, type LoadedFacts } from './load-facts.js';
import type { MatchSession } from './match-session.js';
import { PROPOSALS_PER_STATEMENT, RIVALS_MAX, TRANSACTIONS_PER_BATCH } from './matching-limits.js';
import { toNewProposal } from './stored-proposal.js';
import { factsWithout, nothingTaken, overlaps, take, type Taken } from './taken.js';

/** What a run did. */
export interface MatchRunResult extends SavedProposals {
  /** Undecided bank lines looked at. */
  readonly matched: number;
  /** Undecided lines of bank accounts that post into no connection: nothing to match them with. */
  readonly withoutConnection: number;
  /** Open documents whose customer the hub has not read; they are proposed for nothing. */
  readonly documentsWithoutCustomer: number;
}

export const EMPTY_RESULT: MatchRunResult = {
  matched: 0, withoutConnection: 0, documentsWithoutCustomer: 0, written: 0, unchanged: 0, dismissedBefore: 0, takenMeanwhile: 0,
};

export function addResults(left: MatchRunResult, right: MatchRunResult): MatchRunResult {
  return {
    matched: left.matched + right.matched, withoutConnection: left.withoutConnection + right.withoutConnection,
    documentsWithoutCustomer: left.documentsWithoutCustomer + right.documentsWithoutCustomer, written: left.written + right.written, unchanged: left.unchanged + right.unchanged,
    dismissedBefore: left.dismissedBefore + right.dismissedBefore, takenMeanwhile: left.takenMeanwhile + right.takenMeanwhile,
  };
}

/**
 * Every undecided line that posts into a connection, against everything open there. All its bank accounts at once: they compete for the same
 * documents. A batch takes what the batches before it left, in the order of ids, so that the same facts give the same proposals again.
 */
export async function matchConnection(session: MatchSession, connectionId: string): Promise<MatchRunResult> {
  const loaded = await session.read((transaction) => loadFacts(transaction, connectionId));
  const taken = nothingTaken();
  let result: MatchRunResult = { ...EMPTY_RESULT, documentsWithoutCustomer: loaded.documentsWithoutCustomer };
  for (let afterId = '0'; ;) {
    const from = afterId;
    const rows = await session.read((transaction) => undecidedOfConnection(transaction, connectionId, from, TRANSACTIONS_PER_BATCH));
    const last = rows.at(-1);
    if (last === undefined) return result;
    const index = buildIndex(factsWithout(loaded.facts, taken));
    const proposals = await proposeRows(session, index, loaded.codeRules, rows);
    const saved = await session.commit((transaction) => saveAll(transaction, connectionId, rows, proposals));
    result = addResults(result, { ...EMPTY_RESULT, ...saved, matched: rows.length });
    take(taken, proposals);
    afterId = last.id;
  }
}

/**
 * One line, together with the undecided lines whose proposals promise documents of the same customers: what is new for one of them is new
 * for all. Everybody else's promises stand.
 */
export async function matchOne(session: MatchSession, connectionId: string, row: UndecidedRow): Promise<void> {
  const loaded = await session.read((transaction) => loadFacts(transaction, connectionId));
  const index = buildIndex(loaded.facts);
  const customerIds = customersOf(propose(index, toMatchTransaction(row)));
  const rivals = customerIds.length === 0 ? [] : await session.read((transaction) => rivalsFor(transaction, connectionId, row.id, customerIds, RIVALS_MAX));
  const rows = [row, ...rivals];
  const taken = await session.read((transaction) => promisedOutside(transaction, connectionId, rows));
  const proposals = await proposeBeside(session, loaded, index, rows, taken);
  await session.commit((transaction) => saveAll(transaction, connectionId, rows, proposals));
}

async function proposeBeside(session: MatchSession, loaded: LoadedFacts, index: MatchingIndex, rows: readonly UndecidedRow[], taken: Taken): Promise<MatchProposal[]> {
  const proposals = await proposeRows(session, index, loaded.codeRules, rows);
  if (!overlaps(loaded.facts, taken, proposals)) return proposals;
  return proposeRows(session, buildIndex(factsWithout(loaded.facts, taken)), loaded.codeRules, rows);
}

function customersOf(proposal: MatchProposal): string[] {
  const ids = [proposal.customerId, proposal.payerCustomerId, ...proposal.allocations.map(({ customerId }) => customerId)];
  return [...new Set(ids.filter((id) => id !== null))];
}

async function promisedOutside(transaction: Transaction, connectionId: string, rows: readonly UndecidedRow[]): Promise<Taken> {
  const taken = nothingTaken();
  for (const { document, documentId, minor } of await promisedByOthers(transaction, connectionId, rows.map(({ id }) => id))) {
    taken.documents.set(documentKey(document, documentId), BigInt(minor));
  }
  return taken;
}

/** Proposals in the order of the rows; lines a rule on the bank's code takes out never reach the engine. */
async function proposeRows(session: MatchSession, index: MatchingIndex, codeRules: readonly RuleRow[], rows: readonly UndecidedRow[]): Promise<MatchProposal[]> {
  const answers = new Map<string, MatchProposal>();
  const open: MatchTransaction[] = [];
  for (const row of rows) {
    const transaction = toMatchTransaction(row);
    const rule = codeRuleFor(codeRules, row);
    if (rule === null) open.push(transaction);
    else answers.set(row.id, ruledOut(transaction, rule, row.code));
  }
  for (const proposal of await session.compute(proposeInSteps(index, open))) answers.set(proposal.transactionId, proposal);
  return rows.flatMap((row) => answers.get(row.id) ?? []);
}

/** All proposals of a batch in one transaction: nobody sees half a batch, in which a document could be promised twice. */
async function saveAll(transaction: Transaction, connectionId: string, rows: readonly UndecidedRow[], proposals: readonly MatchProposal[]): Promise<SavedProposals> {
  let saved: SavedProposals = { written: 0, unchanged: 0, dismissedBefore: 0, takenMeanwhile: 0 };
  for (let start = 0; start < proposals.length; start += PROPOSALS_PER_STATEMENT) {
    const part = rows.slice(start, start + PROPOSALS_PER_STATEMENT).flatMap((row, at) => {
      const proposal = proposals[start + at];
      return proposal === undefined ? [] : [toNewProposal(proposal, row)];
    });
    const one = await saveProposals(transaction, connectionId, part);
    saved = {
      written: saved.written + one.written, unchanged: saved.unchanged + one.unchanged, dismissedBefore: saved.dismissedBefore + one.dismissedBefore,
      takenMeanwhile: saved.takenMeanwhile + one.takenMeanwhile,
    };
  }
  return saved;
}
