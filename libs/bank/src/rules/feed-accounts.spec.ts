import { recogniseAccounts, type AccountMarks } from './feed-accounts.js';

const account = (externalId: string, given: Partial<AccountMarks> = {}): AccountMarks => ({ externalId, persistentId: null, institution: 'First Bank', mask: '0000', currency: 'USD', ...given });
const recognised = (listed: AccountMarks[], known: AccountMarks[]): (string | null)[] => recogniseAccounts(listed, known).map((each) => each?.externalId ?? null);

describe('an account a feed lists', () => {
  it('is known by its id, whatever else changed', () => {
    expect(recognised([account('a', { mask: '1111', institution: 'Renamed' })], [account('a')])).toEqual(['a']);
  });

  it('is known by the id that survives a new login', () => {
    expect(recognised([account('x', { persistentId: 'p', mask: '9999' })], [account('a', { persistentId: 'p' })])).toEqual(['a']);
  });

  it('is known by bank and last digits when one went and one came', () => {
    expect(recognised([account('x'), account('y', { mask: '1111' })], [account('a'), account('b', { mask: '1111' })])).toEqual(['a', 'b']);
  });

  it.each<[string, AccountMarks[], AccountMarks[]]>([
    ['two that went look alike', [account('x')], [account('a'), account('b')]],
    ['two that came look alike', [account('x'), account('y')], [account('a')]],
    ['the bank shows no digits', [account('x', { mask: null })], [account('a', { mask: null })]],
    ['the currencies differ', [account('x', { currency: 'EUR' })], [account('a')]],
    ['the surviving ids differ', [account('x', { persistentId: 'p' })], [account('a', { persistentId: 'q' })]],
    ['the look-alike is still there', [account('a'), account('x')], [account('a')]],
  ])('is a new one when %s', (_why, listed, known) => {
    expect(recognised(listed, known).filter((each) => each !== 'a' || !listed.some(({ externalId }) => externalId === 'a'))).toEqual(listed.filter(({ externalId }) => externalId !== 'a').map(() => null));
  });
});
