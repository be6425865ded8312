import { type CurrencyCode, isCurrencyCode } from '#canonical';

/** A :25: taken apart. */
export interface OwnAccount {
  readonly account: string;
  readonly bank: string | null;
  readonly currency: CurrencyCode | null;
}

const BANK_CODE = /^(?:[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?|\d{8})$/;
/** An IBAN with the currency of the account behind it, as some banks write it. */
const IBAN_AND_CURRENCY = /^([A-Z]{2}\d{2}[A-Z0-9]{11,30}?)([A-Z]{3})$/;

/** `50880050/0194787400888`, `UBRTHUHB/123456789150ABCDEF002/HUF`, `NL91ABNA0417164300EUR`, or the account alone. */
export function readOwnAccount(text: string): OwnAccount {
  const parts = text.trim().split('/').map((part) => part.trim());
  const last = parts.at(-1) ?? '';
  const currency = parts.length > 1 && isCurrencyCode(last) ? last : null;
  const named = currency === null ? parts : parts.slice(0, -1);
  const [first = '', ...rest] = named;
  if (rest.length > 0 && BANK_CODE.test(first)) return { account: rest.join('/'), bank: first, currency };
  const glued = IBAN_AND_CURRENCY.exec(text.trim());
  const glue = glued?.[2] ?? '';
  if (glued !== null && isCurrencyCode(glue)) return { account: glued[1] ?? '', bank: null, currency: glue };
  return { account: named.join('/'), bank: null, currency };
}
