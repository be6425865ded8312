import { Controller, Get, Param } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Caller } from '#access';
import type { EntityName, JsonObject } from '#canonical';
import { Connections } from '#connections';
import { explain } from '#mapping';
import { COMPANIES, CONTACTS, CREDIT_MEMOS, CUSTOMERS, Database, INVOICES, LEDGER_ACCOUNTS, PAYMENTS, type ListDefinition } from '#storage';
import { CallerOf } from '../../http/authentication.js';
import { notFound } from '../../http/problem.js';
import { CanonicalReads } from '../reads/canonical-reads.js';
import { readRawRecord } from '../reads/raw-records.js';
import { LineageBody, canonicalBody, type CanonicalRow } from '../wire/canonical-body.js';
import { FlagField, IdField, InstantField, IntegerField, OneOfField, OpenObjectField, PartsField, TextField } from '../wire/fields.js';
import { LineageRowBody, lineageRowBody } from '../wire/mapping-body.js';
import { IdPipe } from '../wire/problems.js';

/** The way from a source's record to a canonical one (capability 206). */
export class RecordLineageBody extends LineageBody {
  @OneOfField(['company', 'ledgerAccount', 'customer', 'contact', 'invoice', 'creditMemo', 'payment'], 'What kind of record')
  entity!: EntityName;

  @IdField('Id of the record in this hub')
  id!: string;

  @TextField('The source\'s own id')
  externalId!: string;

  @TextField('The source\'s mark of this state')
  revision!: string;

  @InstantField('When the source sent it')
  receivedAt!: string;

  @OpenObjectField('The record as received; numbers as the text they were sent as')
  payload!: JsonObject;

  @IntegerField('Version of the mapping the fields below are explained with')
  explainedWithVersion!: number;

  @FlagField('False when the mapping changed since the record was made: the fields then show what it would be made of today')
  explainedAsMade!: boolean;

  @PartsField(() => LineageRowBody, 'Every field with its source')
  fields!: LineageRowBody[];
}

interface Lineaged {
  readonly definition: ListDefinition;
  readonly entity: EntityName;
  readonly what: string;
}

@ApiTags('Receivables')
@Controller('v1')
export class LineageController {
  constructor(private readonly reads: CanonicalReads, private readonly connections: Connections, private readonly database: Database) {}

  @Get('companies/:id/lineage')
  @ApiOperation({ operationId: 'getCompanyLineage', summary: 'Where each field of a legal entity comes from' })
  @ApiOkResponse({ type: RecordLineageBody })
  company(@CallerOf() caller: Caller, @Param('id', IdPipe) id: string): Promise<RecordLineageBody> {
    return this.#lineage(caller, id, { definition: COMPANIES, entity: 'company', what: 'company' });
  }

  @Get('ledger-accounts/:id/lineage')
  @ApiOperation({ operationId: 'getLedgerAccountLineage', summary: 'Where each field of a ledger account comes from' })
  @ApiOkResponse({ type: RecordLineageBody })
  ledgerAccount(@CallerOf() caller: Caller, @Param('id', IdPipe) id: string): Promise<RecordLineageBody> {
    return this.#lineage(caller, id, { definition: LEDGER_ACCOUNTS, entity: 'ledgerAccount', what: 'ledger account' });
  }

  @Get('customers/:id/lineage')
  @ApiOperation({ operationId: 'getCustomerLineage', summary: 'Where each field of a customer comes from' })
  @ApiOkResponse({ type: RecordLineageBody })
  customer(@CallerOf() caller: Caller, @Param('id', IdPipe) id: string): Promise<RecordLineageBody> {
    return this.#lineage(caller, id, { definition: CUSTOMERS, entity: 'customer', what: 'customer' });
  }

  @Get('contacts/:id/lineage')
  @ApiOperation({ operationId: 'getContactLineage', summary: 'Where each field of a contact comes from' })
  @ApiOkResponse({ type: RecordLineageBody })
  contact(@CallerOf() caller: Caller, @Param('id', IdPipe) id: string): Promise<RecordLineageBody> {
    return this.#lineage(caller, id, { definition: CONTACTS, entity: 'contact', what: 'contact' });
  }

  @Get('invoices/:id/lineage')
  @ApiOperation({ operationId: 'getInvoiceLineage', summary: 'Where each field of an invoice comes from' })
  @ApiOkResponse({ type: RecordLineageBody })
  invoice(@CallerOf() caller: Caller, @Param('id', IdPipe) id: string): Promise<RecordLineageBody> {
    return this.#lineage(caller, id, { definition: INVOICES, entity: 'invoice', what: 'invoice' });
  }

  @Get('credit-memos/:id/lineage')
  @ApiOperation({ operationId: 'getCreditMemoLineage', summary: 'Where each field of a credit memo comes from' })
  @ApiOkResponse({ type: RecordLineageBody })
  creditMemo(@CallerOf() caller: Caller, @Param('id', IdPipe) id: string): Promise<RecordLineageBody> {
    return this.#lineage(caller, id, { definition: CREDIT_MEMOS, entity: 'creditMemo', what: 'credit memo' });
  }

  @Get('payments/:id/lineage')
  @ApiOperation({ operationId: 'getPaymentLineage', summary: 'Where each field of a payment comes from' })
  @ApiOkResponse({ type: RecordLineageBody })
  payment(@CallerOf() caller: Caller, @Param('id', IdPipe) id: string): Promise<RecordLineageBody> {
    return this.#lineage(caller, id, { definition: PAYMENTS, entity: 'payment', what: 'payment' });
  }

  async #lineage(caller: Caller, id: string, { definition, entity, what }: Lineaged): Promise<RecordLineageBody> {
    const record = await this.reads.get<CanonicalRow, ReturnType<typeof canonicalBody>>(caller, definition, id, what, canonicalBody);
    const raw = await this.database.inTenant(caller.tenantId, (transaction) => readRawRecord(transaction, record.lineage.rawRecordId));
    if (raw === null) throw notFound('raw record', record.lineage.rawRecordId);
    const connection = await this.connections.open(caller.tenantId, record.connectionId);
    const compiled = connection.readMapping(entity);
    return {
      ...record.lineage, entity, id: record.id, externalId: record.externalId, revision: raw.revision, receivedAt: raw.receivedAt.toISOString(), payload: raw.payload,
      explainedWithVersion: compiled.mapping.version, explainedAsMade: compiled.mapping.version === record.lineage.mappingVersion,
      fields: explain(compiled, raw.payload).map(lineageRowBody),
    };
  }
}
