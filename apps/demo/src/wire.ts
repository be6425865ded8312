/** The parts of the API's answers that the demo reads. The whole description is at /docs. */
export interface MoneyWire {
  readonly amount: string;
  readonly currency: string;
}

export interface InvoiceWire {
  readonly id: string;
  readonly externalId: string;
  readonly number: string;
  readonly customerId: string | null;
  readonly currency: string;
  readonly issuedOn: string;
  readonly dueOn: string | null;
  readonly total: MoneyWire;
  readonly open: MoneyWire;
  readonly purchaseOrder: string | null;
}

export interface CreditMemoWire {
  readonly id: string;
  readonly number: string;
  readonly customerId: string | null;
  readonly currency: string;
  readonly issuedOn: string;
  readonly open: MoneyWire;
}

export interface CustomerWire {
  readonly id: string;
  readonly externalId: string;
  readonly number: string | null;
  readonly name: string;
  readonly parentExternalId: string | null;
  readonly currency: string | null;
}

export interface SyncWire {
  readonly id: string;
  readonly status: 'queued' | 'running' | 'succeeded' | 'failed' | 'interrupted';
  readonly counts: readonly { readonly entity: string; readonly read: number; readonly changed: number; readonly quarantined: number }[];
  readonly problem: { readonly message: string } | null;
}

export interface TransactionWire {
  readonly id: string;
  readonly amount: MoneyWire;
  readonly status: string;
  readonly memo: string;
  readonly payer: { readonly name: string | null };
}

export interface ProposalWire {
  readonly id: string;
  readonly bankTransactionId: string;
  readonly customerId: string | null;
  readonly customerName: string | null;
  readonly amount: MoneyWire;
  readonly probability: number;
  readonly family: string;
  readonly onAccount: MoneyWire;
  readonly shortBy: MoneyWire;
  readonly autoApply: { readonly allowed: boolean };
  readonly rationale: string;
}

export interface ProposalDetailWire extends ProposalWire {
  readonly lines: readonly {
    readonly document: string; readonly documentId: string; readonly number: string; readonly amount: MoneyWire; readonly openBefore: MoneyWire;
  }[];
}

export interface PostingWire {
  readonly id: string;
  readonly kind: 'payment' | 'reversal';
  readonly state: string;
  readonly stateBecause: string | null;
  readonly bankTransactionId: string | null;
  readonly amount: MoneyWire;
  readonly idempotencyKey: string;
}
