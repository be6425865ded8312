import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import type { Caller } from '#access';
import type { JsonObject } from '#canonical';
import { Database } from '#storage';
import { CallerOf } from '../../http/authentication.js';
import { invalid } from '../../http/problem.js';
import { FEED_START, readEvents, type FeedEvent, type FeedPlace } from '../reads/event-feed.js';
import { FlagField, IdField, InstantField, OpenObjectField, OR_NULL, PartsField, TextField } from '../wire/fields.js';

export const EVENTS_DEFAULT = 100;
export const EVENTS_MAX = 1_000;

/** Something that changed. It says what to read again, not what it became: whoever reads gets the present state. */
export class EventBody {
  @IdField('Id of the event')
  id!: string;

  @TextField('What happened: `invoice.changed`, `invoice.termsChanged`, `payment.deleted`, `posting.verified`')
  type!: string;

  @TextField('The record type')
  subject!: string;

  @IdField('Its id in this hub')
  subjectId!: string;

  @InstantField('When')
  at!: string;

  @OpenObjectField('More about it, where there is more', OR_NULL)
  detail!: JsonObject | null;
}

export class EventsBody {
  @PartsField(() => EventBody, 'In the order they became visible')
  items!: EventBody[];

  @TextField('Send it as `after` for what comes next; the same as before when there is nothing new')
  cursor!: string;

  @FlagField('Whether more waits already')
  more!: boolean;
}

@ApiTags('Events')
@Controller('v1/events')
export class EventsController {
  constructor(private readonly database: Database) {}

  @Get()
  @ApiOperation({
    operationId: 'listEvents', summary: 'The change feed',
    description: 'Ask again and again with the cursor of the answer before: every committed change comes exactly once, also those of transactions that overlapped.',
  })
  @ApiQuery({ name: 'after', required: false, type: String, description: 'The `cursor` of the answer before; absent: from the beginning' })
  @ApiQuery({ name: 'limit', required: false, schema: { type: 'integer', minimum: 1, maximum: EVENTS_MAX, default: EVENTS_DEFAULT } })
  @ApiOkResponse({ type: EventsBody })
  async list(@CallerOf() caller: Caller, @Query('after') after: unknown, @Query('limit') limitText: unknown): Promise<EventsBody> {
    const from = placeFrom(after);
    const limit = limitFrom(limitText);
    const found = await this.database.inTenant(caller.tenantId, (transaction) => readEvents(transaction, from, limit + 1));
    const shown = found.slice(0, limit);
    const last = shown.at(-1) ?? from;
    return { items: shown.map(eventBody), cursor: `${last.xid}-${last.id}`, more: found.length > limit };
  }
}

function eventBody({ id, type, subject, subject_id: subjectId, at, detail }: FeedEvent): EventBody {
  return { id, type, subject, subjectId, at: at.toISOString(), detail };
}

function placeFrom(after: unknown): FeedPlace {
  if (after === undefined || after === '') return FEED_START;
  const [, xid, id] = (typeof after === 'string' ? /^(\d{1,19})-(\d{1,18})$/.exec(after) : null) ?? [];
  if (xid === undefined || id === undefined) throw invalid([{ field: 'after', value: String(after).slice(0, 40), problem: 'is not a cursor of this feed: take it from `cursor` unchanged' }]);
  return { xid, id };
}

function limitFrom(text: unknown): number {
  if (text === undefined) return EVENTS_DEFAULT;
  const limit = typeof text === 'string' && /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (limit < 1 || limit > EVENTS_MAX) throw invalid([{ field: 'limit', value: String(text).slice(0, 40), problem: `must be a whole number from 1 to ${EVENTS_MAX}` }]);
  return limit;
}
