/** Seeded, portable randomness (sfc32): the same seed gives the same company and the same faults on every machine. */
export class SeededRandom {
  private a: number;
  private b = 0x9e3779b9;
  private c = 0x243f6a88;
  private counter = 1;

  constructor(seed: number) {
    this.a = seed | 0;
    for (let round = 0; round < 15; round += 1) this.next();
  }

  /** 0 <= x < 1 */
  next(): number {
    const sum = (this.a + this.b + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = ((this.c << 21) | (this.c >>> 11)) + sum | 0;
    return (sum >>> 0) / 4_294_967_296;
  }

  /** An integer, both ends included. */
  between(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1));
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<T>(list: readonly T[]): T {
    const item = list[Math.floor(this.next() * list.length)];
    if (item === undefined) throw new RangeError('nothing to pick from');
    return item;
  }

  /** An index below `count`, low ones far more often: Zipf-like skew as real customers and words have. */
  skewed(count: number): number {
    return Math.min(count - 1, Math.floor(count ** this.next()) - 1 + (this.chance(0.2) ? this.between(0, count - 1) : 0));
  }
}
