import { PlaidError } from '../errors.js';
import type { Identifiers } from '../identifiers.js';
import { INSTITUTIONS, type Institution } from './institutions.js';
import type { Item } from './item.js';

export interface Client {
  readonly clientId: string;
  readonly secret: string;
}

export interface PublicToken {
  readonly item: Item;
  readonly expiresMs: number;
  used: boolean;
}

/** What a Link session was asked for. */
export interface LinkToken {
  readonly token: string;
  readonly clientId: string;
  readonly expiresMs: number;
  /** The Item to repair; null when a new one is to be linked. */
  readonly update: Item | null;
  readonly products: readonly string[];
  readonly webhook: string | null;
  readonly daysRequested: number | null;
}

const CLIENT_ID_LENGTH = 24;
const SECRET_LENGTH = 30;

/** Clients, tokens and Items. */
export class Book {
  readonly clients = new Map<string, Client>();
  readonly items = new Map<string, Item>();
  readonly publicTokens = new Map<string, PublicToken>();
  readonly linkTokens = new Map<string, LinkToken>();
  readonly institutions = new Map<string, Institution>(INSTITUTIONS.map((institution) => [institution.id, institution]));
  private readonly byAccessToken = new Map<string, Item>();

  constructor(private readonly identifiers: Identifiers) {}

  registerClient(): Client {
    const client = { clientId: this.identifiers.hexadecimal(CLIENT_ID_LENGTH), secret: this.identifiers.hexadecimal(SECRET_LENGTH) };
    this.clients.set(client.clientId, client);
    return client;
  }

  keep(item: Item): void {
    this.items.set(item.itemId, item);
    this.byAccessToken.set(item.accessToken, item);
  }

  institution(id: string): Institution {
    const institution = this.institutions.get(id);
    if (institution === undefined) throw new PlaidError('INVALID_INSTITUTION');
    return institution;
  }

  /** The client's Item. @throws PlaidError INVALID_ACCESS_TOKEN, ITEM_NOT_FOUND once it was removed */
  itemOf(clientId: string, accessToken: string, environment: string): Item {
    if (!/^access-[a-z]+-[0-9a-f-]{36}$/.test(accessToken)) throw new PlaidError('INVALID_ACCESS_TOKEN', 'provided access token is in an invalid format. expected format: access-<environment>-<identifier>');
    if (!accessToken.startsWith(`access-${environment}-`)) throw new PlaidError('INVALID_ACCESS_TOKEN', `provided access token is for the wrong Plaid environment. expected "${environment}"`);
    const item = this.byAccessToken.get(accessToken);
    if (item === undefined || item.clientId !== clientId) throw new PlaidError('INVALID_ACCESS_TOKEN');
    if (item.removed) throw new PlaidError('ITEM_NOT_FOUND');
    return item;
  }
}
