import { Body, Controller, Delete, Get, Headers, HttpCode, Param, Post } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiProperty, ApiResponse, ApiTags } from '@nestjs/swagger';
import { ArrayNotEmpty, ArrayUnique, IsArray, IsIn, IsNotEmpty, IsString, MaxLength } from 'class-validator';
import { allows, ApiKeys, AuditTrail, ROLES, type ApiKey, type Caller, type Role } from '#access';
import { Database } from '#storage';
import { CallerOf, Needs } from '../../http/authentication.js';
import { conflict, invalid, notFound } from '../../http/problem.js';
import { actorOf } from '../tokens.js';
import { IdField, InstantField, OR_NULL, PartsField, TextField } from '../wire/fields.js';
import { IdPipe, NoIdempotencyKey, Problems } from '../wire/problems.js';

const ROLE_NAMES = Object.keys(ROLES) as Role[];
const NAME_LENGTH_MAX = 100;

const RolesField = (): PropertyDecorator => ApiProperty({ type: 'array', items: { type: 'string', enum: ROLE_NAMES }, description: 'What it may do' });

export class NewApiKeyBody {
  @TextField('Whose or what for; stands in the audit trail')
  @IsString() @IsNotEmpty() @MaxLength(NAME_LENGTH_MAX)
  name!: string;

  @RolesField()
  @IsArray() @ArrayNotEmpty() @ArrayUnique() @IsIn(ROLE_NAMES, { each: true })
  roles!: Role[];
}

export class ApiKeyBody {
  @IdField('Id of the key')
  id!: string;

  @TextField('Whose or what for')
  name!: string;

  @TextField('Its first characters, to tell keys apart')
  prefix!: string;

  @RolesField()
  roles!: Role[];

  @InstantField('When it was made')
  createdAt!: string;

  @InstantField('When it was revoked', OR_NULL)
  revokedAt!: string | null;
}

export class CreatedApiKeyBody extends ApiKeyBody {
  @TextField('The key. It is shown this once and stored nowhere: keep it')
  key!: string;
}

export class ApiKeysBody {
  @PartsField(() => ApiKeyBody, 'All keys of the tenant, revoked ones too')
  items!: ApiKeyBody[];
}

@ApiTags('Access')
@Controller('v1/api-keys')
export class ApiKeysController {
  constructor(private readonly apiKeys: ApiKeys, private readonly audit: AuditTrail, private readonly database: Database) {}

  @Get()
  @Needs('administer')
  @ApiOperation({ operationId: 'listApiKeys', summary: 'API keys, without their text' })
  @ApiOkResponse({ type: ApiKeysBody })
  async list(@CallerOf() caller: Caller): Promise<ApiKeysBody> {
    return { items: (await this.apiKeys.list(caller.tenantId)).map(apiKeyBody) };
  }

  @Post()
  @Needs('administer')
  @ApiOperation({ operationId: 'createApiKey', summary: 'Make a key', description: 'Takes no Idempotency-Key: an answer that is kept for repeats would keep the key too.' })
  @NoIdempotencyKey()
  @ApiResponse({ status: 201, type: CreatedApiKeyBody, description: 'Made' })
  async create(@CallerOf() caller: Caller, @Headers('idempotency-key') idempotencyKey: string | undefined, @Body() body: NewApiKeyBody): Promise<CreatedApiKeyBody> {
    if (idempotencyKey !== undefined) throw invalid([{ field: 'Idempotency-Key', problem: 'is not taken here: the kept answer would hold the key. Look into the list of keys before you repeat' }]);
    const { key, apiKey } = await this.apiKeys.create(caller.tenantId, body.name, body.roles);
    await this.#note(caller, 'apiKey.created', apiKey);
    return { ...apiKeyBody(apiKey), key };
  }

  @Delete(':id')
  @HttpCode(204)
  @Needs('administer')
  @ApiOperation({ operationId: 'revokeApiKey', summary: 'Revoke a key, at once and for good' })
  @ApiNoContentResponse({ description: 'Revoked' })
  @Problems(409)
  async revoke(@CallerOf() caller: Caller, @Param('id', IdPipe) id: string): Promise<void> {
    const keys = await this.apiKeys.list(caller.tenantId);
    const apiKey = keys.find((key) => key.id === id);
    if (apiKey === undefined) throw notFound('API key', id);
    const administrators = keys.filter((key) => key.revokedAt === null && allows(key.roles, 'administer'));
    if (administrators.length === 1 && administrators[0]?.id === id) throw conflict('it is the last key that may administer: make another one first, or nobody could');
    await this.apiKeys.revoke(caller.tenantId, id);
    await this.#note(caller, 'apiKey.revoked', apiKey);
  }

  #note(caller: Caller, action: string, { id, name, roles }: ApiKey): Promise<void> {
    return this.database.inTenant(caller.tenantId, (transaction) => this.audit.append(transaction, {
      actor: actorOf(caller), action, subject: `api-key/${id}`, detail: { name, roles: [...roles] },
    }));
  }
}

function apiKeyBody({ id, name, prefix, roles, createdAt, revokedAt }: ApiKey): ApiKeyBody {
  return { id, name, prefix, roles: [...roles], createdAt: createdAt.toISOString(), revokedAt: revokedAt?.toISOString() ?? null };
}
