import { Body, Controller, Get, Headers, Param, Post, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiHeader, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { IsOptional, IsString, MaxLength } from 'class-validator';
import type { Response } from 'express';
import { AuditTrail, type Caller } from '#access';
import { isLocalDate } from '#canonical';
import { INVOICE_TERMS, type InvoiceTerms } from '#connector-kit';
import type { InvoiceChange } from '#storage';
import { InvoiceChanges } from '#sync';
import { CallerOf, Needs } from '../../http/authentication.js';
import { invalid, type FieldProblem } from '../../http/problem.js';
import { untilGone } from '../connections/until-gone.js';
import { actorOf } from '../tokens.js';
import { recordSeen } from '../wire/etag.js';
import { DayField, IdField, InstantField, OneOfField, OPTIONAL, OR_NULL, PartField, PartsField, TextField } from '../wire/fields.js';
import { IdPipe, Problems } from '../wire/problems.js';

const STATES = ['open', 'made', 'conflicted', 'refused'] as const;
const DISPUTE_STATUS_LENGTH_MAX = 100;
const MAY_BE_TAKEN_OFF = { nullable: true, optional: true } as const;

/** What may be changed of a booked invoice. What is left out stays; null takes a promise or a dispute off. */
export class InvoiceTermsBody {
  @DayField('Due on', OPTIONAL)
  @IsOptional() @IsString()
  dueOn?: string;

  @DayField('The day the customer promised to pay on', MAY_BE_TAKEN_OFF)
  @IsOptional() @IsString()
  promisedOn?: string | null;

  @TextField('Code of a dispute status as the source has it', MAY_BE_TAKEN_OFF)
  @IsOptional() @IsString() @MaxLength(DISPUTE_STATUS_LENGTH_MAX)
  disputeStatus?: string | null;
}

export class InvoiceTermsSeenBody {
  @DayField('Due on', MAY_BE_TAKEN_OFF)
  dueOn?: string | null;

  @DayField('The promised day', MAY_BE_TAKEN_OFF)
  promisedOn?: string | null;

  @TextField('Code of a dispute status', MAY_BE_TAKEN_OFF)
  disputeStatus?: string | null;
}

export class InvoiceChangeBody {
  @IdField('Id of the change')
  id!: string;

  @IdField('The invoice')
  invoiceId!: string;

  @OneOfField(STATES, 'open: stored, and the source gave no answer yet; made: the source holds it; conflicted: somebody else changed the same; refused: the source said no')
  state!: (typeof STATES)[number];

  @PartField(() => InvoiceTermsSeenBody, 'What was asked for')
  terms!: InvoiceTermsSeenBody;

  @PartField(() => InvoiceTermsSeenBody, 'What the hub had read when it was asked for')
  seen!: InvoiceTermsSeenBody;

  @PartField(() => InvoiceTermsSeenBody, 'What the source was found to hold when it was settled', OR_NULL)
  found!: InvoiceTermsSeenBody | null;

  @TextField('Why it was not made', OR_NULL)
  problem!: string | null;

  @TextField('Who asked for it')
  requestedBy!: string;

  @InstantField('When')
  requestedAt!: string;

  @InstantField('When it was settled', OR_NULL)
  settledAt!: string | null;
}

export class InvoiceChangesBody {
  @PartsField(() => InvoiceChangeBody, 'Newest first, the last hundred')
  items!: InvoiceChangeBody[];
}

@ApiTags('Receivables')
@Controller('v1/invoices')
export class InvoiceChangesController {
  constructor(private readonly changes: InvoiceChanges, private readonly audit: AuditTrail) {}

  @Get(':id/changes')
  @ApiOperation({ operationId: 'listInvoiceChanges', summary: 'What this hub changed of a booked invoice in its source, or tried to' })
  @ApiOkResponse({ type: InvoiceChangesBody })
  @Problems(404)
  async list(@CallerOf() caller: Caller, @Param('id', IdPipe) id: string): Promise<InvoiceChangesBody> {
    return { items: (await this.changes.list(caller.tenantId, id)).map(changeBody) };
  }

  @Post(':id/changes')
  @Needs('post')
  @ApiOperation({
    operationId: 'changeInvoice', summary: 'Change due day, promised day or dispute status of a booked invoice in its source',
    description: 'Made in the source and read back before the answer; the invoice here follows with the run that is asked for. Bound to the state you saw: an edit by somebody else is answered with 412, never overwritten. After 502 the same Idempotency-Key goes on with it.',
  })
  @ApiHeader({ name: 'If-Match', required: true, description: 'The ETag of the invoice that was read' })
  @ApiCreatedResponse({ type: InvoiceChangeBody })
  @Problems(404, 409, 412, 422, 428, 502)
  async change(
    @CallerOf() caller: Caller, @Param('id', IdPipe) id: string, @Headers('if-match') ifMatch: string | undefined, @Headers('idempotency-key') requestKey: string | undefined,
    @Body() body: InvoiceTermsBody, @Res({ passthrough: true }) response: Response,
  ): Promise<InvoiceChangeBody> {
    const seenRecordId = recordSeen(ifMatch);
    const terms = termsOf(body);
    const change = await this.changes.make(caller.tenantId, { invoiceId: id, terms, seenRecordId, requestKey: requestKey ?? null, requestedBy: actorOf(caller) }, untilGone(response),
      (transaction, settled) => this.audit.append(transaction, {
        actor: actorOf(caller), action: `invoice.change.${settled.state}`, subject: `invoice/${id}`, detail: { changeId: settled.id, terms: { ...settled.terms }, seen: { ...settled.seen }, ...(settled.problem === null ? {} : { problem: settled.problem }) },
      }));
    return changeBody(change);
  }
}

/** @throws ProblemError 422 naming what is no day, or that nothing is asked for. */
function termsOf(body: InvoiceTermsBody): InvoiceTerms {
  const terms: InvoiceTerms = Object.fromEntries(INVOICE_TERMS.flatMap((name) => (body[name] === undefined ? [] : [[name, body[name]]])));
  const problems: FieldProblem[] = [];
  for (const name of ['dueOn', 'promisedOn'] as const) {
    const value = terms[name];
    if (typeof value === 'string' && !isLocalDate(value)) problems.push({ field: name, value, problem: 'is not a calendar day (YYYY-MM-DD)' });
  }
  if (terms.dueOn === null) problems.push({ field: 'dueOn', problem: 'cannot be taken off: give another day' });
  if (terms.disputeStatus === '') problems.push({ field: 'disputeStatus', value: '', problem: 'is empty: null takes a dispute off' });
  if (Object.keys(terms).length === 0) problems.push({ field: '', problem: `the change changes nothing: give ${INVOICE_TERMS.join(', ')}, or some of them` });
  if (problems.length > 0) throw invalid(problems);
  return terms;
}

function changeBody(change: InvoiceChange): InvoiceChangeBody {
  const { id, invoiceId, state, terms, seen, found, problem, requestedBy, requestedAt, settledAt } = change;
  return { id, invoiceId, state, terms, seen, found, problem, requestedBy, requestedAt: requestedAt.toISOString(), settledAt: settledAt?.toISOString() ?? null };
}
