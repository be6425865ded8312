import { formatMoney, parseMoney, subtractMoney } from '#canonical';
import { HubProblem } from '../hub-client.js';
import type { MoneyWire, ProposalDetailWire, ProposalWire } from '../wire.js';
import type { World } from '../world.js';

/** A short pay up to this much is written off in the story; a company would set it per tenant. */
const WRITE_OFF_MAX: MoneyWire = { amount: '2500.00', currency: 'USD' };

interface LedgerAccountWire {
  readonly externalId: string;
  readonly name: string;
}

interface DryRunWire {
  readonly items: readonly {
    readonly steps: readonly { readonly says: string }[];
    readonly effects: readonly { readonly document: string; readonly number: string; readonly before: MoneyWire; readonly after: MoneyWire }[];
    readonly refusals: readonly { readonly problem: string }[];
  }[];
}

/** One short pay with the rest written off, one payment on account, each shown as a dry run first; then everything that is safe. */
export async function decide(world: World, proposals: readonly ProposalWire[]): Promise<void> {
  const taken = new Set<string>();
  const shortPay = await finalizeShortPay(world, proposals);
  if (shortPay !== null) taken.add(shortPay);
  const onAccount = await finalizeOnAccount(world, proposals);
  if (onAccount !== null) taken.add(onAccount);
  let finalized = 0;
  let left = 0;
  for (const proposal of proposals) {
    if (!proposal.autoApply.allowed || taken.has(proposal.bankTransactionId)) continue;
    try {
      await world.client.post('/v1/postings', { proposalId: proposal.id }, { 'idempotency-key': `demo-${proposal.id}` });
      finalized += 1;
    } catch (error) {
      // Somebody else's decision may have taken the document meanwhile: such a proposal stays with a person.
      if (!(error instanceof HubProblem)) throw error;
      left += 1;
    }
  }
  world.story.say(`Finalized ${finalized} safe proposals${left > 0 ? `; ${left} were left to a person` : ''}.`);
}

async function finalizeShortPay(world: World, proposals: readonly ProposalWire[]): Promise<string | null> {
  const limit = parseMoney(WRITE_OFF_MAX.amount, WRITE_OFF_MAX.currency).minor;
  const candidate = proposals.find(({ shortBy, customerId, onAccount }) => {
    const { minor } = parseMoney(shortBy.amount, shortBy.currency);
    return customerId !== null && shortBy.currency === WRITE_OFF_MAX.currency && minor > 0n && minor <= limit && parseMoney(onAccount.amount, onAccount.currency).minor === 0n;
  });
  const account = (await world.client.all<LedgerAccountWire>('/v1/ledger-accounts?kind=expense')).find(({ name }) => /bad debt|write/i.test(name));
  if (candidate === undefined || account === undefined) {
    world.story.say('No short pay small enough to write off came in today.');
    return null;
  }
  const proposal = await world.client.get<ProposalDetailWire>(`/v1/match-proposals/${candidate.id}`);
  const invoices = proposal.lines.filter((line) => line.document === 'invoice').map((line) => ({ invoiceId: line.documentId, amount: line.amount }));
  const last = proposal.lines.findLast((line) => line.document === 'invoice' && rest(line) !== null);
  if (last === undefined || invoices.length !== proposal.lines.length) return null;
  const decision = {
    bankTransactionId: proposal.bankTransactionId, customerId: proposal.customerId, invoices,
    writeOffs: [{ invoiceId: last.documentId, amount: rest(last), accountExternalId: account.externalId, reasonCode: 'short pay' }],
    onAccount: proposal.onAccount,
  };
  await showDryRun(world, `A short pay on ${last.number}, ${proposal.shortBy.amount} ${proposal.shortBy.currency} less than open, written off to "${account.name}"`, decision);
  await world.client.post('/v1/postings', decision);
  return proposal.bankTransactionId;
}

async function finalizeOnAccount(world: World, proposals: readonly ProposalWire[]): Promise<string | null> {
  for (const candidate of proposals) {
    if (candidate.family !== 'onAccount' || candidate.customerId === null || candidate.autoApply.allowed) continue;
    const decision = { bankTransactionId: candidate.bankTransactionId, customerId: candidate.customerId, onAccount: candidate.amount };
    const foreseen = await world.client.post<DryRunWire>('/v1/postings/dry-run', decision);
    // One whose period is closed is no story about money on account.
    if (foreseen.items.some((item) => item.refusals.length > 0)) continue;
    await showDryRun(world, `${candidate.amount.amount} ${candidate.amount.currency} from ${candidate.customerName ?? 'a known customer'} that explain no invoice, put on account`, decision);
    await world.client.post('/v1/postings', decision);
    return candidate.bankTransactionId;
  }
  world.story.say('No payment without an invoice came in today.');
  return null;
}

async function showDryRun(world: World, title: string, decision: object): Promise<void> {
  const run = await world.client.post<DryRunWire>('/v1/postings/dry-run', decision);
  world.story.say(`${title}. Dry run:`);
  for (const item of run.items) {
    world.story.table([
      ...item.steps.map((step) => ['step', step.says]),
      ...item.effects.map((effect) => [effect.document, `${effect.number}: open ${effect.before.amount} -> ${effect.after.amount} ${effect.after.currency}`]),
      // Three steps on a day of one closed period are refused for one reason.
      ...[...new Set(item.refusals.map(({ problem }) => problem))].map((problem) => ['refused', problem]),
    ]);
  }
}

/** What stays open on a document after its share; null when nothing does. */
function rest(line: ProposalDetailWire['lines'][number]): MoneyWire | null {
  const { currency } = line.amount;
  const left = subtractMoney(parseMoney(line.openBefore.amount, currency), parseMoney(line.amount.amount, currency));
  return left.minor > 0n ? { amount: formatMoney(left), currency } : null;
}
