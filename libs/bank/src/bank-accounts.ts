import type { AuditTrail } from '#access';
import { type CurrencyCode, isCurrencyCode } from '#canonical';
import {
  asBankAccount, BANK_ACCOUNTS, type BankAccountLinks, type BankAccountRecord, connectionExists, type Database, insertBankAccount, type ListPage, type ListRequest, readBankAccount,
  readList, recordBankEvents, type Row, sourceRecordExists, type Transaction, updateBankAccount,
} from '#storage';
import { assertVersion, type BankProblem, checkText, conflicting, missing, refuseIfAny } from './bank-error.js';
import { ACCOUNT_NUMBER_LENGTH_MAX, NAME_LENGTH_MAX } from './bank-limits.js';
import { accountKey } from './rules/storable.js';

/** A bank account a person enters before its first file. */
export interface NewBankAccount {
  readonly accountNumber: string;
  readonly currency: CurrencyCode;
  readonly links: BankAccountLinks;
}

/** Our accounts at banks, and where in which ERP their cash is booked. */
export class BankAccounts {
  constructor(private readonly dependencies: { readonly database: Database; readonly audit: AuditTrail }) {}

  list(tenantId: string, request: ListRequest): Promise<ListPage<BankAccountRecord>> {
    return this.dependencies.database.inTenant(tenantId, async (transaction) => {
      const { rows, nextCursor } = await readList<Row>(transaction, BANK_ACCOUNTS, request);
      return { rows: rows.map(asBankAccount), nextCursor };
    });
  }

  get(tenantId: string, id: string): Promise<BankAccountRecord | null> {
    return this.dependencies.database.inTenant(tenantId, (transaction) => readBankAccount(transaction, id));
  }

  /** @throws BankError invalid; conflict when the number is taken in that currency. */
  async create(tenantId: string, given: NewBankAccount, by: string): Promise<BankAccountRecord> {
    const accountNumber = accountKey(given.accountNumber);
    return this.dependencies.database.inTenant(tenantId, async (transaction) => {
      const problems: BankProblem[] = [];
      checkText('accountNumber', accountNumber, ACCOUNT_NUMBER_LENGTH_MAX, problems);
      if (!isCurrencyCode(given.currency)) problems.push({ field: 'currency', problem: 'is no ISO 4217 currency code', value: given.currency });
      await checkLinks(transaction, given.links, problems);
      refuseIfAny(problems);
      const account = await insertBankAccount(transaction, { accountNumber, currency: given.currency }, given.links);
      if (account === null) throw conflicting(`there is a bank account ${accountNumber} in ${given.currency} already: change that one`);
      await this.#record(transaction, 'created', 'bankAccount.create', account, by);
      return account;
    });
  }

  /** Changes what is given and leaves the rest. @throws BankError missing, invalid, or conflict when it was changed since `version`. */
  async update(tenantId: string, id: string, version: number, change: Partial<BankAccountLinks>, by: string): Promise<BankAccountRecord> {
    return this.dependencies.database.inTenant(tenantId, async (transaction) => {
      const before = await readBankAccount(transaction, id);
      if (before === null) throw missing('bank account', id);
      assertVersion('bank account', id, before.version, version);
      const links: BankAccountLinks = { ...linksOf(before), ...change };
      const problems: BankProblem[] = [];
      await checkLinks(transaction, links, problems);
      refuseIfAny(problems);
      const account = await updateBankAccount(transaction, id, version, links);
      if (account === null) throw conflicting(`bank account ${id} was changed meanwhile: read it again and repeat the change`);
      await this.#record(transaction, 'changed', 'bankAccount.update', account, by);
      return account;
    });
  }

  async #record(transaction: Transaction, verb: string, action: string, account: BankAccountRecord, by: string): Promise<void> {
    await recordBankEvents(transaction, 'bankAccount', verb, [account.id]);
    await this.dependencies.audit.append(transaction, { actor: by, action, subject: `bankAccount/${account.id}`, detail: { accountNumber: account.accountNumber, currency: account.currency, ...linksOf(account) } });
  }
}

function linksOf({ name, connectionId, ledgerAccountExternalId, receivablesAccountExternalId, companyExternalId }: BankAccountRecord): BankAccountLinks {
  return { name, connectionId, ledgerAccountExternalId, receivablesAccountExternalId, companyExternalId };
}

/** A link names what the connection has brought: a typing error would otherwise surface when the first posting is refused. */
async function checkLinks(transaction: Transaction, links: BankAccountLinks, problems: BankProblem[]): Promise<void> {
  checkText('name', links.name, NAME_LENGTH_MAX, problems);
  const { connectionId } = links;
  if (connectionId !== null && !await connectionExists(transaction, connectionId)) {
    problems.push({ field: 'connectionId', problem: `there is no connection ${connectionId}`, value: connectionId });
    return;
  }
  const named = [['ledgerAccountExternalId', 'ledgerAccount'], ['receivablesAccountExternalId', 'ledgerAccount'], ['companyExternalId', 'company']] as const;
  for (const [field, entity] of named) {
    const externalId = links[field];
    if (externalId === null) continue;
    if (connectionId === null) problems.push({ field, problem: 'needs a connection: its id means something in one ERP only', value: externalId });
    else if (externalId.length > NAME_LENGTH_MAX || !await sourceRecordExists(transaction, entity, connectionId, externalId)) {
      problems.push({ field, problem: `is no ${entity === 'company' ? 'company' : 'ledger account'} of connection ${connectionId}: synchronise it first, or choose one of its list`, value: externalId.slice(0, 80) });
    }
  }
}
