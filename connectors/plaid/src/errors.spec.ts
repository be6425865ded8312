import { ConnectorError } from '#connector-kit';
import { CODE_RULES, errorOf, PLAID_ERROR, rateLimitDelayMs } from './errors.js';

const failureOf = (error_code: string, status = 400): ConnectorError['failure'] => errorOf('/transactions/sync', PLAID_ERROR.parse({ error_code, error_message: 'in words' }), status).failure;

describe('an error of Plaid', () => {
  it.each([
    ['ITEM_LOGIN_REQUIRED', 'signInAgain'], ['ACCESS_NOT_GRANTED', 'signInAgain'], ['NO_ACCOUNTS', 'signInAgain'], ['ITEM_LOCKED', 'signInAgain'], ['INVALID_CREDENTIALS', 'signInAgain'],
    ['ADDITIONAL_CONSENT_REQUIRED', 'signInAgain'], ['ITEM_NOT_FOUND', 'linkAnew'], ['USER_PERMISSION_REVOKED', 'linkAnew'], ['INVALID_ACCESS_TOKEN', 'linkAnew'], ['INVALID_API_KEYS', 'settings'],
  ])('%s is for a person, who mends it by %s', (code, cure) => {
    expect(failureOf(code)).toMatchObject({ kind: 'auth', cure });
  });

  it.each([
    'INSTITUTION_DOWN', 'INSTITUTION_NOT_RESPONDING', 'INSTITUTION_NOT_AVAILABLE', 'INTERNAL_SERVER_ERROR', 'PLANNED_MAINTENANCE', 'PRODUCT_NOT_READY',
    'TRANSACTIONS_SYNC_MUTATION_DURING_PAGINATION',
  ])('%s passes', (code) => {
    expect(failureOf(code)).toEqual({ kind: 'transient' });
  });

  it.each(['MISSING_FIELDS', 'UNKNOWN_FIELDS', 'INVALID_FIELD', 'INVALID_BODY', 'PRODUCTS_NOT_SUPPORTED', 'INVALID_ACCOUNT_ID', 'INSTITUTION_NO_LONGER_SUPPORTED'])('%s fails loudly', (code) => {
    expect(failureOf(code)).toMatchObject({ kind: 'invalid', issues: [{ value: code }] });
  });

  it('of any limit is a rate limit, whatever the status says', () => {
    for (const [code, status] of [['TRANSACTIONS_SYNC_LIMIT', 429], ['ITEM_GET_LIMIT', 400], ['SOMETHING_NEW', 429]] as const) expect(failureOf(code, status)).toMatchObject({ kind: 'rateLimited' });
  });

  it('with a code nobody knows passes when it is the server\'s, and is a mistake when it is ours', () => {
    expect([failureOf('NEWS', 503).kind, failureOf('NEWS', 400).kind]).toEqual(['transient', 'invalid']);
    // Names of every object's own are no codes.
    expect(failureOf('constructor', 400).kind).toBe('invalid');
  });

  it('is decided by its code alone: the documentation gives one code two types', () => {
    for (const error_type of ['INVALID_INPUT', 'ITEM_ERROR']) {
      const error = errorOf('x', PLAID_ERROR.parse({ error_type, error_code: 'USER_PERMISSION_REVOKED' }), 400);
      expect(error.failure).toMatchObject({ kind: 'auth', cure: 'linkAnew' });
    }
  });

  it('tells the code, the bank\'s reason, the request and the cure', () => {
    const error = errorOf('/item/get', PLAID_ERROR.parse({ error_code: 'ITEM_LOGIN_REQUIRED', error_code_reason: 'OAUTH_CONSENT_EXPIRED', error_message: 'the login details changed', request_id: 'abc' }), 400);
    expect(error.message).toBe('Plaid /item/get: ITEM_LOGIN_REQUIRED (the consent has expired): the login details changed, request abc. '
      + 'The bank asks its owner to sign in again: repair the login with `tributary bank link --update`.');
  });

  it('has a cure in words for every code', () => {
    expect(Object.entries(CODE_RULES).filter(([, { cure }]) => cure.split(' ').length < 4)).toEqual([]);
  });

  it('waits what it is told, else between half a minute and a whole one', () => {
    expect([rateLimitDelayMs('7'), rateLimitDelayMs('9999'), rateLimitDelayMs(null, () => 0), rateLimitDelayMs('soon', (below) => below - 1)]).toEqual([7_000, 600_000, 30_000, 60_000]);
  });
});
