import { setTimeout as sleep } from 'node:timers/promises';
import { canonicalJson } from '#canonical';
import type { OpenConnection } from '#connections';
import { ConnectorError, INVOICE_TERMS, type FieldIssue, type InvoiceDoor, type InvoiceTerms, type StandingInvoice } from '#connector-kit';
import {
  addInvoiceChange, findInvoiceChange, listInvoiceChanges, readChangedInvoice, rememberTouched, requestSyncRun, settleInvoiceChange,
  type ChangedInvoice, type Database, type InvoiceChange, type Transaction,
} from '#storage';
import { nextStep, saidOf } from './rules/invoice-change.js';

export interface InvoiceChangeDependencies {
  readonly database: Database;
  readonly openConnection: (tenantId: string, connectionId: string) => Promise<OpenConnection>;
  /** Says that a run waits in the connection's line. A hint. */
  readonly wakeSync: (tenantId: string, connectionId: string) => Promise<void>;
  readonly log: (event: string, detail: Readonly<Record<string, string | number>>) => void;
}

export interface InvoiceChangeRequest {
  readonly invoiceId: string;
  readonly terms: InvoiceTerms;
  /** The raw record of the invoice as the author saw it. */
  readonly seenRecordId: string;
  /** The caller's own key, so that the same request twice is one change; null for none. */
  readonly requestKey: string | null;
  readonly requestedBy: string;
}

/** Raised for a change that is not made; `code` is for programs, the message for people. A `busy` one stays open: the same key goes on with it. */
export class InvoiceChangeError extends Error {
  override readonly name = 'InvoiceChangeError';
  constructor(readonly code: 'notFound' | 'notOffered' | 'notNow' | 'changed' | 'refused' | 'keyUsed' | 'busy', message: string, readonly issues: readonly FieldIssue[] = []) {
    super(message);
  }
}

/** Commits with the change it tells of. */
export type InvoiceChangeTrace = (transaction: Transaction, change: InvoiceChange) => Promise<void>;

/** Rounds of looking and sending before a change is left open. */
const ROUNDS_MAX = 6;
/** A caller waits for the answer: a source that asks for more patience than this leaves the change open. */
const PATIENCE_MS_MAX = 5_000;
const PAUSE_MS = 250;
export const CHANGES_LISTED_MAX = 100;

/**
 * Changes of booked invoices in their source. A change is stored before the source is asked and settled by what the source holds
 * afterwards: made, in conflict with somebody else's, or refused. Looking comes before every send, so a lost answer and a repeat book nothing twice.
 */
export class InvoiceChanges {
  constructor(private readonly dependencies: InvoiceChangeDependencies) {}

  /** Newest first. @throws InvoiceChangeError `notFound` */
  async list(tenantId: string, invoiceId: string): Promise<readonly InvoiceChange[]> {
    const changes = await this.dependencies.database.inTenant(tenantId, (transaction) => listInvoiceChanges(transaction, invoiceId, CHANGES_LISTED_MAX));
    if (changes === null) throw new InvoiceChangeError('notFound', `there is no invoice ${invoiceId}`);
    return changes;
  }

  /**
   * Makes a change and reads it back. What the hub has stored of the invoice follows with the run that is asked for here.
   * @throws InvoiceChangeError; ConnectorError `auth` and the like when the source cannot be used at all.
   */
  async make(tenantId: string, request: InvoiceChangeRequest, signal: AbortSignal, trace: InvoiceChangeTrace): Promise<InvoiceChange> {
    const { database } = this.dependencies;
    const invoice = await database.inTenant(tenantId, (transaction) => readChangedInvoice(transaction, request.invoiceId));
    if (invoice === null) throw new InvoiceChangeError('notFound', `there is no invoice ${request.invoiceId}`);
    const connection = await this.dependencies.openConnection(tenantId, invoice.connectionId);
    const door = doorOf(connection, request.terms);
    if (invoice.pausedBecause !== null) throw new InvoiceChangeError('notNow', `connection ${connection.name} is paused: ${invoice.pausedBecause}`);
    const change = await database.inTenant(tenantId, (transaction) => stored(transaction, request, invoice, door));
    if (change.state !== 'open') return settledOrThrown(change);
    return await this.#carry({ tenantId, change, externalId: invoice.externalId, number: invoice.number, connection, door, signal, trace });
  }

  async #carry(work: Work): Promise<InvoiceChange> {
    const { change, door, connection, signal, externalId, number } = work;
    for (let round = 1; round <= ROUNDS_MAX; round += 1) {
      try {
        const standing = await door.look(connection.context(signal), externalId);
        if (standing === null) return await this.#settle(work, 'refused', null, `invoice ${number} is not among the booked invoices of ${connection.name} any more`);
        const step = nextStep(change.terms, change.seen, standing.terms);
        if (step.do === 'made') return await this.#settle(work, 'made', standing, null);
        if (step.do === 'conflict') return await this.#settle(work, 'conflicted', standing, `invoice ${number} was changed in ${connection.name} meanwhile: ${saidOf(step.differences)}`);
        await door.change(connection.context(signal), standing, change.terms);
      } catch (error) {
        await this.#afterFailure(work, error);
      }
    }
    throw busy(work, 'the source gave no clear answer');
  }

  /** Returns where another round makes sense. */
  async #afterFailure(work: Work, error: unknown): Promise<void> {
    if (!(error instanceof ConnectorError)) throw error;
    this.dependencies.log('invoiceChange.failed', { changeId: work.change.id, kind: error.failure.kind });
    if (work.signal.aborted) throw busy(work, error.message);
    switch (error.failure.kind) {
      case 'invalid': {
        const { issues } = error.failure;
        await this.#settle(work, 'refused', null, error.message, issues);
        return;
      }
      case 'rateLimited':
        if (error.failure.retryAfterMs > PATIENCE_MS_MAX) throw busy(work, error.message);
        return await pause(error.failure.retryAfterMs, work.signal);
      case 'transient':
      case 'outcomeUnknown':
      case 'conflict': return await pause(PAUSE_MS, work.signal);
      case 'notSupported': throw new InvoiceChangeError('notOffered', error.message);
      case 'auth': throw error;
    }
  }

  /** The change's end, the run that stores what became of the invoice, and the trace, in one transaction. */
  async #settle(work: Work, state: 'made' | 'conflicted' | 'refused', standing: StandingInvoice | null, problem: string | null, issues: readonly FieldIssue[] = []): Promise<InvoiceChange> {
    const { tenantId, change, externalId, trace } = work;
    const settled = await this.dependencies.database.inTenant(tenantId, async (transaction) => {
      const ended = await settleInvoiceChange(transaction, change.id, { state, found: standing === null ? null : { ...standing.terms }, problem });
      if (ended === null) return null;
      await rememberTouched(transaction, change.connectionId, 'invoice', [externalId]);
      await requestSyncRun(transaction, change.connectionId, 'incremental', change.requestedBy);
      await trace(transaction, ended);
      return ended;
    });
    await this.dependencies.wakeSync(tenantId, change.connectionId);
    return settledOrThrown(settled ?? { ...change, state, problem }, issues);
  }
}

interface Work {
  readonly tenantId: string;
  readonly change: InvoiceChange;
  readonly externalId: string;
  readonly number: string;
  readonly connection: OpenConnection;
  readonly door: InvoiceDoor;
  readonly signal: AbortSignal;
  readonly trace: InvoiceChangeTrace;
}

/** @throws InvoiceChangeError `notOffered` with the reason, or naming the terms there are. */
function doorOf({ connector, capabilities, name }: OpenConnection, terms: InvoiceTerms): InvoiceDoor {
  const offered = capabilities.invoiceChange;
  if (offered === undefined || connector.invoices === undefined) throw new InvoiceChangeError('notOffered', `${name}: ${offered !== undefined && offered.by !== 'native' ? offered.because : 'this connector changes no booked invoices'}`);
  if (offered.by !== 'native') throw new InvoiceChangeError('notOffered', `${name}: ${offered.because}`);
  const missing = INVOICE_TERMS.filter((term) => terms[term] !== undefined && !offered.terms.includes(term));
  if (missing.length > 0) throw new InvoiceChangeError('notOffered', `${name} does not change ${missing.join(', ')}; it changes ${offered.terms.join(', ')}`);
  return connector.invoices;
}

/** The change of this key, or a new one. @throws InvoiceChangeError `changed` when the author did not see the invoice as it is */
async function stored(transaction: Transaction, request: InvoiceChangeRequest, invoice: ChangedInvoice, door: InvoiceDoor): Promise<InvoiceChange> {
  const { invoiceId, requestKey, requestedBy } = request;
  const terms = Object.fromEntries(Object.entries(request.terms).filter(([, value]) => value !== undefined));
  const known = requestKey === null ? null : await findInvoiceChange(transaction, requestKey);
  if (known !== null && (known.invoiceId !== invoiceId || canonicalJson(known.terms) !== canonicalJson(terms))) {
    throw new InvoiceChangeError('keyUsed', `the key ${requestKey ?? ''} was used for another change: use a new key for a new change`);
  }
  if (known !== null) return known;
  if (invoice.rawRecordId !== request.seenRecordId) throw new InvoiceChangeError('changed', `invoice ${invoice.number} was read again since you saw it: read it, look at what changed, then send your change with the new ETag`);
  return await addInvoiceChange(transaction, { connectionId: invoice.connectionId, invoiceId, requestKey, terms, seen: { ...door.termsIn(invoice.payload) }, requestedBy });
}

function settledOrThrown(change: InvoiceChange, issues: readonly FieldIssue[] = []): InvoiceChange {
  if (change.state === 'conflicted') throw new InvoiceChangeError('changed', change.problem ?? 'it was changed meanwhile');
  if (change.state === 'refused') throw new InvoiceChangeError('refused', change.problem ?? 'the source refused it', issues);
  return change;
}

function busy({ change, connection }: Work, why: string): InvoiceChangeError {
  const again = change.requestKey === null ? 'look at the invoice, and ask again' : 'send it again with the same Idempotency-Key, and it goes on';
  return new InvoiceChangeError('busy', `the change is stored and open: ${connection.name} could not carry it out now (${why}); ${again}`);
}

async function pause(delayMs: number, signal: AbortSignal): Promise<void> {
  await sleep(delayMs, undefined, { signal }).catch(() => undefined);
}
