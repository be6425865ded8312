/** A refusal as the vendor words it: `error_type`, `error_code`, optionally a reason, a message for developers and one for the person (reference "Errors"). */
export class PlaidError extends Error {
  override readonly name = 'PlaidError';

  constructor(
    readonly code: string,
    message: string = CATALOGUE[code]?.message ?? 'an error occurred',
    readonly options: { readonly reason?: string | null; readonly status?: number; readonly type?: string } = {},
  ) {
    super(message);
  }

  get type(): string {
    return this.options.type ?? typeOf(this.code);
  }

  get displayMessage(): string | null {
    return CATALOGUE[this.code]?.display ?? null;
  }
}

interface Entry {
  readonly type: string;
  readonly message: string;
  readonly display?: string;
}

const RELINK = 'The username or password provided is no longer correct. Please sign in to your bank again.';
const item = (message: string, display?: string): Entry => ({ type: 'ITEM_ERROR', message, ...(display === undefined ? {} : { display }) });
const request = (message: string): Entry => ({ type: 'INVALID_REQUEST', message });
const input = (message: string): Entry => ({ type: 'INVALID_INPUT', message });
const institution = (message: string, display?: string): Entry => ({ type: 'INSTITUTION_ERROR', message, ...(display === undefined ? {} : { display }) });
const limit = (message: string): Entry => ({ type: 'RATE_LIMIT_EXCEEDED', message });

/** Every code of the reference and what the routes here need besides; the texts are our own wording, clients decide on the code. */
const CATALOGUE: Readonly<Record<string, Entry>> = {
  ITEM_LOGIN_REQUIRED: item('the login details of this item have changed (credentials, MFA, or required user action) and a user login is required to update this information. use Link\'s update mode to restore the item to a good state', RELINK),
  ACCESS_NOT_GRANTED: item('access to this product was not granted for the account', 'You need to grant access to continue.'),
  NO_ACCOUNTS: item('no valid accounts were found for this item', 'No valid accounts were found at the financial institution.'),
  ITEM_LOCKED: item('the account is locked. prompt the user to visit the institution\'s site and unlock their account', 'The given account has been locked by the financial institution.'),
  INVALID_CREDENTIALS: item('the provided credentials were not correct', 'The provided credentials were not correct. Please try again.'),
  ITEM_NOT_FOUND: item('The Item you requested cannot be found. This Item does not exist, has been previously removed via /item/remove, or has had access removed by the user.'),
  PRODUCT_NOT_READY: item('the requested product is not yet ready. please provide a webhook or try the request again later'),
  USER_PERMISSION_REVOKED: item('the holder of this account has revoked their permission for your application to access it'),
  PRODUCTS_NOT_SUPPORTED: item('the following products are not supported by this institution'),
  ADDITIONAL_CONSENT_REQUIRED: input('client does not have user consent to access the requested product. use Link\'s update mode to request it'),
  INVALID_ACCESS_TOKEN: input('could not find matching access token'),
  INVALID_PUBLIC_TOKEN: input('could not find matching public token'),
  INVALID_API_KEYS: input('invalid client_id or secret provided'),
  INVALID_ACCOUNT_ID: input('one or more of the requested account ids does not exist for this item'),
  INVALID_INSTITUTION: input('invalid institution_id provided'),
  INVALID_PRODUCT: input('client is not authorized to access the requested products'),
  INVALID_WEBHOOK_VERIFICATION_KEY_ID: input('invalid key_id provided'),
  MISSING_FIELDS: request('the following required fields are missing'),
  UNKNOWN_FIELDS: request('the following fields are not recognized by this endpoint'),
  INVALID_FIELD: request('a field has an invalid value'),
  INVALID_BODY: request('body could not be parsed as JSON'),
  NOT_FOUND: request('the requested route was not found'),
  INSTITUTION_DOWN: institution('this institution is not currently responding to this request. please try again soon', 'This financial institution is not currently responding to requests.'),
  INSTITUTION_NOT_RESPONDING: institution('this institution is not currently responding to this request. please try again soon', 'This financial institution is not currently responding to requests.'),
  INSTITUTION_NOT_AVAILABLE: institution('this institution is not currently available', 'This financial institution is not currently available.'),
  INSTITUTION_NO_LONGER_SUPPORTED: institution('this institution is no longer supported'),
  INTERNAL_SERVER_ERROR: { type: 'API_ERROR', message: 'an unexpected error occurred' },
  PLANNED_MAINTENANCE: { type: 'API_ERROR', message: 'the API is currently undergoing planned maintenance. please try again later' },
  TRANSACTIONS_SYNC_MUTATION_DURING_PAGINATION: { type: 'TRANSACTIONS_ERROR', message: 'Underlying transaction data changed since last page was fetched. Please restart pagination from last update.' },
  SANDBOX_WEBHOOK_INVALID: { type: 'SANDBOX_ERROR', message: 'webhook for this item is either not set up, or invalid' },
  SANDBOX_PRODUCT_NOT_ENABLED: { type: 'SANDBOX_ERROR', message: 'the requested product is not enabled for this item' },
  TRANSACTIONS_SYNC_LIMIT: limit('rate limit exceeded for attempts to access this item. please try again later'),
  TRANSACTIONS_LIMIT: limit('rate limit exceeded for attempts to access this item. please try again later'),
  ITEM_GET_LIMIT: limit('rate limit exceeded for attempts to access this item. please try again later'),
  ACCOUNTS_LIMIT: limit('rate limit exceeded for attempts to access this item. please try again later'),
  RATE_LIMIT: limit('rate limit exceeded. please try again later'),
};

export const ERROR_CODES: readonly string[] = Object.keys(CATALOGUE);

export function typeOf(code: string): string {
  return CATALOGUE[code]?.type ?? 'API_ERROR';
}

/** Nearly everything is 400 (reference "Errors"). */
export function statusOf(error: PlaidError, internalErrorStatus: number): number {
  if (error.options.status !== undefined) return error.options.status;
  if (error.code === 'NOT_FOUND') return 404;
  if (error.code === 'INTERNAL_SERVER_ERROR') return internalErrorStatus;
  return error.type === 'RATE_LIMIT_EXCEEDED' ? 429 : 400;
}

/** The envelope without request id: as webhooks and /item/get carry it. */
export function errorView(error: PlaidError): Record<string, unknown> {
  return {
    error_type: error.type, error_code: error.code, ...(error.options.reason === undefined || error.options.reason === null ? {} : { error_code_reason: error.options.reason }), error_message: error.message,
    display_message: error.displayMessage, documentation_url: 'https://plaid.com/docs/errors/', suggested_action: null,
  };
}

/** The refused field, named. */
export function invalidField(field: string, problem: string): PlaidError {
  return new PlaidError('INVALID_FIELD', `${field} ${problem}`);
}
