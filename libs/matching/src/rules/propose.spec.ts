import { parseLocalDate, type Money } from '#canonical';
import { adviceOf, creditOf, customerNamed, dollars, factsOf, fromPayer, invoiceOf, lineOf, paymentOf } from './testing/facts.js';
import { proposeBatch } from './batch.js';
import { buildIndex } from './facts-index.js';
import { propose } from './propose.js';
import { DEFAULT_SETTINGS, EMPTY_MEMORY, type MatchingFacts, type MatchProposal, type MatchTransaction } from './types.js';

function ask(facts: MatchingFacts, payment: MatchTransaction): MatchProposal {
  return propose(buildIndex(facts), payment);
}

function numbers(proposal: MatchProposal): string[] {
  return proposal.allocations.map((allocation) => allocation.number).sort();
}

function names(proposal: MatchProposal): string[] {
  return proposal.signals.map((signal) => signal.name);
}

const northwind = customerNamed('c1', 'Northwind Traders Inc', { number: 'C-20017' });
const contoso = customerNamed('c2', 'Contoso Ltd');

describe('is it a customer payment', () => {
  const facts = factsOf([northwind], [invoiceOf('c1', 'INV-100234', '500.00')]);

  it.each(['-500.00', '0.00'])('never for %s: no money came in', (amount) => {
    expect(ask(facts, paymentOf(amount, { memo: 'INV-100234' }))).toMatchObject({ isPayment: 0, paymentVerdict: 'no', family: 'none', allocations: [], onAccount: dollars(amount) });
  });

  it('not when the bank books interest, though an invoice has that amount', () => {
    expect(ask(facts, paymentOf('500.00', { kind: 'interest', memo: 'INTEREST PAYMENT' }))).toMatchObject({ paymentVerdict: 'no', allocations: [] });
  });

  it('not when a rule of the tenant says so, and the rule is named', () => {
    const ruled = { ...facts, rules: [{ id: 'stripe', field: 'memo', test: 'contains', text: 'stripe payout', means: { kind: 'notPayment' } }] } satisfies MatchingFacts;
    const proposal = ask(ruled, paymentOf('500.00', { memo: 'STRIPE Payout 889', payer: fromPayer('Northwind Traders Inc') }));
    expect(proposal).toMatchObject({ paymentVerdict: 'no', customerId: null });
    expect(proposal.rationale).toContain('“STRIPE Payout”');
  });

  it('a marked payer is doubted, and a doubt is never applied automatically', () => {
    const memory = { ...EMPTY_MEMORY, notPayments: [{ trait: 'name', value: 'Northwind traders inc', count: 1 }] } as const;
    const proposal = ask({ ...facts, memory }, paymentOf('500.00', { payer: fromPayer('NORTHWIND TRADERS INC') }));
    expect(proposal.isPayment).toBeLessThan(0.95);
    expect(proposal.autoApply.allowed).toBe(false);
  });
});

describe('who pays', () => {
  const facts = factsOf([northwind, contoso], [invoiceOf('c1', 'INV-100234', '500.00'), invoiceOf('c2', 'INV-100777', '900.00')]);

  it.each(['NORTHWIND TRADERS INC', 'Northwind Traders', 'TRADERS NORTHWIND', 'NORTHWIND TRADER', 'NORTHWIND TRADRES'])('is found by the name %j', (name) => {
    expect(ask(facts, paymentOf('500.00', { payer: fromPayer(name) }))).toMatchObject({ customerId: 'c1', family: 'single' });
  });

  it('is found by a confirmed account under a foreign name, and by the customer number', () => {
    const memory = { ...EMPTY_MEMORY, aliases: [{ trait: 'account', value: 'DE89 3704', customerId: 'c1', confirmed: 3, contradicted: 0 }] } as const;
    expect(ask({ ...facts, memory }, paymentOf('500.00', { payer: fromPayer('Zeta Payables Bureau', 'de893704') }))).toMatchObject({ customerId: 'c1' });
    expect(ask(facts, paymentOf('500.00', { memo: 'customer C 20017' }))).toMatchObject({ customerId: 'c1' });
  });

  it('stays refused once somebody said so', () => {
    const memory = { ...EMPTY_MEMORY, refusedPayers: [{ trait: 'name', value: 'NORTHWIND TRADERS', customerId: 'c1' }] } as const;
    const proposal = ask({ ...facts, memory }, paymentOf('500.00', { payer: fromPayer('Northwind Traders') }));
    expect(proposal.probability).toBeLessThan(0.4);
    expect(proposal.autoApply.allowed).toBe(false);
  });

  it('may be the parent of the customer whose documents it names', () => {
    const child = customerNamed('c3', 'Blue Harbor Foods', { parentId: 'c1' });
    const group = factsOf([northwind, child], [invoiceOf('c3', 'INV-300500', '820.00')]);
    const proposal = ask(group, paymentOf('820.00', { payer: fromPayer('Northwind Traders Inc'), memo: 'INV-300500' }));
    expect(proposal).toMatchObject({ customerId: 'c3', payerCustomerId: 'c1', unique: true, autoApply: { allowed: true } });
    expect(proposal.rationale).toContain('The payer is the parent of this customer.');
  });

  it('is not guessed between two customers of one name', () => {
    const twins = factsOf([customerNamed('a', 'Summit Supply'), customerNamed('b', 'Summit Supply')], [invoiceOf('a', 'INV-1001', '400.00'), invoiceOf('b', 'INV-2001', '400.00')]);
    const proposal = ask(twins, paymentOf('400.00', { payer: fromPayer('SUMMIT SUPPLY') }));
    expect(proposal).toMatchObject({ unique: false, alternatives: { count: 1 }, autoApply: { allowed: false } });
    expect(proposal.alternatives.distinguishingFact).toContain('which customer paid');
    expect(proposal.probability).toBeLessThan(0.6);
  });
});

describe('which documents', () => {
  const open = [invoiceOf('c1', 'INV-100234', '500.00'), invoiceOf('c1', 'INV-100235', '250.50', '2026-04-10'), invoiceOf('c1', 'INV-100236', '99.99', '2026-04-20')];
  const payer = fromPayer('Northwind Traders Inc');
  const credits = [creditOf('c1', 'CM-5001', '50.00')];

  it('are the ones the memo names, when they close: applied without a look', () => {
    const proposal = ask(factsOf([northwind], open), paymentOf('599.99', { payer, memo: 'INV 100234/236' }));
    expect(proposal).toMatchObject({ family: 'referenceList', unique: true, exact: true, autoApply: { allowed: true } });
    expect(numbers(proposal)).toEqual(['INV-100234', 'INV-100236']);
  });

  it('are found through a purchase order', () => {
    const ordered = open.map((invoice) => (invoice.number === 'INV-100235' ? { ...invoice, purchaseOrder: 'PO-77881' } : invoice));
    expect(numbers(ask(factsOf([northwind], ordered), paymentOf('250.50', { payer, memo: 'po 77881' })))).toEqual(['INV-100235']);
  });

  it('are paid short: the rest stays open and nobody applies it automatically', () => {
    const proposal = ask(factsOf([northwind], open), paymentOf('475.00', { payer, memo: 'INV-100234 less freight' }));
    expect(proposal).toMatchObject({ family: 'single', exact: false, shortBy: dollars('25.00'), autoApply: { allowed: false } });
    expect(proposal.allocations[0]).toMatchObject({ amount: dollars('475.00'), openBefore: dollars('500.00'), writeOff: null });
    expect(proposal.rationale).toContain('25.00 USD stays open');
  });

  it('are written off within the tolerance, and even that needs a look', () => {
    const settings = { ...DEFAULT_SETTINGS, writeOffMax: { USD: 100n } };
    const proposal = ask(factsOf([northwind], open, { settings }), paymentOf('499.50', { payer, memo: 'INV-100234' }));
    expect(proposal).toMatchObject({ exact: false, shortBy: dollars('0.00'), autoApply: { allowed: false } });
    expect(proposal.allocations[0]?.writeOff).toEqual(dollars('0.50'));
  });

  it('which of several is paid short is not known: each is an alternative', () => {
    const proposal = ask(factsOf([northwind], open), paymentOf('740.50', { payer, memo: '100234 100235' }));
    expect(proposal).toMatchObject({ unique: false, shortBy: dollars('10.00'), alternatives: { count: 1 } });
    expect(proposal.alternatives.distinguishingFact).toContain('paid in part');
  });

  it('are overpaid: what is left stays on account', () => {
    const proposal = ask(factsOf([northwind], [open[0] ?? invoiceOf('c1', 'x', '1')]), paymentOf('510.00', { payer, memo: 'INV-100234' }));
    expect(proposal).toMatchObject({ onAccount: dollars('10.00'), exact: false, autoApply: { allowed: false } });
  });

  it('take an early-payment discount in time, and doubt one out of time', () => {
    const discount = { amount: dollars('10.00'), until: parseLocalDate('2026-04-02') };
    const discounted = factsOf([northwind], [{ ...invoiceOf('c1', 'INV-100234', '500.00'), discount }]);
    const inTime = ask(discounted, paymentOf('490.00', { payer, memo: 'INV-100234' }));
    expect(inTime.allocations[0]).toMatchObject({ amount: dollars('490.00'), discount: dollars('10.00') });
    expect(inTime.autoApply.allowed).toBe(true);
    const late = ask(discounted, paymentOf('490.00', { payer, memo: 'INV-100234', bookedOn: parseLocalDate('2026-04-03') }));
    expect(late.autoApply.allowed).toBe(false);
    expect(names(late)).toContain('discountNotEarned');
  });

  it('net a credit that is named or that is the whole difference', () => {
    for (const memo of ['INV-100234 CM-5001', 'INV-100234']) {
      const proposal = ask(factsOf([northwind], open, { credits }), paymentOf('450.00', { payer, memo }));
      expect(proposal.allocations).toEqual(expect.arrayContaining([expect.objectContaining({ document: 'credit', amount: dollars('-50.00') })]));
      expect(proposal.exact).toBe(true);
    }
  });

  it.each([
    ['500.00', 'single', ['INV-100234']], ['750.50', 'oldestPrefix', ['INV-100234', 'INV-100235']], ['350.49', 'contiguousBlock', ['INV-100235', 'INV-100236']],
    ['850.49', 'totalBalance', ['INV-100234', 'INV-100235', 'INV-100236']], ['599.99', 'arbitrarySum', ['INV-100234', 'INV-100236']],
  ])('%s without a word is %s', (amount, family, expected) => {
    const proposal = ask(factsOf([northwind], open), paymentOf(amount, { payer }));
    expect(proposal.family).toBe(family);
    expect(numbers(proposal)).toEqual(expected);
  });

  it('net every credit against the whole balance', () => {
    const proposal = ask(factsOf([northwind], open, { credits }), paymentOf('800.49', { payer }));
    expect(proposal).toMatchObject({ family: 'totalBalance', exact: true });
    expect(proposal.allocations).toHaveLength(4);
  });

  it('of another company or currency are never touched', () => {
    const other = factsOf([northwind], [{ ...invoiceOf('c1', 'INV-100234', '500.00'), companyId: 'east' }]);
    expect(ask(other, paymentOf('500.00', { payer, memo: 'INV-100234', companyId: 'west' })).allocations).toEqual([]);
    const euros: Money = { minor: 50_000n, currency: 'EUR' };
    expect(ask(other, paymentOf('500.00', { payer, memo: 'INV-100234', amount: euros })).allocations).toEqual([]);
  });

  it('dismissed for this line stay dismissed', () => {
    const memory = { ...EMPTY_MEMORY, refusedDocuments: [{ transactionId: 't1', documentId: 'c1/INV-100234' }] };
    expect(numbers(ask(factsOf([northwind], open, { memory }), paymentOf('500.00', { payer, memo: 'INV-100234' })))).not.toContain('INV-100234');
  });
});

describe('remittance advice', () => {
  const open = [invoiceOf('c1', '17', '500.00'), invoiceOf('c1', '18', '250.00'), invoiceOf('c1', '19', '100.00')];
  const payer = fromPayer('Northwind Traders Inc');

  it('that closes decides, short numbers included', () => {
    const proposal = ask(factsOf([northwind], open, { remittances: [adviceOf([lineOf('17', '500.00'), lineOf('019', '100.00')])] }), paymentOf('600.00', { payer }));
    expect(proposal).toMatchObject({ family: 'remittance', remittanceId: 'advice-1', unique: true, exact: true, autoApply: { allowed: true } });
    expect(numbers(proposal)).toEqual(['17', '19']);
  });

  it('with a deduction leaves the rest open and needs a look', () => {
    const lines = [lineOf('17', '460.00', { gross: dollars('500.00'), deduction: dollars('40.00'), deductionCode: 'FREIGHT' }), lineOf('18', '250.00')];
    const proposal = ask(factsOf([northwind], open, { remittances: [adviceOf(lines)] }), paymentOf('710.00', { payer }));
    expect(proposal).toMatchObject({ family: 'remittance', shortBy: dollars('40.00'), exact: false, autoApply: { allowed: false } });
    expect(proposal.signals.find((signal) => signal.name === 'deduction')?.quote).toBe('FREIGHT');
  });

  it('whose lines do not add up is only a list of names', () => {
    const proposal = ask(factsOf([northwind], open, { remittances: [adviceOf([lineOf('17', '510.00')])] }), paymentOf('500.00', { payer }));
    expect(names(proposal)).toContain('remittanceTotalDiffers');
    expect(proposal.autoApply.allowed).toBe(false);
    expect(numbers(proposal)).toEqual(['17']);
  });

  it('with an unknown line keeps that money on account', () => {
    const proposal = ask(factsOf([northwind], open, { remittances: [adviceOf([lineOf('17', '500.00'), lineOf('999', '60.00')])] }), paymentOf('560.00', { payer }));
    expect(proposal).toMatchObject({ onAccount: dollars('60.00'), autoApply: { allowed: false } });
    expect(proposal.signals.find((signal) => signal.name === 'remittanceLineUnknown')?.quote).toBe('999');
  });

  it('never pays more on a document than is open, and never on a zero line', () => {
    const lines = [lineOf('17', '500.00'), lineOf('17', '100.00'), lineOf('18', '0.00')];
    const proposal = ask(factsOf([northwind], open, { remittances: [adviceOf(lines)] }), paymentOf('600.00', { payer }));
    expect(proposal.allocations).toMatchObject([{ number: '17', amount: dollars('500.00') }]);
    expect(proposal.onAccount).toEqual(dollars('100.00'));
  });

  it('found by its total alone must be the only one', () => {
    const remittances = ['a', 'b'].map((id, at) => adviceOf([lineOf(at === 0 ? '17' : '18', '250.00')], { id, transactionId: null }));
    const proposal = ask(factsOf([northwind], [...open, invoiceOf('c1', '17b', '250.00')], { remittances }), paymentOf('250.00', { payer }));
    expect(proposal.autoApply.allowed).toBe(false);
    expect(proposal.unique).toBe(false);
  });

  it('known by its total alone gives way to what the payer itself writes', () => {
    const twins = [invoiceOf('c1', 'INV-5001', '250.00'), invoiceOf('c1', 'INV-5002', '250.00', '2026-04-30')];
    const remittances = [adviceOf([lineOf('INV-5001', '250.00')], { transactionId: null, reference: 'TRACE1' })];
    const facts = factsOf([northwind], twins, { remittances });
    expect(numbers(ask(facts, paymentOf('250.00', { payer, memo: 'INV-5002' })))).toEqual(['INV-5002']);
    expect(ask(facts, paymentOf('250.00', { payer }))).toMatchObject({ unique: false, autoApply: { allowed: false } });
    expect(ask(facts, paymentOf('250.00', { payer, references: ['TRACE1'] }))).toMatchObject({ family: 'remittance', unique: true, autoApply: { allowed: true } });
  });

  it('serves one payment of a batch, the one that carries its reference', () => {
    const twins = [invoiceOf('c1', 'INV-5001', '250.00'), invoiceOf('c1', 'INV-5002', '90.00', '2026-04-30')];
    const remittances = [adviceOf([lineOf('INV-5001', '250.00')], { transactionId: null, reference: 'TRACE1' })];
    const payments = [paymentOf('250.00', { id: 'x', payer }), paymentOf('250.00', { id: 'y', payer, references: ['TRACE1'] })];
    const [first, second] = proposeBatch(buildIndex(factsOf([northwind], twins, { remittances })), payments);
    expect(second).toMatchObject({ family: 'remittance', allocations: [{ number: 'INV-5001' }] });
    expect(first).toMatchObject({ allocations: [], remittanceId: null, autoApply: { allowed: false } });
  });
});
