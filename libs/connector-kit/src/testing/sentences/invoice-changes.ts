import type { InvoiceDoor, InvoiceTerms, StandingInvoice } from '../../index.js';
import { failureOf, failureOfKind, holds, SentenceBroken } from '../broken.js';
import type { ConnectorHarness } from '../harness.js';
import { takeAll } from '../pages.js';
import { ofConnector, type Applicability, type Sentence } from '../sentence.js';
import type { AnyConnector } from '../../index.js';

interface ChangeBench {
  readonly harness: ConnectorHarness;
  readonly door: InvoiceDoor;
  readonly terms: InvoiceTerms;
  readonly declared: readonly string[];
}

function ofInvoiceDoor(number: number, title: string, check: (bench: ChangeBench) => Promise<void>): Sentence {
  const applies = ({ capabilities: { invoiceChange } }: AnyConnector): Applicability => (
    invoiceChange === undefined ? { because: 'it declares no changes of booked invoices' } : invoiceChange.by === 'native' ? true : { because: invoiceChange.because });
  return ofConnector(number, title, {
    applies,
    check: async (harness) => {
      const { connector: { invoices: door, capabilities: { invoiceChange } }, invoiceTerms: terms } = harness;
      if (door === undefined || terms === undefined || invoiceChange?.by !== 'native') throw new SentenceBroken('changes of booked invoices are declared; the connector needs their door and the harness must bring terms');
      await check({ harness, door, terms, declared: invoiceChange.terms });
    },
  });
}

export const INVOICE_CHANGES: readonly Sentence[] = [
  ofInvoiceDoor(80, 'a change of a booked invoice is there when it is looked at and when it is read, and made twice it is made once', changesOnce),
  ofInvoiceDoor(81, 'an invoice that changed since it was looked at is a conflict, and stays as it is', refusesStale),
  ofInvoiceDoor(82, 'an answer lost after a change is an unknown outcome, and looking again shows the change', survivesLostAnswer),
  ofInvoiceDoor(83, 'a change that is throttled or cannot be made changes nothing, and an invoice that is not there is absent', changesNothing),
];

/** An invoice of the target's and how it stands. */
async function standing({ harness, door }: ChangeBench): Promise<StandingInvoice> {
  const [externalId] = await harness.seed('invoice', 1);
  return await lookAt(harness, door, externalId ?? '');
}

async function lookAt(harness: ConnectorHarness, door: InvoiceDoor, externalId: string): Promise<StandingInvoice> {
  const found = await door.look(harness.context(), externalId);
  holds(found !== null, `invoice ${externalId} is there and was not found`);
  holds(found.externalId === externalId, `asked for invoice ${externalId}, ${found.externalId} came`);
  return found;
}

function holdsTerms(what: string, found: InvoiceTerms, wanted: InvoiceTerms): void {
  for (const [name, value] of Object.entries(wanted)) {
    const is = found[name as keyof InvoiceTerms];
    holds(is === value, `${what}: ${name} should be ${String(value)} and is ${String(is)}`);
  }
}

async function changesOnce(bench: ChangeBench): Promise<void> {
  const { harness, door, terms, declared } = bench;
  holds(declared.every((name) => name in terms), `the harness brings no value for every declared term (${declared.join(', ')})`);
  const before = await standing(bench);
  for (const [name, value] of Object.entries(terms)) holds(before.terms[name as keyof InvoiceTerms] !== value, `a seeded invoice has the ${name} of the change already`);
  await harness.passTime(61_000);
  await door.change(harness.context(), before, terms);
  const after = await lookAt(harness, door, before.externalId);
  holdsTerms('looked at after the change', after.terms, terms);
  holds(after.version !== before.version, 'the invoice changed and its version did not');
  await door.change(harness.context(), after, terms);
  holdsTerms('looked at after the same change again', (await lookAt(harness, door, before.externalId)).terms, terms);
  const reader = harness.connector.read.invoice;
  holds(reader?.byIds !== undefined, 'a connector that changes invoices must re-read them by id');
  const [record] = (await takeAll('re-reading the invoice', reader.byIds(harness.context(), [before.externalId]))).flatMap(({ records }) => records);
  holds(record !== undefined, 'the changed invoice cannot be re-read');
  holdsTerms('read after the change', door.termsIn(record.payload), terms);
}

async function refusesStale(bench: ChangeBench): Promise<void> {
  const { harness, door, terms } = bench;
  const before = await standing(bench);
  await harness.passTime(61_000);
  await harness.change('invoice', before.externalId);
  await failureOfKind('conflict', 'changing an invoice that somebody edited since', () => door.change(harness.context(), before, terms));
  holdsTerms('after the refused change', (await lookAt(harness, door, before.externalId)).terms, before.terms);
}

async function survivesLostAnswer(bench: ChangeBench): Promise<void> {
  const { harness, door, terms } = bench;
  const before = await standing(bench);
  await harness.misbehave({ kind: 'loseNextAnswerAfterCommit' });
  await failureOfKind('outcomeUnknown', 'a change whose answer is lost', () => door.change(harness.context(), before, terms));
  holdsTerms('looked at after the lost answer', (await lookAt(harness, door, before.externalId)).terms, terms);
}

async function changesNothing(bench: ChangeBench): Promise<void> {
  const { harness, door, terms } = bench;
  const before = await standing(bench);
  await harness.misbehave({ kind: 'throttleNext', retryAfterMs: null });
  const throttled = await failureOfKind('rateLimited', 'a throttled change', () => door.change(harness.context(), before, terms));
  holds(throttled.retryAfterMs > 0, 'a throttled change names no delay');
  const aborted = new AbortController();
  aborted.abort();
  const stopped = await failureOf('a change that is given up before it is sent', () => door.change(harness.context({ signal: aborted.signal }), before, terms));
  holds(stopped.kind === 'transient' || stopped.kind === 'outcomeUnknown', `a change given up is reported as ${stopped.kind}`);
  holdsTerms('after changes that were not made', (await lookAt(harness, door, before.externalId)).terms, before.terms);
  await harness.remove('invoice', before.externalId);
  holds(await door.look(harness.context(), before.externalId) === null, 'an invoice that is gone is found');
}
