import fc from 'fast-check';
import { archivedAs, archiveName } from './archive-name.js';
import { DIGEST_LENGTH } from './intake.js';

const instant = fc.date({ min: new Date('1970-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59Z'), noInvalidDate: true });
const digest = fc.stringMatching(new RegExp(`^[0-9a-f]{${DIGEST_LENGTH}}$`));

describe('a name in the archive', () => {
  it('says when the file was taken and written and what it holds, whatever it was called', () => {
    fc.assert(fc.property(instant, instant, digest, fc.string({ unit: 'binary' }), (takenAt, modifiedAt, known, name) => {
      const as = { takenAt, modifiedAt, digest: known };
      expect(archivedAs(archiveName(as, name))).toEqual(as);
      expect(archiveName(as, name).length).toBeLessThanOrEqual(200);
    }));
  });

  it('sorts by the instant it was taken', () => {
    fc.assert(fc.property(instant, instant, (left, right) => {
      const [first, second] = [left, right].map((takenAt) => archiveName({ takenAt, modifiedAt: takenAt, digest: '0'.repeat(DIGEST_LENGTH) }, 'x'));
      expect(String(first) < String(second)).toBe(left.getTime() < right.getTime());
    }));
  });

  it.each(['orders.csv', 'duplicate_20260101T000000000Z_orders.csv', '20260101T000000000Z_orders.csv'])('is none of ours: %s', (name) => {
    expect(archivedAs(name)).toBeNull();
  });
});
