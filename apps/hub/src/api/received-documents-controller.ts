import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query, Req, Res, StreamableFile } from '@nestjs/common';
import { ApiAcceptedResponse, ApiBadRequestResponse, ApiBody, ApiConsumes, ApiConflictResponse, ApiCreatedResponse, ApiHeader, ApiNotFoundResponse, ApiOkResponse, ApiOperation, ApiProduces, ApiTags, ApiUnprocessableEntityResponse } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import type { Caller } from '#access';
import { type ImportedReceivedDocument, ReceivedDocuments, type ReceivedDocumentUpload } from '#bank';
import { FILE_BYTES_MAX, parseOutput } from '#documents';
import { RECEIVED_DOCUMENTS } from '#storage';
import { CallerOf, Needs } from '../http/authentication.js';
import { ApiList, listRequest, type PageOf } from '../http/lists.js';
import { notFound, ProblemError } from '../http/problem.js';
import { ReceivedDocumentBody, receivedDocumentBody, ReceivedDocumentImportBody, ReceivedDocumentSummaryBody, receivedDocumentSummary, ReceivedDocumentUploadQuery, csvLayoutOf, UploadedReceivedDocumentBody } from './received-documents-bodies.js';
import { RecordIdPipe } from './bank-request.js';
import { remittanceLayoutOf } from './remittance-layout-body.js';
import { WAKE, type Wake } from './tokens.js';

/** Where the application mounts `express.raw({ type: RECEIVED_DOCUMENT_CONTENT_TYPE, limit: RECEIVED_DOCUMENT_BYTES_MAX })`. */
export const RECEIVED_DOCUMENT_UPLOAD_PATH = '/v1/documents';
export const RECEIVED_DOCUMENT_CONTENT_TYPE = 'application/octet-stream';
export const RECEIVED_DOCUMENT_BYTES_MAX = FILE_BYTES_MAX;
/** Characters of a name that stand in a header as they are; everything else is percent-encoded (RFC 8187, section 3.2.1). */
const HEADER_SAFE = /[^\w.-]/g;

const RESPOND_ASYNC = 'respond-async';

/** RFC 7240, section 4.1. */
function later(request: Request): boolean {
  return (request.headers['prefer'] ?? '').toString().split(',').some((preference) => preference.trim().toLowerCase() === RESPOND_ASYNC);
}

@ApiTags('Documents')
@Controller('v1/documents')
export class ReceivedDocumentsController {
  constructor(@Inject(ReceivedDocuments) private readonly files: ReceivedDocuments, @Inject(WAKE) private readonly wake: Wake) {}

  @Post()
  @Needs('decide')
  @ApiOperation({ summary: 'Hand in a document', description: 'A bank statement, a lockbox file, a remittance of any kind, a mail: recognised by content. It is kept as received and imported whole or not at all; bytes handed in before change nothing and answer 200 with `duplicateOf`. A file that cannot be imported answers 201 with the status `invalid` and its findings. With `Prefer: respond-async` (RFC 7240) it is kept, answered 202 as `processing`, and read by a worker: scans take their time.' })
  @ApiHeader({ name: 'Prefer', required: false, description: '`respond-async`: answer as soon as it is kept' })
  @ApiAcceptedResponse({ type: UploadedReceivedDocumentBody, description: 'Kept; read later' })
  @ApiConsumes(RECEIVED_DOCUMENT_CONTENT_TYPE)
  @ApiBody({ schema: { type: 'string', format: 'binary' }, description: `The file, at most ${FILE_BYTES_MAX} bytes` })
  @ApiCreatedResponse({ type: UploadedReceivedDocumentBody })
  @ApiOkResponse({ type: UploadedReceivedDocumentBody, description: 'The bytes were known' })
  @ApiBadRequestResponse({ description: 'No file' })
  @ApiUnprocessableEntityResponse({ description: 'Name, source or account cannot be used' })
  async upload(@CallerOf() caller: Caller, @Query() query: ReceivedDocumentUploadQuery, @Req() request: Request, @Res({ passthrough: true }) response: Response): Promise<UploadedReceivedDocumentBody> {
    const bytes: unknown = request.body;
    if (!Buffer.isBuffer(bytes)) {
      throw new ProblemError({ type: '/problems/no-file', title: 'No file', status: 400, detail: `send the file's bytes as the body, with Content-Type: ${RECEIVED_DOCUMENT_CONTENT_TYPE}` });
    }
    const { name, source, channel, bankAccountId } = query;
    const document = {
      name, bytes, source: source ?? 'upload', uploadedBy: caller.name, ...(channel === undefined ? {} : { channel }), ...(bankAccountId === undefined ? {} : { bankAccountId }),
    };
    const { file, duplicateOf } = later(request) ? await this.#receive(caller.tenantId, document, response) : await this.files.importFile(caller.tenantId, document);
    if (duplicateOf !== null) response.status(200);
    return { ...receivedDocumentBody(file), duplicateOf };
  }

  /** Kept now, read by a worker. */
  async #receive(tenantId: string, document: ReceivedDocumentUpload, response: Response): Promise<ImportedReceivedDocument> {
    const received = await this.files.receive(tenantId, document);
    if (received.duplicateOf === null) {
      response.status(202).setHeader('Preference-Applied', RESPOND_ASYNC);
      await this.wake.wakeDocument(tenantId, received.file.id);
    }
    return received;
  }

  @Post(':id/import')
  @HttpCode(200)
  @Needs('decide')
  @ApiOperation({ summary: 'Import a kept file again', description: 'With the answers its findings asked for: the layout of a CSV file, or the bank account.' })
  @ApiOkResponse({ type: ReceivedDocumentBody })
  @ApiNotFoundResponse()
  @ApiConflictResponse({ description: 'It is processed already' })
  @ApiUnprocessableEntityResponse()
  async importAgain(@CallerOf() caller: Caller, @Param('id', new RecordIdPipe('document')) id: string, @Body() body: ReceivedDocumentImportBody): Promise<ReceivedDocumentBody> {
    const { layout, remittanceLayout, bankAccountId } = body;
    const file = await this.files.importAgain(caller.tenantId, id, {
      by: caller.name,
      ...(layout === undefined ? {} : { layout: csvLayoutOf(layout) }), ...(remittanceLayout === undefined ? {} : { remittanceLayout: remittanceLayoutOf(remittanceLayout) }), ...(bankAccountId === undefined ? {} : { bankAccountId }),
    });
    return receivedDocumentBody(file);
  }

  @Get()
  @ApiOperation({ summary: 'List documents' })
  @ApiList(RECEIVED_DOCUMENTS, ReceivedDocumentSummaryBody)
  async list(@CallerOf() caller: Caller, @Req() request: Request): Promise<PageOf<ReceivedDocumentSummaryBody>> {
    const { rows, nextCursor } = await this.files.list(caller.tenantId, listRequest(request));
    return { items: rows.map(receivedDocumentSummary), nextCursor };
  }

  @Get(':id')
  @ApiOperation({ summary: 'One document with its findings' })
  @ApiOkResponse({ type: ReceivedDocumentBody })
  @ApiNotFoundResponse()
  async get(@CallerOf() caller: Caller, @Param('id', new RecordIdPipe('document')) id: string): Promise<ReceivedDocumentBody> {
    const file = await this.files.get(caller.tenantId, id);
    if (file === null) throw notFound('document', id);
    return receivedDocumentBody(file);
  }

  @Get(':id/reading')
  @ApiOperation({ summary: 'What is understood of it', description: 'Read anew from the bytes as received: statements, remittances, entries and findings, each with its place (line, column, record, page), in the shape of `tributary parse --json`.' })
  @ApiOkResponse({ schema: { type: 'object' } })
  @ApiNotFoundResponse()
  async reading(@CallerOf() caller: Caller, @Param('id', new RecordIdPipe('document')) id: string): Promise<object> {
    const reading = await this.files.reading(caller.tenantId, id);
    if (reading === null) throw notFound('document', id);
    return parseOutput(reading);
  }

  @Get(':id/content')
  @ApiOperation({ summary: 'The file as received' })
  @ApiProduces(RECEIVED_DOCUMENT_CONTENT_TYPE)
  @ApiOkResponse({ schema: { type: 'string', format: 'binary' } })
  @ApiNotFoundResponse()
  async content(@CallerOf() caller: Caller, @Param('id', new RecordIdPipe('document')) id: string, @Res({ passthrough: true }) response: Response): Promise<StreamableFile> {
    const file = await this.files.content(caller.tenantId, id);
    if (file === null) throw notFound('document', id);
    // Whatever the bytes are, a browser must save them and not run them.
    response.setHeader('X-Content-Type-Options', 'nosniff');
    const plain = file.name.replace(HEADER_SAFE, '_');
    const exact = encodeURIComponent(file.name).replaceAll(/['()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
    return new StreamableFile(file.content, { type: RECEIVED_DOCUMENT_CONTENT_TYPE, length: file.content.length, disposition: `attachment; filename="${plain}"; filename*=UTF-8''${exact}` });
  }
}
