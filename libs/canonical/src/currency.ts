/** An ISO 4217 alphabetic code, upper case. */
export type CurrencyCode = string;

/** Decimal places of currencies that do not have two (ISO 4217, list one). Every other code in {@link CURRENCY_CODES} has two. */
const EXPONENTS: Readonly<Record<string, number>> = {
  BIF: 0, CLP: 0, DJF: 0, GNF: 0, ISK: 0, JPY: 0, KMF: 0, KRW: 0, PYG: 0, RWF: 0, UGX: 0, UYI: 0, VND: 0, VUV: 0, XAF: 0, XOF: 0, XPF: 0,
  BHD: 3, IQD: 3, JOD: 3, KWD: 3, LYD: 3, OMR: 3, TND: 3,
  CLF: 4, UYW: 4,
};

/** ISO 4217 list one, the codes that can stand on an invoice, and DEM for historic bank statements. */
const CODES = (
  'AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLF CLP CNY COP CRC '
  + 'CUP CVE CZK DEM DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK '
  + 'JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN '
  + 'NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC '
  + 'SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYI UYU UYW UZS VED VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWG'
).split(' ');

export const CURRENCY_CODES: ReadonlySet<string> = new Set(CODES);

/** Raised for a code that ISO 4217 does not list. */
export class CurrencyError extends Error {
  override readonly name = 'CurrencyError';
}

export function isCurrencyCode(text: string): text is CurrencyCode {
  return CURRENCY_CODES.has(text);
}

/** Decimal places of a currency. @throws CurrencyError when the code is unknown. */
export function currencyExponent(code: CurrencyCode): number {
  const exponent = EXPONENTS[code];
  if (exponent !== undefined) return exponent;
  if (CURRENCY_CODES.has(code)) return 2;
  throw new CurrencyError(`"${code}" is not an ISO 4217 currency code`);
}
