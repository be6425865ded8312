import { expiriesSoon } from './expiries.js';

const now = new Date('2026-03-01T12:00:00Z');
const expiry = (at: string): { what: string; at: string; cure: string } => ({ what: 'consent', at, cure: 'renew it' });

describe('what ends soon', () => {
  it.each([
    ['2026-03-31T12:00:00Z', 1], ['2026-03-31T12:00:01Z', 0], ['2026-02-01T00:00:00Z', 1], ['not an instant', 0],
  ])('of one that ends at %s tells %i', (at, told) => {
    expect(expiriesSoon([expiry(at)], now)).toHaveLength(told);
  });
});
