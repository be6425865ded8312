import type { BookInvoice } from './book.js';
import type { ReferenceHabit } from './habits.js';
import type { Randomness } from './randomness.js';

type NumberForm = 'intact' | 'digitsOnly' | 'separatorLost' | 'prefixBlank' | 'wrong';

const WORDS = ['INV', 'INVOICE', 'INVOICES', 'INV#', 'BILL', 'FACT.', 'RE.', ''] as const;
const NOTHING = ['', 'SEE ATTACHED', 'PER REMITTANCE', 'MULTIPLE', 'PAYMENT', 'VENDOR PAYMENT', 'THANK YOU'] as const;

/** What the payer writes about the documents it settles, before the channel cuts it. The form chosen is added to `tags`. */
export function writeReferences(invoices: readonly BookInvoice[], habit: ReferenceHabit, lastDay: string, random: Randomness, tags: string[]): string {
  if (invoices.length === 0) {
    tags.push('reference:none');
    return random.pick(['DEPOSIT', 'ON ACCOUNT', 'PREPAYMENT', '']);
  }
  if (habit === 'numbers') return writeNumbers(invoices, random, tags);
  tags.push(`reference:${habit}`);
  if (habit === 'purchaseOrder') {
    const orders = [...new Set(invoices.map(({ purchaseOrder }) => purchaseOrder ?? '').filter((order) => order !== ''))];
    return orders.length === 0 ? random.pick(NOTHING) : `PO ${orders.join(' ')}`;
  }
  if (habit === 'voucher') return `VOUCHER ${random.digits(7)}`;
  return habit === 'statementDay' ? `STATEMENT ${lastDay}` : random.pick(NOTHING);
}

function writeNumbers(invoices: readonly BookInvoice[], random: Randomness, tags: string[]): string {
  const form = random.weighted<NumberForm>([['intact', 50], ['digitsOnly', 25], ['separatorLost', 10], ['prefixBlank', 10], ['wrong', 5]]);
  const wrongAt = random.below(invoices.length);
  const numbers = invoices.map(({ number }, index) => written(number, form === 'wrong' && index !== wrongAt ? 'intact' : form, random));
  tags.push(`reference:${form}`);
  if (form === 'digitsOnly' && numbers.length > 1 && random.chance(150)) {
    const shared = sharedStart(numbers);
    if (shared >= 3) {
      tags.push('reference:suffixList');
      return `INV ${numbers[0] ?? ''}${numbers.slice(1).map((number) => `/${number.slice(shared)}`).join('')}`;
    }
  }
  const word = random.pick(WORDS);
  return `${word === '' ? '' : `${word} `}${numbers.join(random.pick([', ', ' ', '/', ' + ', ',']))}`;
}

function written(number: string, form: NumberForm, random: Randomness): string {
  switch (form) {
    case 'intact': return number;
    case 'digitsOnly': return number.replace(/\D/g, '') || number;
    case 'separatorLost': return number.replace(/[^A-Za-z0-9]/g, '');
    case 'prefixBlank': return number.replace(/^([A-Za-z]+)[^A-Za-z0-9]*/, '$1 ');
    case 'wrong': return random.chance(500) ? number.slice(0, -1) : withWrongDigit(number, random);
  }
}

function withWrongDigit(number: string, random: Randomness): string {
  const places = [...number].flatMap((character, index) => (/\d/.test(character) ? [index] : []));
  if (places.length === 0) return number;
  const at = random.pick(places);
  return number.slice(0, at) + String((Number(number.charAt(at)) + 1 + random.below(9)) % 10) + number.slice(at + 1);
}

/** Length of the start all numbers share, so long as each keeps two digits of its own. */
function sharedStart(numbers: readonly string[]): number {
  const [first = ''] = numbers;
  let shared = 0;
  while (shared < first.length - 2 && numbers.every((number) => number.length === first.length && number.charAt(shared) === first.charAt(shared))) shared += 1;
  return shared;
}
