import type { Payer } from '#canonical';
import type { XmlElement } from '../xml/index.js';

export const NOBODY: Payer = { name: null, account: null, id: null };

/** Who took part, as far as the payer may be one of them. */
export interface Parties {
  readonly debtor: Payer;
  readonly creditor: Payer;
  /** On whose behalf the debtor paid: the customer, where somebody else pays for him. */
  readonly ultimateDebtor: Payer;
}

/** `RltdPties`; from version 08 on each party stands in a `Pty`. */
export function partiesOf(related: XmlElement | null): Parties {
  if (related === null) return { debtor: NOBODY, creditor: NOBODY, ultimateDebtor: NOBODY };
  return {
    debtor: partyOf(related, 'Dbtr', 'DbtrAcct'), creditor: partyOf(related, 'Cdtr', 'CdtrAcct'), ultimateDebtor: partyOf(related, 'UltmtDbtr', null),
  };
}

function partyOf(related: XmlElement, name: string, account: string | null): Payer {
  const outer = related.at(name);
  const party = outer?.at('Pty') ?? outer ?? null;
  return { name: party?.textAt('Nm') ?? null, account: account === null ? null : accountOf(related.at(account)), id: party === null ? null : idOf(party) };
}

function idOf(party: XmlElement): string | null {
  const organisation = party.at('Id', 'OrgId');
  const known = organisation?.textAt('Othr', 'Id') ?? organisation?.textAt('LEI') ?? organisation?.textAt('AnyBIC') ?? organisation?.textAt('BICOrBEI') ?? organisation?.textAt('PrtryId', 'Id');
  return known ?? party.textAt('Id', 'PrvtId', 'Othr', 'Id') ?? null;
}

/** IBAN, or whatever else the bank numbers accounts by; blanks taken out. */
export function accountOf(account: XmlElement | null): string | null {
  const id = account?.at('Id') ?? null;
  if (id === null) return null;
  const text = id.textAt('IBAN') ?? id.textAt('Othr', 'Id') ?? id.textAt('BBAN') ?? id.textAt('PrtryAcct', 'Id') ?? id.textAt('UPIC');
  return text?.replace(/\s/g, '') ?? null;
}

/**
 * Who paid us. Of a credit that is the debtor; of a debit nobody, unless it takes a receipt back (a return or reversal keeps the roles of
 * what it undoes). A party whose account is ours is not the payer: some banks turn the roles of returns.
 */
export function payerOf(parties: Parties, direction: 1n | -1n, undoes: boolean, ownAccount: string): Payer {
  if ((direction === 1n) === undoes) return NOBODY;
  const turned = parties.debtor.account !== null && parties.debtor.account === ownAccount && parties.creditor.account !== ownAccount;
  if (turned) return parties.creditor;
  const { name, id } = parties.ultimateDebtor;
  return name === null ? parties.debtor : { name, account: parties.debtor.account, id: id ?? parties.debtor.id };
}
