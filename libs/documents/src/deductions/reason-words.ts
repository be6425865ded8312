import type { ReasonGroup } from './adjustment-reasons.js';

/** Words of payers, the more particular first: "damaged return" is a return, "duplicate freight bill" a duplicate. */
const WORDS: readonly (readonly [ReasonGroup, RegExp])[] = [
  ['duplicate', /\b(?:duplicat\w*|dupe|dup|double[- ]?(?:bill|paid|pay|charg)\w*|paid twice|already paid)\b/],
  ['late', /\b(?:late (?:fee|charge|payment)s?|interest|penalt\w+|finance charges?)\b/],
  ['return', /\b(?:returns?|returned|rma|rtv|recall(?:ed)?)\b/],
  ['freight', /\b(?:freight|frt|shipping|carrier|carriage|detention|demurrage|delivery charges?|postage)\b/],
  ['damage', /\b(?:damag\w+|broken|breakage|dmg|defect\w*)\b/],
  ['quantity', /\b(?:short(?:age|ages|ed|s)?|short[- ]?ship\w*|missing (?:items?|goods|pieces|cases)|not received|quantit\w+|qty)\b/],
  ['promotion', /\b(?:promo\w*|advert\w*|co-?op|marketing|slotting|display|coupons?|markdowns?)\b/],
  ['rebate', /\b(?:rebates?|bill-?backs?|volume bonus)\b/],
  ['pricing', /\b(?:pric(?:e|es|ing)|overcharg\w*|cost (?:error|difference)|wrong rate|contract rate)\b/],
  ['discount', /\b(?:discounts?|disc|skonto|early pay\w*|terms taken|cash terms)\b/],
  ['tax', /\b(?:tax(?:es)?|vat|gst|hst|withh?olding|wht|mwst)\b/],
  ['quality', /\b(?:quality|wrong (?:item|product)|substitut\w+|reject\w*|spoil\w*)\b/],
  ['documents', /\b(?:no (?:pod|bol|po|invoice)|missing (?:pod|bol|po|invoice|documents?|paperwork)|proof of delivery|bill of lading|asn|not on file|compliance|chargebacks?)\b/],
  ['balance', /\b(?:overpa(?:id|yment)s?|underpa(?:id|yment)s?|previous balance|prior balance|on account|write-?off)\b/],
];

/** What a payer's text says a deduction is for, by its words; null when it says nothing known. */
export function reasonGroupOfText(text: string): ReasonGroup | null {
  const words = text.normalize('NFKC').toLowerCase().replace(/[_/]+/g, ' ');
  return WORDS.find(([, pattern]) => pattern.test(words))?.[0] ?? null;
}
