import { parseMoney, type BankTransactionStatus } from '#canonical';
import { statusOfChange, statusOfWithdrawal, type FeedLineState } from './feed-status.js';

const line = (status: BankTransactionStatus, given: Partial<FeedLineState> = {}): FeedLineState => ({
  status, statusBecause: 'as it was', decidedBy: null, amount: parseMoney('100.00', 'USD'), withdrawn: false, postingIds: [], ...given,
});
const same = { amount: parseMoney('100.00', 'USD'), first: { status: 'potentialPayment', because: null } } as const;
const other = { ...same, amount: parseMoney('101.00', 'USD') };

describe('the status of a line that a feed takes back', () => {
  it.each<[BankTransactionStatus]>([['potentialPayment'], ['needsAllocation'], ['notPayment']])('is put aside when it was %s', (status) => {
    expect(statusOfWithdrawal(line(status))).toEqual({ status: 'notPayment', because: 'the bank took this line back', supersedes: true });
  });

  it('keeps the reason a person gave', () => {
    expect(statusOfWithdrawal(line('notPayment', { decidedBy: 'anna' }))).toEqual({ status: 'notPayment', because: 'as it was', supersedes: false });
  });

  it('asks for a person when it was matched', () => {
    expect(statusOfWithdrawal(line('readyToPost'))).toMatchObject({ status: 'attention', because: expect.stringContaining('after it was matched') as string });
  });

  it.each<[BankTransactionStatus]>([['posting'], ['posted'], ['attention']])('says which posting must be reversed when it was %s', (status) => {
    expect(statusOfWithdrawal(line(status, { postingIds: ['12', '13'] }))).toMatchObject({ status: 'attention', because: expect.stringContaining('posting 12, posting 13): a reversal is needed (POST /v1/postings/12/reversal)') as string });
  });
});

describe('the status of a line that a feed changes', () => {
  it('is found anew while nothing of it is in the ERP', () => {
    for (const status of ['potentialPayment', 'needsAllocation', 'readyToPost', 'notPayment'] as const) {
      expect(statusOfChange(line(status), other)).toEqual({ status: 'potentialPayment', because: null, supersedes: true });
    }
    expect(statusOfChange(line('attention', { withdrawn: true }), same)).toMatchObject({ status: 'potentialPayment' });
  });

  it('stays where a person put it', () => {
    expect(statusOfChange(line('notPayment', { decidedBy: 'anna' }), other)).toMatchObject({ status: 'notPayment', supersedes: false });
  });

  it('asks for a person when the amount changes after it was posted, and leaves it when only a text does', () => {
    expect(statusOfChange(line('posted', { postingIds: ['12'] }), other)).toMatchObject({
      status: 'attention', because: 'the bank changed the amount from 100.00 USD to 101.00 USD after it was posted (posting 12): reverse it there, then apply the line anew',
    });
    expect(statusOfChange(line('posted', { postingIds: ['12'] }), same)).toMatchObject({ status: 'posted', because: 'as it was' });
  });

  it('asks for a person when a posted line returns', () => {
    expect(statusOfChange(line('attention', { postingIds: ['12'], withdrawn: true }), same)).toMatchObject({ status: 'attention', because: expect.stringContaining('sent it again') as string });
  });
});
