import { type CurrencyCode, isCurrencyCode } from '#canonical';
import { type ColumnRole, headerKey } from './csv-layout.js';

/** Header words of banks' exports by meaning, as {@link headerKey} writes them: English, German, Dutch, French. Earlier words win. */
const WORDS: Readonly<Record<ColumnRole, string>> = {
  bookedOn: 'bookingdate postingdate postdate posteddate transactiondate buchungstag buchungsdatum buchung datum date boekdatum boekingsdatum dateoperation datedoperation datecomptable asofdate',
  valueOn: 'valuedate valuta valutadatum wertstellung wertstellungstag wertstellungsdatum rentedatum datevaleur datedevaleur valeur effectivedate',
  amount: 'amount transactionamount betrag umsatz buchungsbetrag bedrag bedrageur montant amountsigned value',
  credit: 'credit creditamount credits paidin moneyin deposit deposits haben gutschrift eingang bij bijschrijving montantcredit inflow',
  debit: 'debit debitamount debits paidout moneyout withdrawal withdrawals soll lastschrift belastung ausgang af afschrijving montantdebit outflow',
  direction: 'drcr crdr debitcredit creditdebit creditdebitindicator cdtdbtind sollhaben shkennzeichen afbij sens direction sign',
  currency: 'currency currencycode ccy wahrung wahrg waehrung munt devise devisen',
  balance: 'balance runningbalance ledgerbalance saldo kontostand saldonachbuchung solde accountbalance',
  account: 'account accountnumber accountno accountid accountiban auftragskonto kontonummer konto rekening rekeningnummer compte numerodecompte ownaccount',
  payerName: 'payer payername counterparty counterpartyname debtorname originatorname sender remitter beguenstigterzahlungspflichtiger begunstigterzahlungspflichtiger zahlungspflichtiger auftraggeber '
    + 'auftraggeberempfanger auftraggeberbegunstigter namezahlungsbeteiligter zahlungspflichtige tegenpartij naamtegenpartij naamomschrijving donneurdordre tiers name',
  payerAccount: 'payeraccount counterpartyaccount counterpartyiban debtoriban ibanzahlungsbeteiligter kontonummeriban tegenrekening tegenrekeningiban gegenkonto comptetiers',
  reference: 'reference ref bankreference bankref transactionid transactionreference referenz referenznummer referentie kenmerk numerodoperation fitid trnref',
  customerReference: 'customerreference customerref endtoendid endtoendreferenz kundenreferenz kundenreferenzendtoend mandatsreferenz paymentreference betalingskenmerk',
  checkNumber: 'checknumber checkno checkorslip chequenumber chequeno schecknummer numerodecheque',
  type: 'type transactiontype trantype buchungstext umsatzart mutatiesoort typedoperation baitype baicode category',
  memo: 'description details memo narrative particulars text remarks transactiondescription paymentdetails remittanceinformation verwendungszweck vwz '
    + 'buchungsdetails bemerkung omschrijving mededeling mededelingen libelle libelledeloperation communication detail motif note notes',
};

/** What a header cell means, and the currency it names: `Betrag (EUR)`, `Umsatz in EUR`, `Amount USD`. */
export interface HeaderMeaning<Role extends string = ColumnRole> {
  readonly role: Role | null;
  readonly currency: CurrencyCode | null;
}

/** A bare `IBAN` is ours or the payer's, depending on the file; the layout guess decides by its values. */
export const IBAN_HEADER = 'iban';

/** Reads header cells by a list of words per role, as {@link headerKey} writes them; earlier roles win. */
export function headerReader<Role extends string>(words: Readonly<Record<Role, string>>): (header: string) => HeaderMeaning<Role> {
  const roleOf = new Map<string, Role>();
  for (const role of Object.keys(words) as Role[]) {
    for (const word of words[role].split(' ')) if (!roleOf.has(word)) roleOf.set(word, role);
  }
  return (header) => {
    const currency = namedCurrency(header);
    const direct = roleOf.get(headerKey(header));
    if (direct !== undefined || currency === null) return { role: direct ?? null, currency };
    const without = headerKey(header.replace(/[€$£]/g, '').replace(new RegExp(`\\b(?:in\\s+)?${currency}\\b`, 'i'), ''));
    return { role: roleOf.get(without) ?? roleOf.get(without.replace(/in$/, '')) ?? null, currency };
  };
}

export const headerMeaning = headerReader(WORDS);

function namedCurrency(header: string): CurrencyCode | null {
  if (header.includes('€')) return 'EUR';
  if (header.includes('£')) return 'GBP';
  const words = header.match(/\b[A-Z]{3}\b/g) ?? [];
  return words.find((word) => isCurrencyCode(word)) ?? null;
}

const MONEY_IN = new Set(['c', 'cr', 'crdt', 'credit', 'h', 'haben', 'gutschrift', 'bij', 'in', '+', 'deposit']);
const MONEY_OUT = new Set(['d', 'dr', 'dbit', 'debit', 's', 'soll', 'lastschrift', 'af', 'out', '-', 'withdrawal']);

/** 1 money in, -1 money out; null for a word that says neither. */
export function directionOf(text: string): 1 | -1 | null {
  const word = text.trim() === '+' || text.trim() === '-' ? text.trim() : headerKey(text);
  if (MONEY_IN.has(word)) return 1;
  return MONEY_OUT.has(word) ? -1 : null;
}
