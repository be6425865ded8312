import type { Provider, Type } from '@nestjs/common';
import { AuditTrail } from '#access';
import { AchEntries, InboundAddresses, LockboxProfiles, BankAccounts, ReceivedDocuments, BankTransactions, NonPaymentRuleBook, Remittances } from '#bank';
import { Database } from '#storage';
import { AchEntriesController } from './ach-entries-controller.js';
import { BankAccountsController } from './bank-accounts-controller.js';
import { ReceivedDocumentsController } from './received-documents-controller.js';
import { InboundAddressesController } from './inbound-addresses-controller.js';
import { LockboxProfilesController } from './lockbox-profiles-controller.js';
import { NonPaymentRulesController } from './bank-rules-controller.js';
import { BankTransactionsController } from './bank-transactions-controller.js';
import { RemittanceController } from './remittance-controller.js';

export { RECEIVED_DOCUMENT_BYTES_MAX, RECEIVED_DOCUMENT_CONTENT_TYPE, RECEIVED_DOCUMENT_UPLOAD_PATH } from './received-documents-controller.js';

/** Controllers of cash at the bank and of what payers say about it. */
export const BANK_CONTROLLERS: Type<unknown>[] = [ReceivedDocumentsController, BankAccountsController, BankTransactionsController, RemittanceController, AchEntriesController, InboundAddressesController, LockboxProfilesController, NonPaymentRulesController];

const service = <T>(token: new (dependencies: { database: Database; audit: AuditTrail }) => T): Provider => ({
  provide: token, inject: [Database, AuditTrail], useFactory: (database: Database, audit: AuditTrail) => new token({ database, audit }),
});

/** Their services, by class; they need {@link Database} and {@link AuditTrail} from the module. */
export const BANK_PROVIDERS: Provider[] = [service(ReceivedDocuments), service(BankAccounts), service(BankTransactions), service(Remittances), service(AchEntries), service(InboundAddresses), service(LockboxProfiles), service(NonPaymentRuleBook)];
