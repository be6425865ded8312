import type { AchEntry } from '#canonical';

/** Return reasons and change codes, with their titles in the Nacha operating rules (appendix four and five). */
const TITLES: Readonly<Record<string, string>> = {
  R01: 'Insufficient Funds', R02: 'Account Closed', R03: 'No Account/Unable to Locate Account', R04: 'Invalid Account Number Structure',
  R05: 'Unauthorized Debit to Consumer Account Using Corporate SEC Code', R06: 'Returned per ODFI\'s Request', R07: 'Authorization Revoked by Customer', R08: 'Payment Stopped',
  R09: 'Uncollected Funds', R10: 'Customer Advises Originator is Not Known to Receiver and/or Not Authorized', R11: 'Customer Advises Entry Not in Accordance with the Terms of the Authorization',
  R12: 'Account Sold to Another DFI', R13: 'RDFI Not Qualified to Participate', R14: 'Representative Payee Deceased or Unable to Continue in That Capacity',
  R15: 'Beneficiary or Account Holder Deceased', R16: 'Account Frozen/Entry Returned per OFAC Instruction', R17: 'File Record Edit Criteria', R18: 'Improper Effective Entry Date',
  R19: 'Amount Field Error', R20: 'Non-Transaction Account', R21: 'Invalid Company Identification', R22: 'Invalid Individual ID Number', R23: 'Credit Entry Refused by Receiver',
  R24: 'Duplicate Entry', R25: 'Addenda Error', R26: 'Mandatory Field Error', R27: 'Trace Number Error', R28: 'Routing Number Check Digit Error',
  R29: 'Corporate Customer Advises Not Authorized', R30: 'RDFI Not Participant in Check Truncation Program', R31: 'Permissible Return Entry (CCD and CTX Only)', R32: 'RDFI Non-Settlement',
  R33: 'Return of XCK Entry', R34: 'Limited Participation DFI', R35: 'Return of Improper Debit Entry', R36: 'Return of Improper Credit Entry', R37: 'Source Document Presented for Payment',
  R38: 'Stop Payment on Source Document', R39: 'Improper Source Document/Source Document Presented for Payment', R40: 'Return of ENR Entry by Federal Government Agency',
  R41: 'Invalid Transaction Code', R42: 'Routing Number/Check Digit Error', R43: 'Invalid DFI Account Number', R44: 'Invalid Individual ID Number', R45: 'Invalid Individual Name/Company Name',
  R46: 'Invalid Representative Payee Indicator', R47: 'Duplicate Enrollment', R50: 'State Law Affecting RCK Acceptance', R51: 'Item is Ineligible, Notice Not Provided, Signature Not Genuine, or Item Altered',
  R52: 'Stop Payment on Item', R53: 'Item and RCK Entry Presented for Payment', R61: 'Misrouted Return', R62: 'Return of Erroneous or Reversing Debit', R67: 'Duplicate Return', R68: 'Untimely Return',
  R69: 'Field Error(s)', R70: 'Permissible Return Entry Not Accepted/Return Not Requested by ODFI', R71: 'Misrouted Dishonored Return', R72: 'Untimely Dishonored Return',
  R73: 'Timely Original Return', R74: 'Corrected Return', R75: 'Return Not a Duplicate', R76: 'No Errors Found', R77: 'Non-Acceptance of R62 Dishonored Return',
  R80: 'IAT Entry Coding Error', R81: 'Non-Participant in IAT Program', R82: 'Invalid Foreign Receiving DFI Identification', R83: 'Foreign Receiving DFI Unable to Settle', R84: 'Entry Not Processed by Gateway',
  R85: 'Incorrectly Coded Outbound International Payment',
  C01: 'Incorrect DFI Account Number', C02: 'Incorrect Routing Number', C03: 'Incorrect Routing Number and Incorrect DFI Account Number',
  C04: 'Incorrect Individual Name/Receiving Company Name', C05: 'Incorrect Transaction Code', C06: 'Incorrect DFI Account Number and Incorrect Transaction Code',
  C07: 'Incorrect Routing Number, Incorrect DFI Account Number, and Incorrect Transaction Code', C08: 'Incorrect Receiving DFI Identification (IAT Only)', C09: 'Incorrect Individual Identification Number',
  C13: 'Addenda Format Error', C14: 'Incorrect SEC Code for Outbound International Payment',
  C61: 'Misrouted Notification of Change', C62: 'Incorrect Trace Number', C63: 'Incorrect Company Identification Number', C64: 'Incorrect Individual Identification Number',
  C65: 'Incorrectly Formatted Corrected Data', C66: 'Incorrect Discretionary Data', C67: 'Routing Number Not from Original Entry Detail Record', C68: 'DFI Account Number Not from Original Entry Detail Record',
  C69: 'Incorrect Transaction Code',
};

/** Null for a code the rules do not list. */
export function titleOf(code: string): string | null {
  return Object.hasOwn(TITLES, code) ? TITLES[code] ?? null : null;
}

/** R61 to R70 dishonor a return, R71 to R77 contest that. */
export function returnKindOf(code: string): AchEntry['kind'] {
  const number = /^R\d\d$/.test(code) ? Number(code.slice(1)) : 0;
  if (number >= 61 && number <= 70) return 'dishonoredReturn';
  return number >= 71 && number <= 77 ? 'contestedReturn' : 'return';
}
