import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import { AuditTrail, type AuditEntry, type Caller } from '#access';
import type { JsonObject } from '#canonical';
import { CallerOf } from '../../http/authentication.js';
import { invalid } from '../../http/problem.js';
import { FlagField, IdField, InstantField, IntegerField, OpenObjectField, OR_NULL, PartsField, TextField } from '../wire/fields.js';

export const AUDIT_DEFAULT = 100;
export const AUDIT_MAX = 1_000;

/** Who did what. */
export class AuditEntryBody {
  @IdField('Counts from 1 without a gap')
  sequence!: string;

  @InstantField('When')
  at!: string;

  @TextField('Who')
  actor!: string;

  @TextField('What was done')
  action!: string;

  @TextField('To what')
  subject!: string;

  @OpenObjectField('More about it')
  detail!: JsonObject;
}

export class AuditBody {
  @PartsField(() => AuditEntryBody, 'Newest first')
  items!: AuditEntryBody[];

  @TextField('Send it as `before` for older ones; null at the beginning of the trail', OR_NULL)
  nextBefore!: string | null;
}

export class AuditVerificationBody {
  @IntegerField('Entries whose hash was computed again')
  entries!: number;

  @FlagField('Whether every entry is as it was written, and none is missing')
  sound!: boolean;

  @TextField('The first broken entry', OR_NULL)
  brokenAt!: string | null;

  @TextField('What is wrong with it', OR_NULL)
  problem!: string | null;
}

@ApiTags('Access')
@Controller('v1/audit')
export class AuditController {
  constructor(private readonly audit: AuditTrail) {}

  @Get()
  @ApiOperation({ operationId: 'listAudit', summary: 'The audit trail, newest first' })
  @ApiQuery({ name: 'before', required: false, type: String, description: '`nextBefore` of the page before' })
  @ApiQuery({ name: 'limit', required: false, schema: { type: 'integer', minimum: 1, maximum: AUDIT_MAX, default: AUDIT_DEFAULT } })
  @ApiOkResponse({ type: AuditBody })
  async list(@CallerOf() caller: Caller, @Query('before') before: unknown, @Query('limit') limitText: unknown): Promise<AuditBody> {
    const limit = wholeNumber('limit', limitText, AUDIT_MAX) ?? AUDIT_DEFAULT;
    const start = wholeNumber('before', before, Number.MAX_SAFE_INTEGER);
    const entries = await this.audit.list(caller.tenantId, { limit: limit + 1, ...(start === null ? {} : { before: String(start) }) });
    const shown = entries.slice(0, limit);
    return { items: shown.map(entryBody), nextBefore: entries.length > limit ? shown.at(-1)?.sequence ?? null : null };
  }

  @Get('verification')
  @ApiOperation({ operationId: 'verifyAudit', summary: 'Compute the whole chain again', description: 'Reads every entry. A changed, removed or reordered one shows.' })
  @ApiOkResponse({ type: AuditVerificationBody })
  async verify(@CallerOf() caller: Caller): Promise<AuditVerificationBody> {
    const { entries, broken } = await this.audit.verify(caller.tenantId);
    return { entries, sound: broken === null, brokenAt: broken?.sequence ?? null, problem: broken?.problem ?? null };
  }
}

function entryBody({ sequence, at, actor, action, subject, detail }: AuditEntry): AuditEntryBody {
  return { sequence, at, actor, action, subject, detail };
}

function wholeNumber(field: string, text: unknown, max: number): number | null {
  if (text === undefined) return null;
  const number = typeof text === 'string' && /^\d{1,16}$/.test(text) ? Number(text) : 0;
  if (number < 1 || number > max) throw invalid([{ field, value: String(text).slice(0, 40), problem: `must be a whole number from 1 to ${max}` }]);
  return number;
}
