import { SeededRandom } from '../simulation/random.js';

const LETTERS = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
const SYMBOLS = `${LETTERS}0123456789`;
const ID_LENGTH = 37;
const REQUEST_ID_LENGTH = 15;
const HEX = '0123456789abcdef';

/** Ids and tokens in the vendor's formats, from a seed. Ids are case-sensitive (reference "Transport"). */
export class Identifiers {
  private readonly random: SeededRandom;

  constructor(seed: number) {
    this.random = new SeededRandom(seed);
  }

  /** An Item, account or transaction. */
  id(): string {
    return this.text(ID_LENGTH, SYMBOLS);
  }

  /** Another id that differs from this one in nothing but the case of letters. */
  caseTwin(id: string): string {
    const swapped = [...id].map((symbol) => (symbol === symbol.toLowerCase() ? symbol.toUpperCase() : symbol.toLowerCase())).join('');
    return swapped === id ? this.id() : swapped;
  }

  requestId(): string {
    return this.text(REQUEST_ID_LENGTH, SYMBOLS);
  }

  /** `access-sandbox-` and a UUID. */
  token(kind: 'access' | 'public' | 'link', environment: string): string {
    return `${kind}-${environment}-${this.uuid()}`;
  }

  uuid(): string {
    return [8, 4, 4, 4, 12].map((length) => this.text(length, HEX)).join('-');
  }

  /** The id of a client: 24 hexadecimal digits; a secret has 30. */
  hexadecimal(length: number): string {
    return this.text(length, HEX);
  }

  private text(length: number, symbols: string): string {
    let text = '';
    for (let position = 0; position < length; position += 1) text += symbols[this.random.between(0, symbols.length - 1)];
    return text;
  }
}
