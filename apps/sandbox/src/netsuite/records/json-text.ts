import { amountTextOfNumber } from '../../simulation/book-amounts.js';

/** Node 22 and later: a number whose JSON text is given exactly, so that amounts are never printed from a float. */
declare global {
  interface JSON {
    rawJSON(text: string): object;
  }
}

/** An amount column as a JSON number with its exact text. */
export function jsonAmount(units: unknown): object | undefined {
  return units === null || units === undefined ? undefined : JSON.rawJSON(amountTextOfNumber(Number(units)));
}

/** A rate or count kept as text, as a JSON number. */
export function jsonNumber(text: unknown): object | undefined {
  return text === null || text === undefined ? undefined : JSON.rawJSON(String(text));
}
