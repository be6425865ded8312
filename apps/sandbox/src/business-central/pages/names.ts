/** Members of the enumerations (specs/dynamics/bc-api-v2.0-ar-fields.json). */
export const DOCUMENT_TYPES = [' ', 'Payment', 'Invoice', 'Credit Memo', 'Finance Charge Memo', 'Reminder', 'Refund'] as const;
export type DocumentType = (typeof DOCUMENT_TYPES)[number];
export const BLOCKED = [' ', 'Ship', 'Invoice', 'All'] as const;
export const INVOICE_STATUSES = [' ', 'Draft', 'In Review', 'Open', 'Paid', 'Canceled', 'Corrective'] as const;
export const CREDIT_MEMO_STATUSES = ['Draft', 'In Review', 'Open', 'Canceled', 'Corrective', 'Paid'] as const;
export const PARTY_TYPES = ['Company', 'Person'] as const;
export const ACCOUNT_TYPES = ['G/L Account', 'Customer', 'Vendor', 'Bank Account', 'Fixed Asset', 'IC Partner', 'Employee', 'Allocation Account'] as const;
export const ACCOUNT_CATEGORIES = [' ', 'Assets', 'Liabilities', 'Equity', 'Income', 'Cost of Goods Sold', 'Expense'] as const;
export const LINE_TYPES = ['Comment', 'Account', 'Item', 'Resource', 'Fixed Asset', 'Charge', 'Allocation Account'] as const;
export const BUSINESS_RELATIONS = [' ', 'Customer', 'Vendor', 'Bank Account', 'Employee', 'None', 'Other', 'Multiple'] as const;
export const DETAILED_ENTRY_TYPES = [
  '', 'Initial Entry', 'Application', 'Unrealized Loss', 'Unrealized Gain', 'Realized Loss', 'Realized Gain', 'Payment Discount', 'Payment Discount (VAT Excl.)', 'Payment Discount (VAT Adjustment)', 'Appln. Rounding',
  'Correction of Remaining Amount', 'Payment Tolerance', 'Payment Discount Tolerance', 'Payment Tolerance (VAT Excl.)', 'Payment Tolerance (VAT Adjustment)', 'Payment Discount Tolerance (VAT Excl.)',
  'Payment Discount Tolerance (VAT Adjustment)',
] as const;

/** The template of cash receipts: the first non-recurring one of its type (2.8.1). */
export const CASH_RECEIPT_TEMPLATE = 'CASHRCPT';
export const GENERAL_TEMPLATE = 'GENERAL';
