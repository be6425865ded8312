import { DELIVERIES_PER_MINUTE_MAX, DeliveryPace, UNKNOWN_DELIVERIES_PER_MINUTE_MAX } from './delivery-pace.js';

describe('the pace of deliveries', () => {
  it('admits so many of one connection a minute, without touching another, and all again in the next', () => {
    const pace = new DeliveryPace();
    const taken = Array.from({ length: DELIVERIES_PER_MINUTE_MAX + 1 }, () => pace.admits('1', 0));
    expect(taken.filter(Boolean)).toHaveLength(DELIVERIES_PER_MINUTE_MAX);
    expect(pace.admits('2', 59_999)).toBe(true);
    expect(pace.admits('1', 60_000)).toBe(true);
  });

  it('bounds unknown ids together, and takes nothing from known connections for it', () => {
    const pace = new DeliveryPace();
    const taken = Array.from({ length: UNKNOWN_DELIVERIES_PER_MINUTE_MAX + 5_000 }, () => pace.admitsUnknown(0));
    expect(taken.filter(Boolean)).toHaveLength(UNKNOWN_DELIVERIES_PER_MINUTE_MAX);
    expect(Array.from({ length: 100 }, (_, id) => pace.admits(String(id), 0)).every(Boolean)).toBe(true);
    expect(pace.admitsUnknown(60_000)).toBe(true);
  });
});
