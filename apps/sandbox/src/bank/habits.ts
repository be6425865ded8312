import type { BookCustomer, Channel } from './book.js';
import { Randomness } from './randomness.js';

export type ReferenceHabit = 'numbers' | 'purchaseOrder' | 'voucher' | 'statementDay' | 'nothing';

/** How one payer behaves, the same in every payment: drawn from the seed and its id alone. */
export interface PayerHabits {
  readonly channel: Channel;
  readonly reference: ReferenceHabit;
  readonly account: string;
  readonly companyId: string;
  /** Payments in a thousand that show account or company id. */
  readonly identifierPerMille: number;
  /** A central payer settles its children's invoices. */
  readonly paysForChildren: boolean;
  readonly netsCredits: boolean;
}

/** Rates of the generator specification, sections 8.3 and 8.5; of the channels no public figure is known. */
export function habitsOf(customer: BookCustomer, seed: number | string): PayerHabits {
  const random = new Randomness(`${seed}/payer/${customer.id}`);
  return {
    channel: random.weighted([['ach', 45], ['wire', 20], ['check', 15], ['lockbox', 20]]),
    reference: random.weighted([['numbers', 55], ['purchaseOrder', 10], ['voucher', 10], ['statementDay', 5], ['nothing', 20]]),
    account: random.digits(10),
    companyId: `1${random.digits(9)}`,
    identifierPerMille: random.weighted([[1000, 70], [400, 20], [0, 10]]),
    paysForChildren: random.chance(500),
    netsCredits: random.chance(300),
  };
}
