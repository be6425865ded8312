/** A row as the fake bank has it. The amount is Plaid's: positive = money out, its digits as they are sent. */
export interface FakeRow {
  readonly transactionId: string;
  readonly accountId: string;
  readonly amount: string;
  readonly isoCurrency: string | null;
  readonly date: string;
  readonly name: string;
  readonly pending: boolean;
  readonly pendingTransactionId: string | null;
  readonly more?: Readonly<Record<string, unknown>>;
}

type Change = { readonly kind: 'added' | 'modified'; readonly row: FakeRow } | { readonly kind: 'removed'; readonly row: FakeRow };

/** One login: its accounts, and every change of its transactions in the order it happened. A cursor is a place in that order. */
export class FakeItem {
  readonly #changes: Change[] = [];
  readonly #rows = new Map<string, FakeRow>();
  #ids = 0;
  accounts: Record<string, unknown>[] = [fakeAccount('acc-1', 'Operating', '0000')];
  error: string | null = null;
  webhook: string | null = null;
  consentExpiresAt: string | null = null;
  products: readonly string[] = ['transactions'];
  /** Answers an empty cursor and nothing else. */
  notReady = false;
  /** The next request that continues an update is told that the data changed. */
  mutateNext = false;

  constructor(readonly itemId: string) {}

  describe(): Record<string, unknown> {
    return {
      item_id: this.itemId, institution_id: 'ins_109508', institution_name: 'First Platypus Bank', webhook: this.webhook,
      error: this.error === null ? null : { error_type: 'ITEM_ERROR', error_code: this.error, error_code_reason: null, error_message: 'the login details of this item have changed', display_message: null },
      available_products: ['balance'], billed_products: this.products, products: this.products, consent_expiration_time: this.consentExpiresAt, update_type: 'background',
    };
  }

  add(given: Partial<FakeRow>): FakeRow {
    const row: FakeRow = {
      transactionId: `tx-${this.itemId}-${this.#ids += 1}`, accountId: 'acc-1', amount: '-100.00', isoCurrency: 'USD', date: '2026-03-02', name: 'DEPOSIT', pending: false,
      pendingTransactionId: null, ...given,
    };
    this.#write({ kind: 'added', row });
    return row;
  }

  modify(transactionId: string, change: Partial<FakeRow>): FakeRow {
    const row = { ...this.row(transactionId), ...change };
    this.#write({ kind: 'modified', row });
    return row;
  }

  remove(transactionId: string): void {
    this.#write({ kind: 'removed', row: this.row(transactionId) });
  }

  /** The bank books a pending row: a new id comes, the old one goes. */
  settle(transactionId: string, linked: boolean, change: Partial<FakeRow> = {}): FakeRow {
    const { transactionId: _, ...pending } = this.row(transactionId);
    const booked = this.add({ ...pending, pending: false, pendingTransactionId: linked ? transactionId : null, ...change });
    this.remove(transactionId);
    return booked;
  }

  row(transactionId: string): FakeRow {
    const row = this.#rows.get(transactionId);
    if (row === undefined) throw new RangeError(`there is no transaction ${transactionId}`);
    return row;
  }

  /** What the bank holds now. */
  rows(): readonly FakeRow[] {
    return [...this.#rows.values()];
  }

  /** One page as JSON text, its amounts with the digits they have. */
  page(cursor: string, count: number): string | 'mutation' {
    if (this.notReady) return pageText([], '', false, 'NOT_READY', this.accounts);
    const [start = 0, end = null] = cursor === '' ? [] : JSON.parse(Buffer.from(cursor, 'base64').toString()) as [number, number | null];
    // A cursor within an update remembers where the update ends.
    if (end !== null && this.mutateNext) {
      this.mutateNext = false;
      return 'mutation';
    }
    const until = end ?? this.#changes.length;
    const next = Math.min(start + count, until);
    const hasMore = next < until;
    const place = Buffer.from(JSON.stringify(hasMore ? [next, until] : [next])).toString('base64');
    return pageText(lastOfEach(this.#changes.slice(start, next)), place, hasMore, 'HISTORICAL_UPDATE_COMPLETE', this.accounts);
  }

  #write(change: Change): void {
    this.#changes.push(change);
    if (change.kind === 'removed') this.#rows.delete(change.row.transactionId);
    else this.#rows.set(change.row.transactionId, change.row);
  }
}

/** A page tells of each row once, as it is at the page's end: its arrays have no order between them that could say what came first. */
function lastOfEach(changes: readonly Change[]): Change[] {
  return [...new Map(changes.map((change) => [change.row.transactionId, change])).values()];
}

export function fakeAccount(accountId: string, name: string, mask: string | null, given: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    account_id: accountId, name, official_name: null, mask, type: 'depository', subtype: 'checking',
    balances: { available: 100, current: 110, limit: null, iso_currency_code: 'USD', unofficial_currency_code: null }, ...given,
  };
}

function pageText(changes: readonly Change[], nextCursor: string, hasMore: boolean, status: string, accounts: readonly unknown[]): string {
  const texts = (kind: Change['kind']): string => changes.filter((change) => change.kind === kind).map(({ row }) => rowText(row)).join(',');
  const removed = changes.filter(({ kind }) => kind === 'removed').map(({ row }) => ({ transaction_id: row.transactionId, account_id: row.accountId }));
  return `{"transactions_update_status":${JSON.stringify(status)},"accounts":${JSON.stringify(accounts)},"added":[${texts('added')}],"modified":[${texts('modified')}],`
    + `"removed":${JSON.stringify(removed)},"next_cursor":${JSON.stringify(nextCursor)},"has_more":${String(hasMore)},"request_id":"req-0"}`;
}

const NO_META = { reference_number: null, ppd_id: null, payee: null, by_order_of: null, payer: null, payment_method: null, payment_processor: null, reason: null };

function rowText(row: FakeRow): string {
  const rest = {
    transaction_id: row.transactionId, account_id: row.accountId, iso_currency_code: row.isoCurrency, unofficial_currency_code: row.isoCurrency === null ? 'PTS' : null,
    date: row.date, authorized_date: null, datetime: null, authorized_datetime: null, name: row.name, merchant_name: null, original_description: null, check_number: null,
    payment_channel: 'other', transaction_code: null, pending: row.pending, pending_transaction_id: row.pendingTransactionId, account_owner: null, category: null, category_id: null,
    location: { address: null, city: null, region: null, postal_code: null, country: null, lat: null, lon: null, store_number: null }, counterparties: [],
    personal_finance_category: null, payment_meta: NO_META, ...row.more,
  };
  return `{"amount":${row.amount},${JSON.stringify(rest).slice(1)}`;
}
