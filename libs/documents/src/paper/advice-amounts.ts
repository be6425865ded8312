import { type CurrencyCode, type Money } from '#canonical';
import { CsvAmountError, currencyBeside, decimalEvidence, parseCsvAmount } from '../csv/csv-amounts.js';
import type { DecimalMark } from '../csv/csv-layout.js';
import { amountStyle, type AmountStyle, type KnownCurrency } from '../text/prose-amounts.js';
import { scanTokens } from '../text/tokens.js';

const AMOUNT = /^[-−–(+]?\s?(?:[A-Z]{3}|[$€£¥])?\s?[-−]?\d[\d.,'’\u00a0\u202f ]*\d{2}\s?(?:[A-Z]{3}|[€£$])?[)-]?(?:\s?(?:CR|DR))?$/;

/** True for a text that can be an amount: digits with a decimal part, or a currency beside. */
export function looksLikeAmount(text: string): boolean {
  return text.length <= 40 && AMOUNT.test(text) && (/[.,]\d{1,3}\D*$/.test(text) || /[$€£¥]|[A-Z]{3}/.test(text));
}

/** How the amounts of an advice are written. */
export function adviceStyle(texts: readonly string[], stated: CurrencyCode | null, known: KnownCurrency): AmountStyle {
  const tokens = texts.flatMap((text) => [...scanTokens(text)].filter(({ kind }) => kind === 'amount'));
  const style = amountStyle(tokens, { ...known, currency: stated ?? known.currency });
  return stated === null ? style : { ...style, currency: stated, assumed: false, because: null };
}

/** An amount of an advice; a sentence when it is none. */
export function adviceAmount(text: string, { decimalMark, mixed, currency }: AmountStyle): Money | string {
  const evidence = decimalEvidence(text);
  let mark: DecimalMark = decimalMark ?? '.';
  if (evidence === '.' || evidence === ',') mark = evidence;
  else if (evidence === 'undecided' && (mixed || decimalMark === null)) return 'it may be thousands or decimals, and nothing on the page settles which; enter it by hand';
  const beside = currencyBeside(text);
  if (beside !== null && beside !== currency) return `it is in ${beside}, the advice in ${currency}; enter it by hand`;
  try {
    return parseCsvAmount(text, mark, currency);
  } catch (error) {
    if (error instanceof CsvAmountError) return `${error.message}; enter it by hand`;
    throw error;
  }
}

