import { formatMinorUnits, localDateOfInstant, type Money } from '#canonical';
import type { Connections } from '#connections';
import { PostingLane, PostingService, type FinalizeRequest } from '#posting';
import type { Database } from '#storage';

/** What posting needs of the opened hub. */
export interface PostingHub {
  readonly database: Database;
  readonly connections: Connections;
  readonly tenantId: string;
  readonly connectionId: string;
}

export interface Posted {
  readonly verified: number;
  readonly wallSeconds: number;
  readonly cpuSeconds: number;
}

interface OpenInvoice extends Record<string, unknown> {
  readonly external_id: string;
  readonly number: string;
  readonly customer_external_id: string;
  readonly company_external_id: string | null;
  readonly open_minor: string;
  readonly customer_id: string;
  readonly bank_transaction_id: string;
}

const CURRENCY = 'USD';
const FINALIZES_AT_ONCE = 8;
const ACCOUNT_TIME_ZONE = 'America/Los_Angeles';

/** One bank transaction and one payment in full for each of the so many oldest open invoices (a target takes an early-payment discount off young ones by itself), finalized as a person's or the matcher's decision would be. @returns how many */
export async function finalizePayments(hub: PostingHub, payments: number): Promise<number> {
  const invoices = await takeInvoices(hub, payments);
  const service = new PostingService({ database: hub.database, openConnection: hub.connections.open.bind(hub.connections), wake: () => undefined, now: () => new Date() });
  let next = 0;
  const work = async (): Promise<void> => {
    for (let invoice = invoices[next]; invoice !== undefined; invoice = invoices[next]) {
      next += 1;
      await service.finalize(hub.tenantId, paymentOf(hub.connectionId, invoice));
    }
  };
  await Promise.all(Array.from({ length: FINALIZES_AT_ONCE }, work));
  return invoices.length;
}

function takeInvoices(hub: PostingHub, payments: number): Promise<OpenInvoice[]> {
  return hub.database.inTenant(hub.tenantId, async (transaction) => {
    const id = async (sql: string, values: string[] = []): Promise<string> => (await transaction.one<{ id: string }>(`${sql} RETURNING id`, values))?.id ?? '';
    const account = await id(`INSERT INTO bank_account (name, account_number, currency) VALUES ('Main', $1, '${CURRENCY}')`, [hub.connectionId]);
    const file = await id(`INSERT INTO received_document (name, content, content_hash, source, status, uploaded_by) VALUES ('bench', '', decode(md5($1), 'hex'), 'bench', 'processed', 'bench')`, [hub.connectionId]);
    const statement = await id(`INSERT INTO bank_statement (received_document_id, bank_account_id, as_of, status, balances) VALUES ($1, $2, current_date, 'add', '[]')`, [file, account]);
    return transaction.query<OpenInvoice>(`
      WITH chosen AS (
        SELECT * FROM invoice WHERE connection_id = $1 AND currency = '${CURRENCY}' AND open_minor > 0 AND deleted_at IS NULL ORDER BY issued_on, id LIMIT $2
      ), paid AS (
        INSERT INTO bank_transaction (bank_account_id, bank_statement_id, identity, booked_on, amount_minor, currency, kind, reversal, pending, memo, place, status)
        SELECT $3, $4, external_id, current_date, open_minor, currency, 'ach', false, false, number, '{}', 'readyToPost' FROM chosen RETURNING id, identity
      )
      SELECT chosen.external_id, chosen.number, chosen.customer_external_id, chosen.company_external_id, chosen.open_minor, customer.id AS customer_id, paid.id AS bank_transaction_id
      FROM chosen JOIN paid ON paid.identity = chosen.external_id
      JOIN customer ON customer.connection_id = chosen.connection_id AND customer.external_id = chosen.customer_external_id ORDER BY chosen.id`, [hub.connectionId, payments, account, statement]);
  });
}

function paymentOf(connectionId: string, invoice: OpenInvoice): FinalizeRequest {
  const amount: Money = { minor: BigInt(invoice.open_minor), currency: CURRENCY };
  return {
    connectionId, bankTransactionId: invoice.bank_transaction_id, createdBy: 'bench',
    parts: [{
      customerId: invoice.customer_id,
      intent: {
        customerExternalId: invoice.customer_external_id, companyExternalId: invoice.company_external_id, postedOn: localDateOfInstant(new Date(), ACCOUNT_TIME_ZONE), amount,
        bankAccountExternalId: null, receivablesAccountExternalId: null, reference: null, memo: `pays ${formatMinorUnits(amount.minor, 2)}`, credits: [], writeOffs: [],
        onAccount: { minor: 0n, currency: CURRENCY },
        invoices: [{ externalId: invoice.external_id, number: invoice.number, lineExternalId: null, amount, openBefore: amount }],
      },
    }],
  };
}

/** As a worker does: drains, waits until the lane wants to be woken, drains again. */
export async function drainLane(hub: PostingHub): Promise<Posted> {
  const lane = new PostingLane({ database: hub.database, openConnection: hub.connections.open.bind(hub.connections), wake: () => undefined, log: () => undefined });
  const cpu = process.cpuUsage();
  const start = performance.now();
  let verified = 0;
  for (let waitMs: number | null = 0; waitMs !== null;) {
    await new Promise((resolve) => { setTimeout(resolve, waitMs ?? 0); });
    const report = await lane.drain(hub.tenantId, hub.connectionId, new AbortController().signal);
    verified += report.verified;
    waitMs = report.nextInMs;
  }
  const { user, system } = process.cpuUsage(cpu);
  return { verified, wallSeconds: (performance.now() - start) / 1000, cpuSeconds: (user + system) / 1e6 };
}
