/** What a bank says about one line: its :86: or `:NS:`, in whichever dialect. Null is what it does not say. */
export interface Information {
  /** All of the text, purpose first; structural parts (account, bank, name) are in their own fields. */
  readonly memo: string;
  readonly name: string | null;
  readonly account: string | null;
  readonly id: string | null;
  readonly endToEndId: string | null;
  readonly customerReference: string | null;
  readonly structuredReference: string | null;
  /** The bank says that the line returns an earlier one. */
  readonly returned: boolean;
}

export const NO_INFORMATION: Information = {
  memo: '', name: null, account: null, id: null, endToEndId: null, customerReference: null, structuredReference: null, returned: false,
};
