import fc from 'fast-check';
import { compareAnswer, compareBooking } from './compare-booking.js';

const step = { stepKey: 's', action: 'create' as const, expected: { fields: { amount: '10.00', currency: 'USD' }, applications: [{ externalId: '7', amount: '10.00' }] } };
const booked = { stepKey: 's', externalId: '91', fields: { amount: '10.00', currency: 'USD', memo: 'theirs' }, applications: [{ externalId: '7', amount: '10.00' }] };

describe('comparing a booking with its plan', () => {
  it('finds nothing when every planned field and application is there', () => {
    expect(compareBooking(step, booked)).toEqual([]);
  });

  it('names each field with what was planned and what is held', () => {
    expect(compareBooking(step, { ...booked, fields: { amount: '9.99' } })).toEqual([
      { stepKey: 's', field: 'amount', expected: '10.00', booked: '9.99' },
      { stepKey: 's', field: 'currency', expected: 'USD', booked: null },
    ]);
  });

  it('wants exactly the planned applications: one missing, one changed and one too many are three differences', () => {
    const expected = { ...step, expected: { fields: {}, applications: [{ externalId: '1', amount: '5.00' }, { externalId: '2', amount: '3.00' }] } };
    expect(compareBooking(expected, { ...booked, applications: [{ externalId: '2', amount: '3.01' }, { externalId: '3', amount: '1.00' }] })).toEqual([
      { stepKey: 's', field: 'applications[1]', expected: '5.00', booked: null },
      { stepKey: 's', field: 'applications[2]', expected: '3.00', booked: '3.01' },
      { stepKey: 's', field: 'applications[3]', expected: null, booked: '1.00' },
    ]);
  });

  it('takes a record that is not there for a difference, and one that is gone after a delete for none', () => {
    expect(compareBooking(step, { ...booked, externalId: null })).toEqual([{ stepKey: 's', field: 'externalId', expected: 'a record', booked: null }]);
    expect(compareBooking({ ...step, action: 'delete' }, { ...booked, externalId: null })).toEqual([]);
    expect(compareBooking({ ...step, action: 'delete' }, booked)).toEqual([{ stepKey: 's', field: 'externalId', expected: null, booked: '91' }]);
  });

  it('does not care for the order of applications, also of several to one document', () => {
    const applications = fc.array(fc.record({ externalId: fc.constantFrom('1', '2', '3'), amount: fc.constantFrom('1.00', '2.00', '10.00') }));
    fc.assert(fc.property(applications, (list) => {
      expect(compareBooking({ ...step, expected: { fields: {}, applications: list } }, { ...booked, applications: [...list].reverse() })).toEqual([]);
    }));
  });
});

describe('an acknowledgement', () => {
  const planned = { stepKey: 'k', expected: { fields: { amount: '10.00', customer: 'C1' }, applications: [{ externalId: '7', amount: '10.00' }] } };

  it('is compared in what it repeats, and in nothing else', () => {
    expect(compareAnswer(planned, { fields: {}, applications: null })).toEqual([]);
    expect(compareAnswer(planned, { fields: { amount: '10.00', voucher: 'V9' }, applications: null })).toEqual([]);
    expect(compareAnswer(planned, { fields: { amount: '9.00' }, applications: null })).toEqual([{ stepKey: 'k', field: 'amount', expected: '10.00', booked: '9.00' }]);
  });

  it('that names applications must name all of them', () => {
    expect(compareAnswer(planned, { fields: {}, applications: [{ externalId: '7', amount: '10.00' }] })).toEqual([]);
    expect(compareAnswer(planned, { fields: {}, applications: [] })).toEqual([{ stepKey: 'k', field: 'applications[7]', expected: '10.00', booked: null }]);
  });
});
