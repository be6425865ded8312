import { defineConnector, type AnyConnector } from '#connector-kit';
import { CAPABILITIES } from './capabilities.js';
import { invoiceDoor } from './invoice-door.js';
import { MemoryClient } from './client.js';
import { planPosting } from './plan.js';
import { CONCURRENCY, findSteps, readBackSteps, SEND_TIMEOUT_MS, sendStep } from './post.js';
import { preflightSteps } from './preflight.js';
import { probeMemory } from './probe.js';
import { readerOf } from './read.js';
import { planReversal } from './reverse.js';
import { FORM, settingsProblems, targetNamed } from './settings.js';
import type { MemoryTargets } from './target/memory-targets.js';
import { readTotals } from './totals.js';

export { CAPABILITIES } from './capabilities.js';
export type { TargetFault } from './target/faults.js';
export { MemoryTarget, type MemoryTargetOptions } from './target/memory-target.js';
export { MemoryTargets } from './target/memory-targets.js';

/** The reference connector, to the targets of this process. Whoever makes it keeps `targets` and puts the targets there. */
export function createMemoryConnector(targets: MemoryTargets): AnyConnector {
  const client = new MemoryClient(targets);
  return defineConnector({
    id: 'memory',
    title: 'Memory (reference connector)',
    capabilities: CAPABILITIES,
    settings: settingsProblems,
    form: FORM,
    booksOf: targetNamed,
    probe: (context) => probeMemory(client, context),
    read: {
      company: readerOf(client, 'company'),
      ledgerAccount: readerOf(client, 'ledgerAccount'),
      customer: readerOf(client, 'customer'),
      contact: readerOf(client, 'contact'),
      invoice: readerOf(client, 'invoice'),
      creditMemo: readerOf(client, 'creditMemo'),
      payment: readerOf(client, 'payment'),
    },
    totals: (context) => readTotals(client, context),
    invoices: invoiceDoor(client),
    write: {
      plan: planPosting,
      planReversal,
      preflight: (context, steps) => preflightSteps(client, context, steps),
      send: (context, step, options) => sendStep(client, context, step, options),
      find: (context, steps) => findSteps(client, context, steps),
      readBack: (context, steps) => readBackSteps(client, context, steps),
      concurrency: () => CONCURRENCY,
      sendTimeoutMs: () => SEND_TIMEOUT_MS,
    },
  });
}
