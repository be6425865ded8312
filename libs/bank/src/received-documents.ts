import { createHash } from 'node:crypto';
import type { AuditTrail } from '#access';
import type { JsonObject } from '#canonical';
import { type CsvLayout, type DocumentModel, FILE_BYTES_MAX, type LockboxProfile, parseDocument, type ReadDocument, type RemittanceLayout } from '#documents';
import {
  allowLongImport, asReceivedDocument, beginReading, documentsWaiting, RECEIVED_DOCUMENTS, type BankAccountRecord, type ReceivedDocumentRecord, type Database, finishReceivedDocument, keepReceivedDocument, onlyCurrency, type ListPage, type ListRequest, type RemittanceSource,
  lockboxProfileFor, lockReceivedDocument, readBankAccount, readReceivedDocument, readReceivedDocumentContent, readList, recordBankEvents, rememberCsvLayout, rememberedRemittanceLayout, rememberRemittanceLayout, type Row, type Transaction,
} from '#storage';
import { BankError, type BankProblem, checkText, conflicting, missing, refuseIfAny } from './bank-error.js';
import { FILE_NAME_LENGTH_MAX, READING_ATTEMPTS_MAX, READING_SILENCE_MS, SENDER_LENGTH_MAX, SOURCE_LENGTH_MAX, WAITING_DOCUMENTS_MAX, UNBEGUN_MS } from './bank-limits.js';
import { ImportFindings, NOWHERE } from './import-findings.js';
import { accountKey } from './rules/storable.js';
import { noCounts, StatementImport } from './statement-import.js';
import { type DocumentCircumstances, type DocumentReading, type GivenLayouts, NO_LAYOUTS, type ParseDocument, readReceived } from './document-reading.js';
import { RemittanceImport, sourceOf } from './remittance-import.js';

/** `source` of what a person hands in without saying where it is from: by the API, by the command line. */
const PLAIN_SOURCES: ReadonlySet<string> = new Set(['upload', 'tributary']);

export interface ReceivedDocumentsDependencies {
  readonly database: Database;
  readonly audit: AuditTrail;
  /** The reader of documents; the documents room's unless a test says otherwise. */
  readonly parse?: ParseDocument;
  /** Asked about documents that rules cannot read, when they are imported; nobody is asked without it. */
  readonly model?: DocumentModel;
}

/** A document handed in. */
export interface ReceivedDocumentUpload extends TableAnswers {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** Where it came from: `upload`, `sftp`, ... Free text for lists. */
  readonly source: string;
  /** How it reached us, as remittances are listed by; `Manual Upload` when left out. */
  readonly channel?: RemittanceSource;
  /** Who sent it: an e-mail address. */
  readonly sender?: string;
  readonly uploadedBy: string;
  /** Supplies account and currency to a CSV file that names none, and the layout remembered for it. */
  readonly bankAccountId?: string;
}

/** Answers to the questions an import before asked. A statement's is remembered on its accounts, a remittance's for its source. */
export interface TableAnswers {
  readonly layout?: CsvLayout;
  readonly remittanceLayout?: RemittanceLayout;
}

export interface ImportedReceivedDocument {
  readonly file: ReceivedDocumentRecord;
  /** The file that brought these bytes before; nothing was changed then. */
  readonly duplicateOf: string | null;
}

/** Documents (capabilities 24, 35): kept as received, read, and imported whole or not at all. */
export class ReceivedDocuments {
  readonly #parse: ParseDocument;

  constructor(private readonly dependencies: ReceivedDocumentsDependencies) {
    this.#parse = dependencies.parse ?? parseDocument;
  }

  /**
   * Keeps the file, then imports it in one transaction: after a crash it is `processing` with nothing of it imported, and whoever looks for {@link waiting} ones, or the
   * same bytes handed in again finish it. Bytes already processed change nothing. Never throws on content: that ends in the file's findings.
   * @throws BankError (invalid) for an unusable name, source or account, or more bytes than {@link FILE_BYTES_MAX}.
   */
  async importFile(tenantId: string, upload: ReceivedDocumentUpload): Promise<ImportedReceivedDocument> {
    const { file, account } = await this.#keep(tenantId, upload);
    if (file.status === 'processed') return { file, duplicateOf: file.id };
    return this.#read(tenantId, file.id, { account, given: givenBy(upload) }, upload.uploadedBy);
  }

  /**
   * Keeps the file and returns at once, `processing`: whoever delivered it may go. It is read by {@link process}; {@link waiting} finds what nobody was woken for.
   * @throws BankError as {@link importFile}
   */
  async receive(tenantId: string, upload: ReceivedDocumentUpload): Promise<ImportedReceivedDocument> {
    const { file } = await this.#keep(tenantId, upload);
    return { file, duplicateOf: file.status === 'processed' ? file.id : null };
  }

  /** Reads a kept document. One that is read already, or that is not there, is left. */
  async process(tenantId: string, id: string): Promise<void> {
    const file = await this.get(tenantId, id);
    if (file?.status !== 'processing') return;
    const account = await this.dependencies.database.inTenant(tenantId, (transaction) => namedAccount(transaction, file.bankAccountId));
    await this.#read(tenantId, id, { account, given: NO_LAYOUTS }, file.uploadedBy, true);
  }

  /** Ids of what waits: delivered and not read yet, or left behind by a process that ended. */
  waiting(tenantId: string): Promise<readonly string[]> {
    return this.dependencies.database.inTenant(tenantId, (transaction) => documentsWaiting(transaction, UNBEGUN_MS, READING_SILENCE_MS, WAITING_DOCUMENTS_MAX));
  }

  /**
   * Imports a kept file again, with the answers it asked for; or one that was processed but for some rows, after its reader learned to read them: what is in
   * stays, what was missed comes.
   * @throws BankError missing; conflict when all of it is in already, or when now nothing could be read.
   */
  async importAgain(tenantId: string, fileId: string, answers: TableAnswers & { readonly bankAccountId?: string; readonly by: string }): Promise<ReceivedDocumentRecord> {
    const account = await this.dependencies.database.inTenant(tenantId, async (transaction) => {
      const file = await readReceivedDocument(transaction, fileId);
      if (file === null) throw missing('document', fileId);
      return namedAccount(transaction, answers.bankAccountId ?? file.bankAccountId);
    });
    const { file, duplicateOf } = await this.#read(tenantId, fileId, { account, given: givenBy(answers) }, answers.by);
    if (duplicateOf !== null) throw conflicting(`document ${fileId} is processed already: its lines are in, and importing it again would change nothing`);
    return file;
  }

  list(tenantId: string, request: ListRequest): Promise<ListPage<ReceivedDocumentRecord>> {
    return this.dependencies.database.inTenant(tenantId, async (transaction) => {
      const { rows, nextCursor } = await readList<Row>(transaction, RECEIVED_DOCUMENTS, request);
      return { rows: rows.map(asReceivedDocument), nextCursor };
    });
  }

  get(tenantId: string, id: string): Promise<ReceivedDocumentRecord | null> {
    return this.dependencies.database.inTenant(tenantId, (transaction) => readReceivedDocument(transaction, id));
  }

  /** What rules understand of a document, read anew from its bytes; nothing is imported, and no language model is asked again. */
  async reading(tenantId: string, id: string): Promise<ReadDocument | null> {
    const stored = await this.dependencies.database.inTenant(tenantId, async (transaction) => {
      const file = await readReceivedDocument(transaction, id);
      const bytes = await readReceivedDocumentContent(transaction, id);
      if (file === null || bytes === null) return null;
      return { content: bytes.content, name: file.name, account: await namedAccount(transaction, file.bankAccountId), given: usedLayouts(file), ...await knownOfSource(transaction, file), model: null };
    });
    return stored === null ? null : (await readReceived(this.#parse, stored.content, stored)).parsed;
  }

  /** The bytes as received. */
  content(tenantId: string, id: string): Promise<{ readonly name: string; readonly content: Buffer } | null> {
    return this.dependencies.database.inTenant(tenantId, (transaction) => readReceivedDocumentContent(transaction, id));
  }

  async #keep(tenantId: string, upload: ReceivedDocumentUpload): Promise<{ readonly file: ReceivedDocumentRecord; readonly account: BankAccountRecord | null }> {
    checkUpload(upload);
    const { name, source, uploadedBy, channel = 'Manual Upload', sender = null } = upload;
    const content = Buffer.from(upload.bytes.buffer, upload.bytes.byteOffset, upload.bytes.byteLength);
    const contentHash = createHash('sha256').update(content).digest();
    return this.dependencies.database.inTenant(tenantId, async (transaction) => ({
      account: await namedAccount(transaction, upload.bankAccountId ?? null),
      file: (await keepReceivedDocument(transaction, { name, content, contentHash, source, uploadedBy, channel, sender, bankAccountId: upload.bankAccountId ?? null })).file,
    }));
  }

  async #read(tenantId: string, fileId: string, answers: Pick<DocumentCircumstances, 'account' | 'given'>, by: string, byItself = false): Promise<ImportedReceivedDocument> {
    const begun = await this.dependencies.database.inTenant(tenantId, async (transaction) => {
      const reading = await beginReading(transaction, fileId, byItself);
      return reading === null ? null : { ...reading, known: await knownOfSource(transaction, reading.document) };
    });
    if (begun === null) throw missing('document', fileId);
    const { document: { name }, content, attempts, known } = begun;
    // Reading takes seconds for a large file, so no transaction is open meanwhile.
    const reading = byItself && attempts > READING_ATTEMPTS_MAX ? givenUp(attempts - 1) : await readReceived(this.#parse, content, { name, ...known, model: this.dependencies.model ?? null, ...answers });
    return this.dependencies.database.inTenant(tenantId, async (transaction) => {
      await allowLongImport(transaction);
      const file = await lockReceivedDocument(transaction, fileId);
      if (file === null) throw missing('document', fileId);
      if (file.status === 'processed' && (reading.invalid || !missesRows(file))) return { file, duplicateOf: file.id };
      const finished = await this.#finish(transaction, file, reading, answers.account, by);
      await recordBankEvents(transaction, 'receivedDocument', finished.status, [file.id]);
      const { name, contentHash, format, status } = finished;
      const detail: JsonObject = { name, contentHash, format, status, counts: { ...finished.counts }, findings: finished.findings.length };
      // Last, because it holds the tenant's audit chain until the commit.
      await this.dependencies.audit.append(transaction, { actor: by, action: 'receivedDocument.import', subject: `receivedDocument/${file.id}`, detail });
      return { file: finished, duplicateOf: null };
    });
  }

  async #finish(transaction: Transaction, file: ReceivedDocumentRecord, reading: DocumentReading, account: BankAccountRecord | null, by: string): Promise<ReceivedDocumentRecord> {
    const { format, statements, remittances, entries } = reading.parsed;
    const common = { format, bankAccountId: account?.id ?? null, layout: reading.parsed.layout ?? reading.parsed.remittanceLayout ?? null };
    if (reading.invalid) return finishReceivedDocument(transaction, file.id, { ...common, status: 'invalid', findings: reading.findings, counts: noCounts() });
    const run = new StatementImport(transaction, file, format !== 'nacha');
    await run.run(statements);
    const explanations = new RemittanceImport(transaction, { id: file.id, source: sourceOf(format, file.channel), by });
    await explanations.run(remittances, entries);
    await explanations.explain(run.explained);
    const others = otherAccounts(account, run.accounts);
    await remember(transaction, file, run.accounts, reading.confirmed, by);
    const findings = [...reading.findings, ...others.all(), ...run.findings.all(), ...explanations.findings.all()];
    return finishReceivedDocument(transaction, file.id, { ...common, status: 'processed', findings, counts: { ...run.counts, ...explanations.counts } });
  }
}

function givenBy({ layout, remittanceLayout }: TableAnswers): GivenLayouts {
  return { layout: layout ?? null, remittanceLayout: remittanceLayout ?? null };
}

/** Whether something of a processed document was not taken. */
function missesRows({ findings }: ReceivedDocumentRecord): boolean {
  return findings.some(({ severity }) => severity === 'error');
}

/** The layouts a processed table was read by. */
function usedLayouts({ status, layout: stored }: ReceivedDocumentRecord): GivenLayouts {
  const layout = status === 'processed' ? stored?.['layout'] as JsonObject | undefined : undefined;
  if (layout === undefined) return NO_LAYOUTS;
  return layout['table'] === 'remittance' ? { layout: null, remittanceLayout: layout as unknown as RemittanceLayout } : { layout: layout as unknown as CsvLayout, remittanceLayout: null };
}

/**
 * Whose habit a remittance's layout is: its sender's, else that of the folder or portal it came from. Plain uploads come from everybody: what one payer's
 * commas mean says nothing of the next one's.
 */
function sourceKeyOf({ sender, source }: Pick<ReceivedDocumentRecord, 'sender' | 'source'>): string | null {
  return sender?.toLowerCase() ?? (PLAIN_SOURCES.has(source) ? null : source);
}

/** What was settled before about documents like this one. Layouts and profiles were checked when they were given. */
async function knownOfSource(transaction: Transaction, document: ReceivedDocumentRecord): Promise<Pick<DocumentCircumstances, 'rememberedRemittance' | 'lockboxProfile' | 'onlyCurrency'>> {
  const key = sourceKeyOf(document);
  const { source, sender } = document;
  return {
    rememberedRemittance: key === null ? null : await rememberedRemittanceLayout(transaction, key) as RemittanceLayout | null,
    lockboxProfile: await lockboxProfileFor(transaction, [source, ...(sender === null ? [] : [sender])].map((each) => each.toLowerCase())) as LockboxProfile | null,
    onlyCurrency: await onlyCurrency(transaction),
  };
}

async function remember(transaction: Transaction, document: ReceivedDocumentRecord, accounts: readonly BankAccountRecord[], { layout, remittanceLayout }: GivenLayouts, by: string): Promise<void> {
  if (layout !== null) await rememberCsvLayout(transaction, accounts.map(({ id }) => id), layout);
  const key = sourceKeyOf(document);
  if (remittanceLayout !== null && key !== null) await rememberRemittanceLayout(transaction, key, remittanceLayout, by);
}

/** The file's own word on its account is believed before the uploader's, and said. */
function otherAccounts(named: BankAccountRecord | null, found: readonly BankAccountRecord[]): ImportFindings {
  const findings = new ImportFindings();
  for (const account of found) {
    if (named === null || account.id === named.id) continue;
    const alike = accountKey(account.accountNumber) === accountKey(named.accountNumber) ? `in ${account.currency}` : `${account.accountNumber} (${account.currency})`;
    findings.warning(NOWHERE, account.accountNumber, `the file names the account ${alike}, you chose "${named.name}": its lines were booked where the file says`);
  }
  return findings;
}

async function namedAccount(transaction: Transaction, id: string | null): Promise<BankAccountRecord | null> {
  if (id === null) return null;
  const account = await readBankAccount(transaction, id);
  if (account === null) throw new BankError('invalid', [{ field: 'bankAccountId', problem: `there is no bank account ${id}`, value: id }]);
  return account;
}

/** A document whose reading ended the process again and again is a person's: it would end this one too. */
function givenUp(attempts: number): DocumentReading {
  const problem = `reading it ended the process ${attempts} times: it was given up. Look at the file, and hand in another form of it`;
  const parsed: ReadDocument = { format: 'text', version: null, refused: { problem, where: NOWHERE }, statements: [], remittances: [], entries: [], findings: [], layout: null };
  return { parsed, findings: [{ severity: 'error', where: NOWHERE, value: String(attempts), problem }], invalid: true, confirmed: NO_LAYOUTS };
}

function checkUpload(upload: ReceivedDocumentUpload): void {
  const problems: BankProblem[] = [];
  checkText('name', upload.name, FILE_NAME_LENGTH_MAX, problems);
  checkText('source', upload.source, SOURCE_LENGTH_MAX, problems);
  if (upload.sender !== undefined) checkText('sender', upload.sender, SENDER_LENGTH_MAX, problems);
  if (upload.bytes.length > FILE_BYTES_MAX) problems.push({ field: '', problem: `the file has ${upload.bytes.length} bytes, ${FILE_BYTES_MAX} are allowed; split it by day or account` });
  refuseIfAny(problems);
}
