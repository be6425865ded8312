/** A bank the sandbox knows. The ids are the vendor's test institutions as far as they are known; the list is a control's to lengthen. */
export interface Institution {
  readonly id: string;
  readonly name: string;
  readonly country: string;
  /** Consent runs out after so many days; null where it does not. */
  readonly consentDays: number | null;
  /** Account numbers are tokens: `persistent_account_id` exists, and a second login may end the first (reference "account_id can change", "Linking the same login twice"). */
  readonly tokenised: boolean;
}

export const INSTITUTIONS: readonly Institution[] = [
  { id: 'ins_109508', name: 'First Platypus Bank', country: 'US', consentDays: null, tokenised: false },
  { id: 'ins_127287', name: 'Platypus OAuth Bank', country: 'US', consentDays: 365, tokenised: false },
  { id: 'ins_56', name: 'Chase', country: 'US', consentDays: 365, tokenised: true },
  { id: 'ins_13', name: 'PNC', country: 'US', consentDays: null, tokenised: true },
  { id: 'ins_116834', name: 'Platypus Bank UK', country: 'GB', consentDays: 90, tokenised: false },
];
