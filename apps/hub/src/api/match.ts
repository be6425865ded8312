import { Body, Controller, Get, HttpCode, Inject, Param, Post, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Type } from '@nestjs/common';
import type { Request, Response } from 'express';
import type { Caller } from '#access';
import { MatchingService } from '#matching';
import { MATCH_PROPOSALS } from '#storage';
import { CallerOf, Needs } from '../http/authentication.js';
import { ApiList, listRequest, type PageOf } from '../http/lists.js';
import { DismissalBody, MatchProposalBody, matchProposalBody, MatchProposalDetailBody, matchProposalDetailBody, MatchRunBody, matchRunBody, NewMatchRunBody } from './match-bodies.js';
import { actorOf } from './tokens.js';
import { IdPipe, Problems } from './wire/problems.js';

@ApiTags('Matching')
@Controller('v1/match-runs')
export class MatchRunsController {
  constructor(@Inject(MatchingService) private readonly matching: MatchingService) {}

  @Post()
  @HttpCode(200)
  @Needs('decide')
  @ApiOperation({
    operationId: 'runMatching', summary: 'Match every undecided bank line now',
    description: 'Answers when the run has ended. The same facts write nothing, so asking twice does no harm; 409 while another run of the tenant is under way. A caller that leaves stops it: nothing of the batch under way is saved.',
  })
  @ApiOkResponse({ type: MatchRunBody })
  @Problems(404, 409, 422)
  async run(@CallerOf() caller: Caller, @Body() body: NewMatchRunBody, @Res({ passthrough: true }) response: Response): Promise<MatchRunBody> {
    const left = new AbortController();
    response.once('close', () => { left.abort(new Error('the caller left')); });
    return matchRunBody(await this.matching.run(caller.tenantId, { bankAccountId: body.bankAccountId, connectionId: body.connectionId, signal: left.signal }));
  }
}

@ApiTags('Matching')
@Controller('v1/match-proposals')
export class MatchProposalsController {
  constructor(@Inject(MatchingService) private readonly matching: MatchingService) {}

  @Get()
  @ApiOperation({ operationId: 'listMatchProposals', summary: 'Proposals', description: 'With every status unless `status` is given: superseded and dismissed ones are the history of a line.' })
  @ApiList(MATCH_PROPOSALS, MatchProposalBody)
  async list(@CallerOf() caller: Caller, @Req() request: Request): Promise<PageOf<MatchProposalBody>> {
    const { rows, nextCursor } = await this.matching.list(caller.tenantId, listRequest(request));
    return { items: rows.map(matchProposalBody), nextCursor };
  }

  @Get(':id')
  @ApiOperation({ operationId: 'getMatchProposal', summary: 'One proposal with its lines, evidence and alternatives' })
  @ApiOkResponse({ type: MatchProposalDetailBody })
  @Problems(404)
  async get(@CallerOf() caller: Caller, @Param('id', IdPipe) id: string): Promise<MatchProposalDetailBody> {
    return matchProposalDetailBody(await this.matching.get(caller.tenantId, id));
  }

  @Post(':id/dismiss')
  @HttpCode(200)
  @Needs('decide')
  @ApiOperation({ operationId: 'dismissMatchProposal', summary: 'Say no to a proposal', description: 'None of its documents is proposed for this bank line again.' })
  @ApiOkResponse({ type: MatchProposalDetailBody })
  @Problems(404, 409, 422)
  async dismiss(@CallerOf() caller: Caller, @Param('id', IdPipe) id: string, @Body() body: DismissalBody): Promise<MatchProposalDetailBody> {
    return matchProposalDetailBody(await this.matching.dismiss(caller.tenantId, id, actorOf(caller), body.reason ?? null));
  }
}

/** Controllers of cash application; they need {@link MatchingService} from the module. */
export const MATCHING_CONTROLLERS: readonly Type[] = [MatchRunsController, MatchProposalsController];
