import type { Bank } from '../book/bank.js';
import type { Book } from '../book/book.js';
import type { Item } from '../book/item.js';
import type { Lifecycle } from '../book/lifecycle.js';
import { PlaidError } from '../errors.js';
import type { Identifiers } from '../identifiers.js';
import type { SeededRandom } from '../../simulation/random.js';
import type { PlaidSettings, RequestClass } from '../settings.js';
import type { KeyRing } from '../webhooks/key-ring.js';
import type { Notices } from '../webhooks/notices.js';
import type { Fields, Input } from './fields.js';

/** What every endpoint works on. */
export interface Vendor {
  readonly settings: PlaidSettings;
  readonly book: Book;
  readonly bank: Bank;
  readonly lifecycle: Lifecycle;
  readonly notices: Notices;
  readonly keys: KeyRing;
  readonly identifiers: Identifiers;
  /** For rows the dynamic test user gets. */
  readonly random: SeededRandom;
  readonly nowMs: () => number;
  readonly today: () => string;
}

/** An admitted request: its fields are checked, the client is known. */
export interface Request {
  readonly clientId: string;
  readonly input: Input;
}

export interface Endpoint {
  readonly requestClass: RequestClass;
  readonly fields: Fields;
  /** The answer without request id. @throws PlaidError */
  readonly answer: (vendor: Vendor, request: Request, item: Item | null) => Record<string, unknown>;
}

export const ACCESS_TOKEN: Fields = { access_token: { kind: 'text', required: true } };

/** The Item of an endpoint that asks for an access token. */
export function itemIn(item: Item | null): Item {
  if (item === null) throw new PlaidError('MISSING_FIELDS', 'the following required fields are missing: access_token');
  return item;
}
