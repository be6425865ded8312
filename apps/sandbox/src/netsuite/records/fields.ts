import { invalidContent } from './record-error.js';
import { isBody, type Body } from './body.js';

const words = (...groups: string[]): ReadonlySet<string> => new Set(groups.join(' ').split(' '));

const EVERY = 'id externalId links refName customForm lastModifiedDate createdDate';
const TRANSACTION = 'subsidiary currency exchangeRate tranDate tranId transactionNumber postingPeriod memo status department class location deletionReason deletionReasonMemo total nexus excludeFromGLNumbering primaryBookBaseCurrency accountingBookDetail balance consolidateBalance toBeEmailed originator integrationId';
const SALE = 'entity account item terms dueDate otherRefNum approvalStatus discountAmount discountDate discountItem discountRate discountTotal subtotal taxTotal amountPaid amountRemaining amountRemainingTotalBox billingAddress billAddress shippingAddress email message salesRep startDate endDate toBePrinted toBeFaxed createdFrom job taxDetailsOverride taxDetails partner leadSource shipDate shippingCost';
const CASH = 'customer account arAcct undepFunds checkNumber payment paymentOption paymentOperation handlingMode cleared clearedDate prevDate paymentProcessingProfile inputReferenceCode outputAuthCode outputReferenceCode transactionToRefund';

/** Property names per record type, from the REST API Browser tables the reference names (NSREST); checked by X-NetSuite-PropertyNameValidation. */
export const RECORD_FIELDS: Readonly<Record<string, ReadonlySet<string>>> = {
  customerpayment: words(EVERY, TRANSACTION, CASH, 'applied unapplied pending apply credit deposit autoApply appliedRules refundedAmountTotalBox'),
  invoice: words(EVERY, TRANSACTION, SALE, 'installment overrideInstallments predictedPaymentDate paymentLink dueDateTime'),
  creditmemo: words(EVERY, TRANSACTION, SALE, 'apply applied unapplied autoApply appliedRules asOfDate'),
  customerdeposit: words(EVERY, TRANSACTION, CASH, 'apply salesOrder'),
  depositapplication: words(EVERY, TRANSACTION, 'customer arAcct deposit depDate apply applied unapplied autoApply'),
  customerrefund: words(EVERY, TRANSACTION, CASH, 'apply deposit address payeeAddress toBePrinted voidJournal'),
  journalentry: words(EVERY, TRANSACTION, 'line approved approvalStatus accountingBook isReversal reversalDate reversalDefer reversalEntry createdFrom void toSubsidiary batch nextApprover isBookSpecific'),
  customer: words(EVERY, 'entityId companyName isPerson firstName lastName altName email phone fax parent subsidiary currency terms receivablesAccount isInactive comments category addressBook contactRoles defaultAddress creditLimit balance url'),
  contact: words(EVERY, 'entityId firstName lastName email phone title company subsidiary isInactive comments'),
};

/** Sublists keyed by `doc` and `line`, and their property names. */
const LINE_FIELDS: Readonly<Record<string, ReadonlySet<string>>> = {
  apply: words('doc line apply amount applyDate due total currency refNum type job jobName createdFrom links refName'),
  credit: words('doc line apply amount appliedTo creditDate due total currency refNum type createdFrom links refName'),
  deposit: words('doc apply amount remaining depositDate total currencyName refNum links refName'),
};

export type NameValidation = 'error' | 'warning' | 'ignore';

/**
 * X-NetSuite-PropertyNameValidation: `error` refuses a misspelt property; `warning`, the default, drops it without a word.
 * @returns the body without what was dropped
 */
export function checkNames(recordType: string, body: Body, validation: NameValidation): Body {
  const known = RECORD_FIELDS[recordType];
  if (known === undefined) return body;
  const kept: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(body)) {
    if (!known.has(name) && !name.startsWith('cust')) {
      if (validation === 'error') throw unknownProperty(name, recordType, name);
      continue;
    }
    kept[name] = checkLines(name, value, validation);
  }
  return kept;
}

function checkLines(sublist: string, value: unknown, validation: NameValidation): unknown {
  const known = LINE_FIELDS[sublist];
  if (known === undefined || !isBody(value) || !Array.isArray(value['items'])) return value;
  const items = (value['items'] as unknown[]).map((item, index) => {
    if (!isBody(item)) return item;
    const unknown = Object.keys(item).find((name) => !known.has(name));
    if (unknown !== undefined && validation === 'error') throw unknownProperty(unknown, sublist, `${sublist}.items[${index}].${unknown}`);
    return Object.fromEntries(Object.entries(item).filter(([name]) => known.has(name)));
  });
  return { ...value, items };
}

function unknownProperty(name: string, owner: string, path: string): Error {
  return invalidContent(`Unknown property name '${name}' for '${owner}'.`, path);
}
