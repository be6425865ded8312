import { timingSafeEqual } from 'node:crypto';
import type { Endpoint, Request, Vendor } from '../endpoints/endpoint.js';
import { checkInput, type Input } from '../endpoints/fields.js';
import { endpointAt } from '../endpoints/routes.js';
import { pageOf } from '../endpoints/sync.js';
import { PlaidError } from '../errors.js';
import type { Item } from '../book/item.js';
import type { Fault, FaultKind, Faults } from '../faults/faults.js';
import { limitCode, type RateLimits } from '../faults/rate-limits.js';
import { headerOf, type Call } from './message.js';

/** A request that may be worked on, and what goes wrong with it. */
export interface Admitted {
  readonly endpoint: Endpoint;
  readonly request: Request;
  readonly item: Item | null;
  readonly struck: ReadonlyMap<FaultKind, Fault>;
}

/** Who asks for what, and may they: everything before the work itself. */
export class Desk {
  constructor(private readonly vendor: Vendor, private readonly faults: Faults, private readonly limits: RateLimits) {}

  /** @throws PlaidError NOT_FOUND, INVALID_BODY, INVALID_API_KEYS, the refusals of fields, tokens and limits */
  admit(call: Call): Admitted {
    const { settings, book } = this.vendor;
    const endpoint = endpointAt(call.method, call.path, settings.environment);
    if (endpoint === null) throw new PlaidError('NOT_FOUND');
    const input = inputOf(call);
    const clientId = this.clientOf(call, input);
    checkInput(input, endpoint.fields);
    // A Link token may name an Item to repair; the endpoint itself looks for that one.
    const item = endpoint.fields['access_token']?.required === true ? book.itemOf(clientId, String(input['access_token']), settings.environment) : null;
    const struck = this.faults.draw(endpoint.requestClass, { ...(item === null ? {} : { itemId: item.itemId }), ...(endpoint.requestClass === 'sync' ? { page: pageOf(input) } : {}) });
    if (struck.has('throttle')) throw new PlaidError(limitCode(endpoint.requestClass));
    this.limits.pass(endpoint.requestClass, clientId, item?.itemId ?? null);
    return { endpoint, request: { clientId, input }, item, struck };
  }

  /** The work. @throws PlaidError of the endpoint, of the Item's state, of a fault */
  work({ endpoint, request, item, struck }: Admitted): Record<string, unknown> {
    const refuse = struck.get('refuse');
    if (refuse?.code !== undefined) throw new PlaidError(refuse.code, undefined, { reason: refuse.reason ?? null, ...(refuse.status === undefined ? {} : { status: refuse.status }) });
    if (struck.has('mutationError')) throw new PlaidError('TRANSACTIONS_SYNC_MUTATION_DURING_PAGINATION');
    if (item?.error !== undefined && item.error !== null && this.vendor.settings.itemErrorBlocks.includes(endpoint.requestClass)) throw item.error;
    if (struck.has('bankMutation') && item !== null && item.stage !== 'NOT_READY') this.vendor.notices.updated(item, this.vendor.bank.update(item, [{ op: 'add', transaction: { amount: '-1.00', name: 'ARRIVED BETWEEN TWO PAGES' } }]));
    return endpoint.answer(this.vendor, request, item);
  }

  /** Credentials in the body or in headers (reference "Transport"); the body is looked at first. */
  private clientOf(call: Call, input: Input): string {
    const clientId = input['client_id'] ?? headerOf(call, 'plaid-client-id');
    const secret = input['secret'] ?? headerOf(call, 'plaid-secret');
    const missing = [...(clientId === undefined ? ['client_id'] : []), ...(secret === undefined ? ['secret'] : [])];
    if (missing.length > 0) throw new PlaidError('MISSING_FIELDS', `the following required fields are missing: ${missing.join(', ')}`);
    const client = this.vendor.book.clients.get(String(clientId));
    if (client === undefined || !equal(client.secret, String(secret))) throw new PlaidError('INVALID_API_KEYS');
    return client.clientId;
  }
}

function equal(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** The body as an object; an empty one is `{}`. @throws PlaidError INVALID_BODY */
function inputOf(call: Call): Input {
  if (call.body.length === 0) return {};
  try {
    const input: unknown = JSON.parse(call.body.toString('utf8'));
    if (typeof input === 'object' && input !== null && !Array.isArray(input)) return input as Input;
  } catch {
    throw new PlaidError('INVALID_BODY');
  }
  throw new PlaidError('INVALID_BODY', 'body must be a JSON object');
}
