import { createHash } from 'node:crypto';
import { type BankStatement, canonicalJson, type StatementTransaction } from '#canonical';

/** Hexadecimal digits kept of the hash: 160 bits. */
const IDENTITY_LENGTH = 40;

/**
 * Key of a bank line by its content: the same statement imported twice gives the same keys, and identical twins of one day differ by
 * `occurrence` (1 for the first of them). Left out is what a bank, or our own reading, changes between two issues of the same line: value
 * day, pending, place in the file, kind, payer; and from text everything but letters and digits, because banks wrap it differently.
 * @param account the bank's own number of the account
 */
export function statementTransactionIdentity(transaction: StatementTransaction, account: string, occurrence: number): string {
  return createHash('sha256').update(canonicalJson([contentOf(transaction, account), occurrence])).digest('hex').slice(0, IDENTITY_LENGTH);
}

/** A transaction with its key. */
export interface IdentifiedTransaction {
  readonly account: string;
  readonly transaction: StatementTransaction;
  readonly occurrence: number;
  readonly identity: string;
}

/**
 * Keys of every transaction of a file. Twins are counted per account and day over all statements that add, in the file's order; a statement
 * that replaces, deletes or tests starts its own count, because it speaks of the same lines again.
 */
export function identifyTransactions(statements: readonly BankStatement[]): IdentifiedTransaction[] {
  const seen = new Map<string, number>();
  return statements.flatMap(({ account, status, transactions }, index) => transactions.map((transaction) => {
    const key = `${status === 'add' ? 'add' : index} ${canonicalJson(contentOf(transaction, account))}`;
    const occurrence = (seen.get(key) ?? 0) + 1;
    seen.set(key, occurrence);
    return { account, transaction, occurrence, identity: statementTransactionIdentity(transaction, account, occurrence) };
  }));
}

function contentOf(transaction: StatementTransaction, account: string): unknown {
  const { bookedOn, amount, code, bankReference, customerReference, checkNumber, reversal, memo } = transaction;
  return [account.replace(/\s/g, ''), bookedOn, amount.minor, amount.currency, code, plain(bankReference), plain(customerReference), plain(checkNumber), reversal, plain(memo)];
}

function plain(text: string | null): string | null {
  return text === null ? null : text.normalize('NFKC').toUpperCase().replace(/[^\p{L}\p{N}]/gu, '');
}
