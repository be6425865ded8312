import { IsBoolean, IsNotEmpty, IsOptional, IsString, MaxLength } from 'class-validator';
import type { Json } from '#canonical';
import type { BankFeedState } from '#bank';
import type { ConnectionRecord } from '#connections';
import type { LinkTicket } from '#connector-kit';
import { FEED_HEALTHS, type FeedAccountRecord, type FeedHealth, type UnplacedFeedRow } from '#storage';
import { ExpiryBody } from '../connections/connection-body.js';
import { FlagField, IdField, InstantField, IntegerField, OneOfField, OPTIONAL, OpenObjectField, OR_NULL, PartField, PartsField, TextField, TextsField } from '../wire/fields.js';

/** Characters of a public token; Plaid's have some 60. */
const PUBLIC_TOKEN_LENGTH_MAX = 500;

export class FeedHealthBody {
  @OneOfField(FEED_HEALTHS, 'unread: not read to the end yet; ok; signInAgain: the owner repairs the login (link with update); linkAnew: the login is gone for good, link a new one; settings: enter the credentials again; failing: reads fail, and are tried again')
  state!: FeedHealth;

  @TextField('What happened and what to do', OR_NULL)
  because!: string | null;

  @InstantField('Since when; null before the first read', OR_NULL)
  since!: string | null;
}

export class FeedAccountBody {
  @IdField('Id in this hub') id!: string;
  @TextField('The source\'s id of it; may change with the login') externalId!: string;
  @TextsField('Ids the source gave it before') formerExternalIds!: string[];
  @TextField('Name at the bank') name!: string;
  @TextField('Last digits, as far as the bank shows them', OR_NULL) mask!: string | null;
  @TextField('ISO 4217 code', OR_NULL) currency!: string | null;
  @TextField('The bank', OR_NULL) institution!: string | null;
  @TextField('Our bank account, which says where its cash is booked; null until a currency is known', OR_NULL) bankAccountId!: string | null;
  @InstantField('When the source last listed it') listedAt!: string;
}

export class FeedAccountsBody {
  @PartsField(() => FeedAccountBody, 'All accounts of the feed, those the source no longer lists too') items!: FeedAccountBody[];
}

export class BankFeedBody {
  @IdField('The id of its connection') id!: string;
  @TextField('Its name') name!: string;
  @TextField('Id of the connector') connector!: string;
  @PartField(() => FeedHealthBody, 'Whether it can be read, and who mends it') health!: FeedHealthBody;
  @FlagField('A paused feed is not read') paused!: boolean;
  @TextField('Why it is paused', OR_NULL) pausedBecause!: string | null;
  @InstantField('When it was last read to the end', OR_NULL) updatedAt!: string | null;
  @IntegerField('Reads by itself this often', OR_NULL) syncEveryMinutes!: number | null;
  @PartsField(() => ExpiryBody, 'What ends, as of the last check') expiries!: ExpiryBody[];
  @IntegerField('Accounts') accountCount!: number;
  @IntegerField('Rows that are kept and are no lines: see /unplaced') unplacedCount!: number;
}

export class BankFeedsBody {
  @PartsField(() => BankFeedBody, 'One for each connection to a source of bank transactions') items!: BankFeedBody[];
}

export class UnplacedRowBody {
  @TextField('The source\'s id') externalId!: string;
  @TextField('The source\'s account') accountExternalId!: string;
  @TextField('Why it is no line, and what to do') problem!: string;
  @FlagField('Whether the bank has not booked it yet') pending!: boolean;
  @OpenObjectField('As received') payload!: Json;
  @InstantField('When it first came') firstSeenAt!: string;
}

export class UnplacedRowsBody {
  @PartsField(() => UnplacedRowBody, 'Oldest first') items!: UnplacedRowBody[];
  @TextField('`cursor` of the next request; null at the end', OR_NULL) nextCursor!: string | null;
}

export class LinkStartBody {
  @FlagField('Repair the login there is, instead of linking one', OPTIONAL)
  @IsOptional() @IsBoolean()
  update?: boolean;
}

export class LinkTicketBody {
  @TextField('For the vendor\'s dialog in the browser; of no use elsewhere') token!: string;
  @InstantField('Good until') expiresAt!: string;
  @TextField('A page of the vendor that shows the dialog; null when it is embedded', OR_NULL) url!: string | null;
}

export class LinkFinishBody {
  @TextField('What the dialog handed out; left out after a repair, where nothing changes hands', OPTIONAL)
  @IsOptional() @IsString() @IsNotEmpty() @MaxLength(PUBLIC_TOKEN_LENGTH_MAX)
  publicToken?: string;
}

export function bankFeedBody(connection: ConnectionRecord, feed: BankFeedState): BankFeedBody {
  return {
    id: connection.id, name: connection.name, connector: connection.connector,
    health: { state: feed.health, because: feed.healthBecause, since: feed.healthSince?.toISOString() ?? null },
    paused: connection.status === 'paused', pausedBecause: connection.pausedBecause, updatedAt: feed.updatedAt?.toISOString() ?? null, syncEveryMinutes: connection.syncEveryMinutes,
    expiries: (connection.probe?.expiries ?? []).map(({ what, at, cure }) => ({ what, at, cure })), accountCount: feed.accounts.length, unplacedCount: feed.unplaced,
  };
}

export function feedAccountBody({ id, externalId, formerExternalIds, name, mask, currency, institution, bankAccountId, listedAt }: FeedAccountRecord): FeedAccountBody {
  return { id, externalId, formerExternalIds: [...formerExternalIds], name, mask, currency, institution, bankAccountId, listedAt: listedAt.toISOString() };
}

export function unplacedRowBody({ externalId, accountExternalId, problem, pending, payload, firstSeenAt }: UnplacedFeedRow): UnplacedRowBody {
  return { externalId, accountExternalId, problem, pending, payload, firstSeenAt: firstSeenAt.toISOString() };
}

export function linkTicketBody({ token, expiresAt, url }: LinkTicket): LinkTicketBody {
  return { token, expiresAt, url };
}
