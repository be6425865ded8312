/** Multiples of ten carried through the digits (recursive modulo 10): Swiss QR and ISR references. */
const CARRY = [0, 9, 4, 6, 8, 2, 7, 1, 3, 5] as const;

/** What a creditor reference turned out to be. */
export interface CreditorReference {
  /** As written, without blanks. */
  readonly text: string;
  /** `checked`: of a standard, and its check digits agree; `wrong`: they do not; `other`: of no standard with a check. */
  readonly standing: 'checked' | 'wrong' | 'other';
}

/**
 * Tests the check digits of a creditor reference: ISO 11649 (`RF`, modulo 97), Swiss QR and ISR (27 digits, recursive modulo 10), Belgian
 * structured communication (12 digits, modulo 97).
 */
export function creditorReference(written: string): CreditorReference {
  const text = written.replace(/\s/g, '');
  if (/^RF\d\d[0-9A-Z]{1,21}$/i.test(text)) return { text, standing: isoCheck(text.toUpperCase()) ? 'checked' : 'wrong' };
  if (/^\d{27}$/.test(text)) return { text, standing: recursiveCheck(text) ? 'checked' : 'wrong' };
  const belgian = /^(?:\+{3}|\*{3})?(\d{3})\/?(\d{4})\/?(\d{5})(?:\+{3}|\*{3})?$/.exec(text);
  if (belgian !== null && belgianCheck(belgian.slice(1).join(''))) return { text, standing: 'checked' };
  return { text: written.trim(), standing: 'other' };
}

function isoCheck(reference: string): boolean {
  let remainder = 0;
  for (const character of reference.slice(4) + reference.slice(0, 4)) {
    const value = Number.parseInt(character, 36);
    remainder = (remainder * (value > 9 ? 100 : 10) + value) % 97;
  }
  return remainder === 1;
}

function recursiveCheck(digits: string): boolean {
  let carry = 0;
  for (const digit of digits.slice(0, -1)) carry = CARRY[(carry + (digit.charCodeAt(0) - 48)) % 10] ?? 0;
  return (10 - carry) % 10 === digits.charCodeAt(digits.length - 1) - 48;
}

function belgianCheck(digits: string): boolean {
  const remainder = BigInt(digits.slice(0, 10)) % 97n;
  return (remainder === 0n ? 97n : remainder) === BigInt(digits.slice(10));
}
