import { ALL_DELIVERIES_PER_MINUTE_MAX, DELIVERIES_PER_MINUTE_MAX, DeliveryPace } from './delivery-pace.js';

describe('the pace of deliveries', () => {
  it('admits so many of one connection a minute, without touching another, and all again in the next', () => {
    const pace = new DeliveryPace();
    const taken = Array.from({ length: DELIVERIES_PER_MINUTE_MAX + 1 }, () => pace.admits('1', 0));
    expect(taken.filter(Boolean)).toHaveLength(DELIVERIES_PER_MINUTE_MAX);
    expect(pace.admits('2', 59_999)).toBe(true);
    expect(pace.admits('1', 60_000)).toBe(true);
  });

  it('bounds all connections together, so that made-up ids cost nothing', () => {
    const pace = new DeliveryPace();
    const taken = Array.from({ length: ALL_DELIVERIES_PER_MINUTE_MAX + 5 }, (_, index) => pace.admits(String(index), 0));
    expect(taken.filter(Boolean)).toHaveLength(ALL_DELIVERIES_PER_MINUTE_MAX);
  });
});
