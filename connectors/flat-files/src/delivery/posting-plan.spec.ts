import type { LocalDate, PostingIntent } from '#canonical';
import type { PlanTools } from '#connector-kit';
import type { OutboundSettings } from '../flat-file-settings.js';
import { batchKey, renderBatch } from './posting-file.js';
import { planFileReversal, planPosting } from './posting-plan.js';
import { jsonLinesLayout } from '../testing/index.js';

const usd = (minor: bigint): PostingIntent['amount'] => ({ minor, currency: 'USD' });
const share = (externalId: string, amount: bigint, open: bigint): PostingIntent['invoices'][number] => ({ externalId, number: externalId.toUpperCase(), lineExternalId: null, amount: usd(amount), openBefore: usd(open) });
const intent: PostingIntent = {
  idempotencyKey: 'pay_1', customerExternalId: 'K1', companyExternalId: 'C1', postedOn: '2026-03-10' as LocalDate, amount: usd(90_00n), bankAccountExternalId: 'B1', receivablesAccountExternalId: null,
  reference: 'TRN 1', memo: null, invoices: [share('i1', 60_00n, 60_00n), share('i2', 50_00n, 55_00n)], credits: [share('c1', 20_00n, 30_00n)],
  writeOffs: [{ ...share('i2', 5_00n, 55_00n), accountExternalId: 'W1', reasonCode: 'small' }], onAccount: usd(0n),
};
const outbound: OutboundSettings = { layout: 'lines', fileName: 'p-{sequence}-{company}.jsonl', batchBy: ['currency', 'company'], batchPostingsMax: 10, carries: ['credits', 'writeOffs', 'onAccount'], acknowledgements: null };
const tools: PlanTools = { probe: null, config: {}, render: () => { throw new Error('not needed'); }, today: '2026-03-10' as LocalDate };

function stepOf(given: PostingIntent = intent) {
  const plan = planPosting(given, tools, outbound);
  if (!('steps' in plan)) throw new Error('the plan was refused');
  return plan.steps[0];
}

describe('the plan of a posting by file', () => {
  it('lets credits fill the invoices in their order, and cash the rest', () => {
    const { body } = stepOf();
    expect(body['creditApplications']).toEqual([expect.objectContaining({ externalId: 'i1', amount: '20.00', creditExternalId: 'c1' })]);
    expect(body['invoices']).toEqual([expect.objectContaining({ externalId: 'i1', amount: '40.00' }), expect.objectContaining({ externalId: 'i2', amount: '50.00' })]);
    expect(body).toMatchObject({ amount: '90.00', applied: '90.00', onAccount: '0.00', stepKey: 'pay_1-file', writeOffs: [expect.objectContaining({ accountExternalId: 'W1', amount: '5.00' })] });
  });

  it('shows how every open amount moves, one after the other', () => {
    expect(stepOf().effects.map(({ externalId, before, after }) => `${externalId} ${before} ${after}`)).toEqual([
      'c1 30.00 10.00', 'i1 60.00 40.00', 'i1 40.00 0.00', 'i2 55.00 5.00', 'i2 5.00 0.00',
    ]);
  });

  it('refuses what the layout has no fields for, and says each', () => {
    const plan = planPosting(intent, tools, { ...outbound, carries: [] });
    expect('refusals' in plan && plan.refusals.map(({ code, problem }) => [code, problem])).toEqual([
      ['notSupported', expect.stringContaining('credits')], ['notSupported', expect.stringContaining('write-offs')],
    ]);
    expect('refusals' in planPosting(intent, tools, null)).toBe(true);
    expect('refusals' in planPosting({ ...intent, amount: usd(1n) }, tools, outbound)).toBe(true);
  });

  it('tells a person how to reverse it', () => {
    const plan = planFileReversal({ idempotencyKey: 'r1', intent, booked: [{ step: stepOf(), externalId: 'B-7' }], reversedOn: '2026-03-11' as LocalDate, reason: 'wrong' });
    expect('refusals' in plan && plan.refusals[0].cure).toContain('B-7');
  });
});

describe('a posting file', () => {
  it('has a name that holds its number and nothing a file system could mind', () => {
    const step = stepOf({ ...intent, companyExternalId: '../C 1' });
    const batch = { sequence: 7, key: 'k', closedAt: '2026-03-10T12:00:00.000Z', closedOn: '2026-03-10' as LocalDate, steps: [step] as const, control: { postings: 1, total: usd(90_00n) } };
    const file = renderBatch(batch, outbound, { config: {}, layout: () => jsonLinesLayout('lines') });
    expect(file.name).toBe('p-00000007-.._C_1.jsonl');
    expect(Buffer.from(file.bytes).toString()).toContain('"stepKey":"pay_1-file"');
  });

  it('is shared only by postings that agree in what the settings name', () => {
    expect(batchKey(stepOf(), outbound)).toBe('currency=USD company=C1');
    expect(batchKey(stepOf({ ...intent, companyExternalId: null }), outbound)).toBe('currency=USD company=');
    expect(batchKey(stepOf(), { ...outbound, batchBy: [] })).toBe('all');
  });
});
