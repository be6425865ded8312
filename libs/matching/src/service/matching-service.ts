import {
  awaitAllocation, bankLineForMatching, closeProposal, connectionOfBankAccount, connectionsWithUndecided, ListError, MATCH_PROPOSALS,
  readCurrentProposal, readList, readProposal, readProposalLines, storedMatchingSettings, type Database, type ListPage, type ListRequest, type ProposalRow, type Transaction,
} from '#storage';
import { learnFrom, type DecidedCash } from './learn.js';
import { addResults, EMPTY_RESULT, matchConnection, matchOne, type MatchRunResult } from './match-run.js';
import { MatchSession } from './match-session.js';
import { MatchingError } from './matching-error.js';
import { readSettings } from './matching-settings.js';
import { decisionFrom, type ProposedDecision } from './posting-decision.js';
import { fromLineRow, fromProposalRow, type StoredProposal, type StoredProposalLine } from './stored-proposal.js';

export interface MatchingDependencies {
  readonly database: Database;
}

export interface MatchRunOptions {
  /** Only what posts where this bank account posts: other accounts of that connection compete for the same documents and are matched too. */
  readonly bankAccountId?: string | undefined;
  readonly connectionId?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface ProposalWithLines {
  readonly proposal: StoredProposal;
  readonly lines: readonly StoredProposalLine[];
}

const PROBABILITY = /^(?:0(?:\.\d{1,17})?|1(?:\.0{1,17})?)$/;

/** Cash application over stored facts: proposes, keeps, explains, learns. What is booked is decided elsewhere. */
export class MatchingService {
  constructor(private readonly dependencies: MatchingDependencies) {}

  /**
   * Matches every undecided bank line of the tenant, connection by connection. The same facts write nothing; a proposal whose answer or
   * reasons changed supersedes the one before.
   * @throws MatchingError `busy` while another run of the tenant is under way, `notFound`, `settings`, `tooLarge`
   */
  run(tenantId: string, options: MatchRunOptions = {}): Promise<MatchRunResult> {
    return MatchSession.hold(this.dependencies.database, tenantId, options.signal, async (session) => {
      const { connectionIds, withoutConnection } = await session.read((transaction) => whereTo(transaction, options));
      let result: MatchRunResult = { ...EMPTY_RESULT, withoutConnection };
      for (const connectionId of connectionIds) result = addResults(result, await matchConnection(session, connectionId));
      return result;
    });
  }

  /**
   * Matches one line now, with the lines that compete with it, and returns its current proposal: null when a person dismissed the only answer.
   * @throws MatchingError `busy`, `notFound`, or `notNow` when the line is decided or posts into no connection
   */
  propose(tenantId: string, bankTransactionId: string, signal?: AbortSignal): Promise<ProposalWithLines | null> {
    return MatchSession.hold(this.dependencies.database, tenantId, signal, async (session) => {
      const row = await session.read((transaction) => bankLineForMatching(transaction, bankTransactionId));
      if (row === null) throw new MatchingError('notFound', `there is no bank transaction ${bankTransactionId}`);
      if (!row.undecided) throw new MatchingError('notNow', `bank transaction ${bankTransactionId} is ${row.status}, pending or decided: there is nothing to propose`);
      if (row.connectionId === null) throw new MatchingError('notNow', `the bank account of transaction ${bankTransactionId} posts into no connection: give it one`);
      await matchOne(session, row.connectionId, row);
      return this.current(tenantId, bankTransactionId);
    });
  }

  /** The proposal that stands for a bank line: the current one, else the confirmed one, else null. */
  current(tenantId: string, bankTransactionId: string): Promise<ProposalWithLines | null> {
    return this.dependencies.database.inTenant(tenantId, async (transaction) => {
      const row = await readCurrentProposal(transaction, bankTransactionId);
      return row === null ? null : withLines(transaction, row);
    });
  }

  /** @throws ListError */
  async list(tenantId: string, request: ListRequest): Promise<ListPage<StoredProposal & Record<string, unknown>>> {
    const { probabilityMin } = request.filters;
    if (probabilityMin !== undefined && !PROBABILITY.test(probabilityMin)) throw new ListError('probabilityMin', probabilityMin, 'is not a probability from 0 to 1, for example 0.95');
    const page = await this.dependencies.database.inTenant(tenantId, (transaction) => readList<ProposalRow>(transaction, MATCH_PROPOSALS, request));
    return { rows: page.rows.map((row) => ({ ...fromProposalRow(row) })), nextCursor: page.nextCursor };
  }

  /** @throws MatchingError `notFound` */
  get(tenantId: string, proposalId: string): Promise<ProposalWithLines> {
    return this.dependencies.database.inTenant(tenantId, async (transaction) => withLines(transaction, await known(transaction, proposalId)));
  }

  /**
   * A person says no. None of its documents is proposed for this line again, nor the same answer without documents.
   * @throws MatchingError `notFound`, `notNow` when it is not current, `invalid` when it proposes nothing that could be refused
   */
  dismiss(tenantId: string, proposalId: string, by: string, reason: string | null): Promise<ProposalWithLines> {
    return this.dependencies.database.inTenant(tenantId, async (transaction) => {
      const proposal = await known(transaction, proposalId);
      if (proposal.customerId === null) throw new MatchingError('invalid', `proposal ${proposalId} names no customer: decide about the bank transaction itself`);
      if (!await closeProposal(transaction, proposalId, 'dismissed', by, reason)) throw new MatchingError('notNow', `proposal ${proposalId} is ${proposal.status}: only a current one can be dismissed`);
      await awaitAllocation(transaction, proposal.bankTransactionId, 'its proposal was dismissed');
      return withLines(transaction, await known(transaction, proposalId));
    });
  }

  /**
   * The proposal as a decision in the posting room's words.
   * @throws MatchingError `notFound`, `notNow` when it is not current, `invalid` when a person has to decide first
   */
  decisionOf(tenantId: string, proposalId: string): Promise<ProposedDecision> {
    return this.dependencies.database.inTenant(tenantId, async (transaction) => {
      const proposal = await known(transaction, proposalId);
      if (proposal.status !== 'current') throw new MatchingError('notNow', `proposal ${proposalId} is ${proposal.status}: only a current one can be confirmed`);
      const lines = await readProposalLines(transaction, [proposalId]);
      return decisionFrom({ proposal, lines, settings: readSettings(await storedMatchingSettings(transaction)) });
    });
  }

  /** Teaches the memory what was decided, in the caller's transaction: call it when a posting is finalized. See {@link learnFrom}. */
  learn(transaction: Transaction, decision: DecidedCash, by: string): Promise<void> {
    return learnFrom(transaction, decision, by);
  }
}

async function known(transaction: Transaction, proposalId: string): Promise<ProposalRow> {
  const row = await readProposal(transaction, proposalId);
  if (row === null) throw new MatchingError('notFound', `there is no match proposal ${proposalId}`);
  return row;
}

async function withLines(transaction: Transaction, row: ProposalRow): Promise<ProposalWithLines> {
  const lines = await readProposalLines(transaction, [row.id]);
  return { proposal: fromProposalRow(row), lines: lines.map((line) => fromLineRow(line, row.currency)) };
}

async function whereTo(transaction: Transaction, options: MatchRunOptions): Promise<{ connectionIds: string[]; withoutConnection: number }> {
  const waiting = await connectionsWithUndecided(transaction);
  const withoutConnection = waiting.find(({ connectionId }) => connectionId === null)?.count ?? 0;
  const connectionIds = waiting.flatMap(({ connectionId }) => connectionId ?? []);
  if (options.bankAccountId === undefined && options.connectionId === undefined) return { connectionIds, withoutConnection };
  const asked = options.bankAccountId === undefined ? options.connectionId : await connectionFor(transaction, options.bankAccountId);
  return { connectionIds: connectionIds.filter((id) => id === asked), withoutConnection: 0 };
}

async function connectionFor(transaction: Transaction, bankAccountId: string): Promise<string> {
  const account = await connectionOfBankAccount(transaction, bankAccountId);
  if (account === null) throw new MatchingError('notFound', `there is no bank account ${bankAccountId}`);
  if (account.connectionId === null) throw new MatchingError('notNow', `bank account ${bankAccountId} posts into no connection: give it one`);
  return account.connectionId;
}
