import type { Provider, Type } from '@nestjs/common';
import { AuditTrail } from '#access';
import { BankAccounts, BankFiles, BankTransactions, NonPaymentRuleBook, Remittances } from '#bank';
import { Database } from '#storage';
import { BankAccountsController } from './bank-accounts-controller.js';
import { BankFilesController } from './bank-files-controller.js';
import { NonPaymentRulesController } from './bank-rules-controller.js';
import { BankTransactionsController } from './bank-transactions-controller.js';
import { RemittanceController } from './remittance-controller.js';

export { BANK_FILE_BYTES_MAX, BANK_FILE_CONTENT_TYPE, BANK_FILE_UPLOAD_PATH } from './bank-files-controller.js';

/** Controllers of cash at the bank and of what payers say about it. */
export const BANK_CONTROLLERS: Type<unknown>[] = [BankFilesController, BankAccountsController, BankTransactionsController, RemittanceController, NonPaymentRulesController];

const service = <T>(token: new (dependencies: { database: Database; audit: AuditTrail }) => T): Provider => ({
  provide: token, inject: [Database, AuditTrail], useFactory: (database: Database, audit: AuditTrail) => new token({ database, audit }),
});

/** Their services, by class; they need {@link Database} and {@link AuditTrail} from the module. */
export const BANK_PROVIDERS: Provider[] = [service(BankFiles), service(BankAccounts), service(BankTransactions), service(Remittances), service(NonPaymentRuleBook)];
