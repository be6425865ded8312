import fc from 'fast-check';
import { addDays, formatMoney, parseLocalDate, parseMinorUnits } from '#canonical';
import { adviceOf, creditOf, customerNamed, dollars, factsOf, fromPayer, invoiceOf, lineOf, paymentOf } from './testing/facts.js';
import { consumed, proposeBatch } from './batch.js';
import { buildIndex } from './facts-index.js';
import { propose } from './propose.js';
import { EMPTY_MEMORY, type MatchingFacts, type MatchProposal, type MatchTransaction, type OpenInvoice } from './types.js';

/** The adversarial pack of the generator specification (performance-and-reliability 8.9), and the two properties of every rationale. */

const payerName = 'Larkspur Industrial Inc';
const larkspur = customerNamed('c1', payerName);
const payer = fromPayer(payerName);

function ask(facts: MatchingFacts, payment: MatchTransaction): MatchProposal {
  return propose(buildIndex(facts), payment);
}

/** Same sequence for the same seed: Park and Miller's minimal standard. */
function numbersFrom(seed: number): () => number {
  let state = seed;
  return () => { state = (state * 48_271) % 2_147_483_647; return state; };
}

function ledgerOf(count: number, amountOf: (position: number) => string): OpenInvoice[] {
  const first = parseLocalDate('2025-06-01');
  return Array.from({ length: count }, (_invoice, position) => invoiceOf('c1', `INV-${200_000 + position}`, amountOf(position), addDays(first, position)));
}

function textsOf(facts: MatchingFacts, payment: MatchTransaction): string[] {
  const advice = facts.remittances.flatMap((one) => [one.payerName, one.text, ...one.lines.flatMap((line) => [line.reference, line.deductionCode])]);
  return [payment.memo, payment.payer.name, payment.payer.account, payment.payer.id, ...payment.references, ...advice].filter((text) => text !== null);
}

/** Everything a proposal promises about itself, checked by machine. */
function expectSound(facts: MatchingFacts, payment: MatchTransaction, proposal: MatchProposal): void {
  const applied = proposal.allocations.reduce((sum, allocation) => sum + allocation.amount.minor, 0n);
  expect(applied + proposal.onAccount.minor).toBe(payment.amount.minor);
  for (const allocation of proposal.allocations) {
    const open = allocation.openBefore.minor < 0n ? -allocation.openBefore.minor : allocation.openBefore.minor;
    expect(consumed(allocation)).toBeLessThanOrEqual(open);
    expect(allocation.amount.minor > 0n).toBe(allocation.document === 'invoice');
  }
  for (const signal of proposal.signals) if (signal.quote !== null) expect(textsOf(facts, payment).some((text) => text.includes(signal.quote ?? ''))).toBe(true);
  for (const [, quoted = ''] of proposal.rationale.matchAll(/“([^”]*)”/g)) expect(textsOf(facts, payment).some((text) => text.includes(quoted))).toBe(true);
  expect(proposal.probability).toBeGreaterThanOrEqual(0);
  expect(proposal.probability).toBeLessThanOrEqual(1);
  if (proposal.autoApply.allowed) expect(proposal).toMatchObject({ unique: true, exact: true, paymentVerdict: 'yes' });
  if (proposal.allocations.length > 0) expectEquationCloses(payment, proposal.rationale);
}

/** Reads the equation out of the sentence and adds it up. */
function expectEquationCloses(payment: MatchTransaction, rationale: string): void {
  const equation = /(?:^|\. )((?:[+-] )?\d+(?:\.\d+)? \([^)]*\)(?: [+-] \d+(?:\.\d+)? \([^)]*\))*) = (\d+(?:\.\d+)?) ([A-Z]{3})\./.exec(rationale);
  expect(equation).not.toBeNull();
  const terms = [...(equation?.[1] ?? '').matchAll(/(?:([+-]) )?(\d+(?:\.\d+)?) \(/g)];
  const sum = terms.reduce((total, [, sign, amount = '0']) => total + (sign === '-' ? -1n : 1n) * parseMinorUnits(amount, 2), 0n);
  expect(sum).toBe(payment.amount.minor);
  expect(equation?.[2]).toBe(formatMoney(payment.amount));
}

describe('200 open, 14 paid', () => {
  const next = numbersFrom(41);
  const invoices = ledgerOf(200, () => `${50 + (next() % 3_000)}.${String(next() % 100).padStart(2, '0')}`);
  const paid = [3, 17, 20, 45, 46, 77, 90, 111, 120, 133, 150, 162, 180, 199].flatMap((position) => invoices[position] ?? []);
  const total = formatMoney({ minor: paid.reduce((sum, invoice) => sum + invoice.open.minor, 0n), currency: 'USD' });
  const facts = factsOf([larkspur], invoices);
  const memoOf = (documents: readonly OpenInvoice[]): string => documents.map((invoice) => invoice.number).join(' ');

  it('(a) with the full list: exactly those, applied without a look', () => {
    const proposal = ask(facts, paymentOf(total, { payer, memo: memoOf(paid) }));
    expect(proposal).toMatchObject({ family: 'referenceList', unique: true, exact: true, autoApply: { allowed: true } });
    expect(proposal.allocations.map((one) => one.number).sort()).toEqual(paid.map((invoice) => invoice.number).sort());
    expectSound(facts, paymentOf(total, { memo: memoOf(paid), payer }), proposal);
  });

  it('(b) with the first five and the rest cut off: never claimed to be unique, never applied', () => {
    const payment = paymentOf(total, { payer, memo: memoOf(paid.slice(0, 5)) });
    const proposal = ask(facts, payment);
    expect(proposal).toMatchObject({ unique: false, autoApply: { allowed: false } });
    expect(paid.slice(0, 5).every((invoice) => proposal.allocations.some((one) => one.id === invoice.id))).toBe(true);
    expectSound(facts, payment, proposal);
  });

  it('(c) with nothing: the customer, on account, and no random set', () => {
    const proposal = ask(facts, paymentOf(total, { payer }));
    expect(proposal).toMatchObject({ customerId: 'c1', family: 'onAccount', allocations: [], unique: false, autoApply: { allowed: false } });
  });
});

describe('amounts that say little', () => {
  it('all equal: the oldest are proposed, and the others are counted', () => {
    const proposal = ask(factsOf([larkspur], ledgerOf(12, () => '100.00')), paymentOf('100.00', { payer }));
    expect(proposal).toMatchObject({ family: 'single', unique: false, alternatives: { count: 11 }, autoApply: { allowed: false } });
    expect(proposal.allocations[0]?.number).toBe('INV-200000');
    expect(proposal.alternatives.distinguishingFact).toContain('the older one is proposed');
  });

  it('multiples of 100 and three odd ones: an infeasible total ends at once, on account', () => {
    const invoices = ledgerOf(200, (position) => (position < 197 ? `${100 * (1 + (position % 40))}.00` : `${80 + position}.33`));
    const facts = factsOf([larkspur], invoices);
    const index = buildIndex(facts);
    const proposal = propose(index, paymentOf('4711.50', { payer }));
    expect(proposal).toMatchObject({ customerId: 'c1', allocations: [], autoApply: { allowed: false } });
  });

  it('one old invoice or the sum of two new ones: one is proposed, both are told', () => {
    const invoices = [invoiceOf('c1', 'INV-300001', '900.00', '2026-01-31'), invoiceOf('c1', 'INV-300002', '350.00'), invoiceOf('c1', 'INV-300003', '550.00')];
    const proposal = ask(factsOf([larkspur], invoices), paymentOf('900.00', { payer }));
    expect(proposal).toMatchObject({ family: 'single', unique: false, alternatives: { count: 1 }, autoApply: { allowed: false } });
    expect(proposal.alternatives.distinguishingFact).toContain('INV-300002 + INV-300003');
  });

  it('same amount in two customers and no payer: shown with little trust, never applied', () => {
    const facts = factsOf([larkspur, customerNamed('c2', 'Pemberton Mills')], [invoiceOf('c1', 'INV-1001', '640.10'), invoiceOf('c2', 'INV-2001', '640.10')]);
    const proposal = ask(facts, paymentOf('640.10', {}));
    expect(proposal).toMatchObject({ unique: false, autoApply: { allowed: false } });
    expect(proposal.probability).toBeLessThan(0.3);
    expect(ask(facts, paymentOf('640.10', { payer: fromPayer('PEMBERTON MILLS') }))).toMatchObject({ customerId: 'c2', unique: true });
  });
});

describe('traps', () => {
  const invoices = [invoiceOf('c1', 'INV-300001', '900.00'), invoiceOf('c1', 'INV-300002', '350.00', '2026-04-20')];

  it('its own payment again: looks like a duplicate, is not applied', () => {
    const earlierPayments = [{ transactionId: 't0', bookedOn: parseLocalDate('2026-03-30'), amount: dollars('900.00'), customerId: 'c1', documentNumbers: ['INV-299000'] }];
    const facts = factsOf([larkspur], invoices, { memory: { ...EMPTY_MEMORY, earlierPayments } });
    const again = ask(facts, paymentOf('900.00', { payer }));
    expect(again.signals.map((signal) => signal.name)).toContain('duplicate');
    expect(again.autoApply.allowed).toBe(false);
    const named = ask(facts, paymentOf('900.00', { payer, memo: 'INV-299000' }));
    expect(named.signals.map((signal) => signal.name)).toEqual(expect.arrayContaining(['duplicate', 'closedReference']));
    expect(named.autoApply.allowed).toBe(false);
  });

  it('the same money twice in one batch: the first takes the invoice, the second says so', () => {
    const facts = factsOf([larkspur], invoices);
    const payments = [paymentOf('900.00', { id: 'b', payer, memo: 'INV-300001' }), paymentOf('900.00', { id: 'a', payer, memo: 'INV-300001', bookedOn: parseLocalDate('2026-04-05') })];
    const [first, second] = proposeBatch(buildIndex(facts), payments);
    expect(first).toMatchObject({ transactionId: 'b', autoApply: { allowed: true } });
    expect(second).toMatchObject({ transactionId: 'a', allocations: [], autoApply: { allowed: false } });
    expect(second?.rationale).toContain('taken by another payment');
  });

  it('a memo with another customer\'s number: nobody applies it without a look', () => {
    const facts = factsOf([larkspur, customerNamed('c2', 'Pemberton Mills')], [...invoices, invoiceOf('c2', 'INV-400001', '900.00')], {
      memory: { ...EMPTY_MEMORY, aliases: [{ trait: 'account', value: '889911', customerId: 'c1', confirmed: 5, contradicted: 0 }] },
    });
    const proposal = ask(facts, paymentOf('900.00', { payer: fromPayer(payerName, '889911'), memo: 'INV-400001' }));
    expect(proposal.autoApply.allowed).toBe(false);
    expect(proposal.signals.map((signal) => signal.name)).toContain('otherCustomersReference');
  });

  it('a memo with 2,000 numbers is read in well under a second', () => {
    const many = ledgerOf(2_000, (position) => `${100 + position}.00`);
    const facts = factsOf([larkspur], many);
    const index = buildIndex(facts);
    const total = formatMoney({ minor: many.reduce((sum, invoice) => sum + invoice.open.minor, 0n), currency: 'USD' });
    const proposal = propose(index, paymentOf(total, { payer, memo: many.map((invoice) => invoice.number).join(',') }));
    expect(proposal).toMatchObject({ family: 'referenceList', exact: true });
    expect(proposal.allocations).toHaveLength(2_000);
  });

  it('a memo beyond the limit is read up to it, and says so', () => {
    const proposal = ask(factsOf([larkspur], invoices), paymentOf('900.00', { payer, memo: `INV-300001 ${'x '.repeat(60_000)}` }));
    expect(proposal.signals.map((signal) => signal.name)).toContain('memoCut');
    expect(proposal.autoApply.allowed).toBe(false);
  });

  it.each([
    '=HYPERLINK("http://x","INV-300001")', '<script>alert(1)</script> INV-300001', '\u202eINV-300001\u0000\u0007', '(a+)+$ INV-300001 [', '${INV-300001}', 'ＩＮＶ－３００００１ INV-300001',
  ])('hostile text %j neither breaks it nor reaches the rationale as markup', (memo) => {
    const facts = factsOf([larkspur], invoices);
    const payment = paymentOf('900.00', { payer: fromPayer('Larkspur <b>Industrial</b> Inc'), memo });
    const proposal = ask(facts, payment);
    expect(proposal.allocations.map((one) => one.number)).toEqual(['INV-300001']);
    expect(proposal.rationale).not.toMatch(/[<>\u202e$=](?! \d)/);
    expectSound(facts, payment, proposal);
  });

  it('one cent, and more than a double holds', () => {
    const cent = factsOf([larkspur], [invoiceOf('c1', 'INV-300001', '0.01')]);
    expect(ask(cent, paymentOf('0.01', { payer, memo: 'INV-300001' }))).toMatchObject({ exact: true, autoApply: { allowed: true } });
    const huge = '92233720368547758.07';
    const facts = factsOf([larkspur], [invoiceOf('c1', 'INV-300001', huge), invoiceOf('c1', 'INV-300002', '92233720368547758.06')]);
    const payment = paymentOf(huge, { payer });
    const proposal = ask(facts, payment);
    expect(proposal.allocations).toMatchObject([{ number: 'INV-300001', amount: dollars(huge) }]);
    expectSound(facts, payment, proposal);
  });

  it('invoices and credits with nothing or less open take part in nothing', () => {
    const odd = [{ ...invoiceOf('c1', 'INV-300005', '0.00') }, { ...invoiceOf('c1', 'INV-300006', '-50.00') }, ...invoices];
    const proposal = ask(factsOf([larkspur], odd, { credits: [creditOf('c1', 'CM-1001', '0.00')] }), paymentOf('900.00', { payer, memo: 'INV-300005 INV-300006 CM-1001' }));
    expect(proposal.allocations.every((one) => ['INV-300001', 'INV-300002'].includes(one.number))).toBe(true);
  });

  it('parent and child of one name: the child\'s named invoice is paid, whoever of the two sent it', () => {
    const group = [customerNamed('p', payerName), customerNamed('k', payerName, { parentId: 'p' })];
    const facts = factsOf(group, [invoiceOf('k', 'INV-500001', '77.70'), invoiceOf('p', 'INV-500002', '88.80')]);
    expect(ask(facts, paymentOf('77.70', { payer, memo: 'INV-500001' }))).toMatchObject({ customerId: 'k', unique: true, autoApply: { allowed: true } });
  });
});

describe('every proposal', () => {
  const money = fc.integer({ min: 1, max: 40 }).map((units) => `${units * 5}.00`);
  const noise = fc.string({ unit: 'grapheme', maxLength: 30 });
  const scenario = fc.record({
    amounts: fc.array(money, { minLength: 1, maxLength: 8 }), credits: fc.array(money, { maxLength: 2 }), paid: fc.array(money, { minLength: 1, maxLength: 5 }),
    named: fc.array(fc.nat({ max: 9 }), { maxLength: 4 }), noise, payerName: fc.constantFrom(payerName, 'LARKSPUR INDUSTR', 'Pemberton Mills', null, 'Somebody <i>'),
    lines: fc.array(fc.tuple(fc.nat({ max: 9 }), money), { maxLength: 3 }),
  });

  it('adds up, quotes only what is written, promises nothing twice and is the same in any order', () => {
    fc.assert(fc.property(scenario, (made) => {
      const invoices = made.amounts.map((amount, at) => invoiceOf(at % 3 === 2 ? 'c2' : 'c1', `INV-70000${at}`, amount, `2026-03-0${at + 1}`));
      const facts = factsOf([larkspur, customerNamed('c2', 'Pemberton Mills', { parentId: 'c1' })], invoices, {
        credits: made.credits.map((amount, at) => creditOf('c1', `CM-80000${at}`, amount)),
        remittances: made.lines.length === 0 ? [] : [adviceOf(made.lines.map(([at, amount]) => lineOf(`INV-70000${at}`, amount)), { transactionId: 'p0' })],
      });
      const payments = made.paid.map((amount, at) => paymentOf(amount, { id: `p${at}`, payer: fromPayer(made.payerName), memo: `${made.noise} ${at === 0 ? made.named.map((one) => `INV-70000${one}`).join(' ') : ''}` }));
      const proposals = proposeBatch(buildIndex(facts), payments);
      proposals.forEach((proposal, at) => { const payment = payments[at]; if (payment !== undefined) expectSound(facts, payment, proposal); });
      const promised = new Map<string, bigint>();
      for (const one of proposals.flatMap((proposal) => proposal.allocations)) promised.set(one.id, (promised.get(one.id) ?? 0n) + consumed(one));
      for (const [id, minor] of promised) {
        const open = [...facts.openItems.values()].flatMap((items) => [...items.invoices, ...items.credits]).find((document) => document.id === id)?.open.minor ?? 0n;
        expect(minor).toBeLessThanOrEqual(open);
      }
      const shuffled = proposeBatch(buildIndex(facts), payments.toReversed());
      expect(shuffled.toReversed()).toEqual(proposals);
    }), { numRuns: 150 });
  });
});
