import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query, Req } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import type { Request } from 'express';
import { AuditTrail, type Caller } from '#access';
import { isLocalDate, localDateOfInstant, type LocalDate } from '#canonical';
import { Connections } from '#connections';
import { MatchingService } from '#matching';
import { Decisions, PostingService, type FinalizeRequest } from '#posting';
import { Database, POSTINGS } from '#storage';
import { CallerOf, Needs } from '../../http/authentication.js';
import { ApiList, listRequest, type PageOf } from '../../http/lists.js';
import { invalid, notFound, type FieldProblem } from '../../http/problem.js';
import { actorOf, CLOCK } from '../tokens.js';
import { IdPipe, Problems } from '../wire/problems.js';
import { dayOf, DecisionBody, explicitDecision, ReasonBody, ReversalBody, SettlementBody, TEXT_LENGTH_MAX } from './decision-body.js';
import { dryRunBody, DryRunsBody, FinalizedBody, postingBody, PostingBody, postingDetailBody, PostingDetailBody, reversalPreviewBody, ReversalPreviewBody, ReversedBody } from './posting-body.js';

/** A target that does not answer a dry run in this time will not answer a person either. */
const DRY_RUN_TIMEOUT_MS = 60_000;
/** Stands in a preview where the reason of a reversal will stand. */
const REASON_TO_COME = '(your reason)';
/** What a caller says only where no proposal is taken. */
const OWN_SHARES = ['bankTransactionId', 'customerId', 'invoices', 'credits', 'writeOffs', 'onAccount'] as const;

@ApiTags('Postings')
@Controller('v1/postings')
export class PostingsController {
  constructor(
    private readonly postings: PostingService, private readonly decisions: Decisions, private readonly connections: Connections,
    private readonly matching: MatchingService, private readonly audit: AuditTrail, private readonly database: Database, @Inject(CLOCK) private readonly now: () => Date,
  ) {}

  @Get()
  @ApiOperation({ operationId: 'listPostings', summary: 'Postings and reversals' })
  @ApiList(POSTINGS, PostingBody)
  async list(@CallerOf() caller: Caller, @Req() request: Request): Promise<PageOf<PostingBody>> {
    const page = await this.postings.list(caller.tenantId, listRequest(request));
    return { items: page.rows.map(postingBody), nextCursor: page.nextCursor };
  }

  @Get(':id')
  @ApiOperation({ operationId: 'getPosting', summary: 'One posting with its steps and every move' })
  @ApiOkResponse({ type: PostingDetailBody })
  async get(@CallerOf() caller: Caller, @Param('id', IdPipe) id: string): Promise<PostingDetailBody> {
    const detail = await this.postings.get(caller.tenantId, id);
    if (detail === null) throw notFound('posting', id);
    return postingDetailBody(detail);
  }

  @Post('dry-run')
  @HttpCode(200)
  @Needs('decide')
  @ApiOperation({ operationId: 'dryRunPosting', summary: 'What would be sent, how open amounts would move, what would be refused', description: 'The target is asked; nothing is stored or sent.' })
  @ApiOkResponse({ type: DryRunsBody })
  @Problems(404, 409, 422, 502)
  async dryRun(@CallerOf() caller: Caller, @Body() body: DecisionBody): Promise<DryRunsBody> {
    const runs = await this.postings.dryRun(caller.tenantId, await this.#requestOf(caller, body), AbortSignal.timeout(DRY_RUN_TIMEOUT_MS));
    return { items: runs.map(dryRunBody) };
  }

  @Post()
  @Needs('post')
  @ApiOperation({ operationId: 'finalizePosting', summary: 'Decide about a bank transaction and post it', description: 'Stored with its plan before anything is sent; then it is in the ERP exactly once, as planned, or with a person.' })
  @ApiCreatedResponse({ type: FinalizedBody })
  @Problems(404, 409, 422)
  async finalize(@CallerOf() caller: Caller, @Body() body: DecisionBody): Promise<FinalizedBody> {
    const request = await this.#requestOf(caller, body);
    const { bankTransactionId } = request;
    const postingIds = await this.postings.finalize(caller.tenantId, request, async (transaction) => {
      if (bankTransactionId !== null) await this.matching.learn(transaction, { ...request, bankTransactionId, parts: request.parts.flatMap(({ intent, customerId }) => (customerId === null ? [] : [{ intent, customerId }])) }, actorOf(caller));
      await this.audit.append(transaction, { actor: actorOf(caller), action: 'posting.finalized', subject: `bank-transaction/${bankTransactionId ?? ''}` });
    });
    return { postingIds };
  }

  @Post(':id/retry')
  @HttpCode(200)
  @Needs('post')
  @ApiOperation({ operationId: 'retryPosting', summary: 'Try again what waits for a person' })
  @ApiOkResponse({ type: PostingDetailBody })
  @Problems(404, 409)
  async retry(@CallerOf() caller: Caller, @Param('id', IdPipe) id: string): Promise<PostingDetailBody> {
    await this.postings.retry(caller.tenantId, id, actorOf(caller));
    await this.#trace(caller, 'posting.retried', `posting/${id}`, {});
    return this.get(caller, id);
  }

  @Post(':id/cancel')
  @HttpCode(200)
  @Needs('post')
  @ApiOperation({ operationId: 'cancelPosting', summary: 'Give up a posting of which nothing was sent' })
  @ApiOkResponse({ type: PostingDetailBody })
  @Problems(404, 409, 422)
  async cancel(@CallerOf() caller: Caller, @Param('id', IdPipe) id: string, @Body() body: ReasonBody): Promise<PostingDetailBody> {
    await this.postings.cancel(caller.tenantId, id, actorOf(caller), body.reason);
    await this.#trace(caller, 'posting.cancelled', `posting/${id}`, { reason: body.reason });
    return this.get(caller, id);
  }

  @Post(':id/accept-difference')
  @HttpCode(200)
  @Needs('post')
  @ApiOperation({ operationId: 'acceptPostingDifference', summary: 'Say that what the target holds is right although it differs from the plan' })
  @ApiOkResponse({ type: PostingDetailBody })
  @Problems(404, 409, 422)
  async acceptDifference(@CallerOf() caller: Caller, @Param('id', IdPipe) id: string, @Body() body: ReasonBody): Promise<PostingDetailBody> {
    await this.postings.acceptDifference(caller.tenantId, id, actorOf(caller), body.reason);
    await this.#trace(caller, 'posting.differenceAccepted', `posting/${id}`, { reason: body.reason });
    return this.get(caller, id);
  }

  @Post(':id/settle')
  @HttpCode(200)
  @Needs('post')
  @ApiOperation({ operationId: 'settlePosting', summary: 'Say that a person booked in the ERP what is still open of it, and as which documents', description: 'Nothing is sent any more. It counts as posted on that person\'s word; only a person can undo it, in the ERP.' })
  @ApiOkResponse({ type: PostingDetailBody })
  @Problems(404, 409, 422)
  async settle(@CallerOf() caller: Caller, @Param('id', IdPipe) id: string, @Body() body: SettlementBody): Promise<PostingDetailBody> {
    await this.postings.settle(caller.tenantId, id, actorOf(caller), body);
    await this.#trace(caller, 'posting.settledByPerson', `posting/${id}`, { reason: body.reason, documents: body.documents.map(({ stepKey, externalId }) => `${stepKey}=${externalId}`) });
    return this.get(caller, id);
  }

  @Post(':id/reversed-by-person')
  @HttpCode(200)
  @Needs('post')
  @ApiOperation({ operationId: 'markPostingReversed', summary: 'Say that a person undid it in the ERP, where this hub cannot' })
  @ApiOkResponse({ type: PostingDetailBody })
  @Problems(404, 409, 422)
  async reversedByPerson(@CallerOf() caller: Caller, @Param('id', IdPipe) id: string, @Body() body: ReasonBody): Promise<PostingDetailBody> {
    await this.postings.reversedByPerson(caller.tenantId, id, actorOf(caller), body.reason);
    await this.#trace(caller, 'posting.reversedByPerson', `posting/${id}`, { reason: body.reason });
    return this.get(caller, id);
  }

  @Get(':id/reversal')
  @ApiOperation({ operationId: 'previewReversal', summary: 'What undoing this posting would do' })
  @ApiQuery({ name: 'reversedOn', required: false, description: 'Day of the reversal, YYYY-MM-DD' })
  @ApiQuery({ name: 'reason', required: false, description: 'Why, as the plan would carry it into the target' })
  @ApiOkResponse({ type: ReversalPreviewBody })
  @Problems(404, 409)
  async previewReversal(@CallerOf() caller: Caller, @Param('id', IdPipe) id: string, @Query('reversedOn') day?: string, @Query('reason') reason?: string): Promise<ReversalPreviewBody> {
    const reversedOn = await this.#reversalDay(caller, id, day);
    return reversalPreviewBody(await this.postings.previewReversal(caller.tenantId, id, { reversedOn, reason: reason === undefined || reason.trim() === '' ? REASON_TO_COME : reason.slice(0, TEXT_LENGTH_MAX) }));
  }

  @Post(':id/reversal')
  @Needs('post')
  @ApiOperation({ operationId: 'reversePosting', summary: 'Undo a posting in the target', description: 'Twice reversed is once reversed. Where the target cannot, the answer says what a person has to do.' })
  @ApiCreatedResponse({ type: ReversedBody })
  @Problems(404, 409, 422)
  async reverse(@CallerOf() caller: Caller, @Param('id', IdPipe) id: string, @Body() body: ReversalBody): Promise<ReversedBody> {
    const reversedOn = await this.#reversalDay(caller, id, body.reversedOn);
    const outcome = await this.postings.reverse(caller.tenantId, id, { reversedOn, reason: body.reason }, actorOf(caller));
    await this.#trace(caller, 'posting.reversed', `posting/${id}`, { reason: body.reason });
    return 'postingId' in outcome ? { postingId: outcome.postingId, byPersonBecause: null } : { postingId: null, byPersonBecause: outcome.byPersonBecause };
  }

  @Get(':id/evidence')
  @ApiOperation({ operationId: 'getPostingEvidence', summary: 'Plan, requests, answers, read-back and hash chain in one document' })
  @ApiOkResponse({ schema: { type: 'object', additionalProperties: true } })
  @Problems(404)
  evidence(@CallerOf() caller: Caller, @Param('id', IdPipe) id: string): Promise<object> {
    return this.postings.evidence(caller.tenantId, id);
  }

  /** The caller's own shares, or a proposal as it stands with the write-offs the caller adds. */
  async #requestOf(caller: Caller, body: DecisionBody): Promise<FinalizeRequest> {
    const createdBy = actorOf(caller);
    if (body.proposalId === undefined) {
      if (body.bankTransactionId === undefined) throw invalid([{ field: 'bankTransactionId', problem: 'is needed where no proposal is taken' }]);
      return this.decisions.requestOf(caller.tenantId, body.bankTransactionId, explicitDecision(body), createdBy);
    }
    const problems: FieldProblem[] = OWN_SHARES.filter((field) => body[field] !== undefined)
      .map((field) => ({ field, problem: 'is the proposal\'s business: leave it out, or leave `proposalId` out and say everything' }));
    const postedOn = dayOf('postedOn', body.postedOn, problems);
    if (problems.length > 0) throw invalid(problems);
    const { bankTransactionId, decision } = await this.matching.decisionOf(caller.tenantId, body.proposalId);
    return this.decisions.requestOf(caller.tenantId, bankTransactionId, { ...decision, postedOn, memo: body.memo ?? null }, createdBy);
  }

  async #reversalDay(caller: Caller, postingId: string, day: string | undefined): Promise<LocalDate> {
    if (day !== undefined) {
      if (!isLocalDate(day)) throw invalid([{ field: 'reversedOn', value: day, problem: 'is not a calendar day (YYYY-MM-DD)' }]);
      return day;
    }
    const detail = await this.postings.get(caller.tenantId, postingId);
    if (detail === null) throw notFound('posting', postingId);
    const { timeZone } = await this.connections.open(caller.tenantId, detail.posting.connectionId);
    return localDateOfInstant(this.now(), timeZone);
  }

  #trace(caller: Caller, action: string, subject: string, detail: Readonly<Record<string, string | string[]>>): Promise<void> {
    return this.database.inTenant(caller.tenantId, (transaction) => this.audit.append(transaction, { actor: actorOf(caller), action, subject, detail }));
  }
}
